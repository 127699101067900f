namespace PortalServices.Feedback.Storage.Migrations.Sqlite;

/// <summary>
/// FTS5 over the hashes of words, without their text (https://www.sqlite.org/fts5.html, section 4.4.1), which triggers keep in step. What leaves it leaves its pages at
/// once. Its row ids are numbers of a table of their own, since those of a table without a whole-number key change when the file is vacuumed.
/// </summary>
/// <remarks>A migration that makes the table Feedback anew drops its triggers: it makes them again.</remarks>
internal static class WordIndex
{
    public const string Up =
        """
        CREATE TABLE "FeedbackNumbers" ("Number" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "FeedbackId" TEXT NOT NULL UNIQUE);
        INSERT INTO "FeedbackNumbers"("FeedbackId") SELECT "Id" FROM "Feedback" ORDER BY "ReceivedAt", "Id";
        CREATE VIRTUAL TABLE "FeedbackTokens" USING fts5("WordHashes", content='', tokenize='ascii', detail='none', columnsize=0);
        INSERT INTO "FeedbackTokens"("FeedbackTokens", rank) VALUES ('secure-delete', 1);
        CREATE TRIGGER "FeedbackTokensInsert" AFTER INSERT ON "Feedback" BEGIN
          INSERT INTO "FeedbackNumbers"("FeedbackId") VALUES (new."Id");
          INSERT INTO "FeedbackTokens"(rowid, "WordHashes") SELECT "Number", new."WordHashes" FROM "FeedbackNumbers" WHERE "FeedbackId" = new."Id" AND new."WordHashes" IS NOT NULL;
        END;
        CREATE TRIGGER "FeedbackTokensUpdate" AFTER UPDATE OF "WordHashes" ON "Feedback" WHEN old."WordHashes" IS NOT new."WordHashes" BEGIN
          INSERT INTO "FeedbackTokens"("FeedbackTokens", rowid, "WordHashes")
            SELECT 'delete', "Number", old."WordHashes" FROM "FeedbackNumbers" WHERE "FeedbackId" = old."Id" AND old."WordHashes" IS NOT NULL;
          INSERT INTO "FeedbackTokens"(rowid, "WordHashes") SELECT "Number", new."WordHashes" FROM "FeedbackNumbers" WHERE "FeedbackId" = new."Id" AND new."WordHashes" IS NOT NULL;
        END;
        CREATE TRIGGER "FeedbackTokensDelete" BEFORE DELETE ON "Feedback" BEGIN
          INSERT INTO "FeedbackTokens"("FeedbackTokens", rowid, "WordHashes")
            SELECT 'delete', "Number", old."WordHashes" FROM "FeedbackNumbers" WHERE "FeedbackId" = old."Id" AND old."WordHashes" IS NOT NULL;
          DELETE FROM "FeedbackNumbers" WHERE "FeedbackId" = old."Id";
        END;
        """;

    public const string Down =
        """
        DROP TRIGGER "FeedbackTokensInsert";
        DROP TRIGGER "FeedbackTokensUpdate";
        DROP TRIGGER "FeedbackTokensDelete";
        DROP TABLE "FeedbackTokens";
        DROP TABLE "FeedbackNumbers";
        """;
}
