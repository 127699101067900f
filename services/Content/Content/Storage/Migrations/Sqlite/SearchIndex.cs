namespace PortalServices.Content.Storage.Migrations.Sqlite;

/// <summary>
/// FTS5 over the folded words, which triggers keep in step with their table (https://www.sqlite.org/fts5.html, section 4.4.3). Its tokenizer
/// <c>ascii</c> parts words at spaces only: they hold nothing else below 128 but letters and digits.
/// </summary>
internal static class SearchIndex
{
    public const string Up =
        """
        CREATE VIRTUAL TABLE "SearchTokens" USING fts5("TitleFolded", "TextFolded", content='SearchDocuments', content_rowid='Id', tokenize='ascii', detail='none');
        CREATE TRIGGER "SearchTokensInsert" AFTER INSERT ON "SearchDocuments" BEGIN
          INSERT INTO "SearchTokens"(rowid, "TitleFolded", "TextFolded") VALUES (new."Id", new."TitleFolded", new."TextFolded");
        END;
        CREATE TRIGGER "SearchTokensDelete" AFTER DELETE ON "SearchDocuments" BEGIN
          INSERT INTO "SearchTokens"("SearchTokens", rowid, "TitleFolded", "TextFolded") VALUES ('delete', old."Id", old."TitleFolded", old."TextFolded");
        END;
        CREATE TRIGGER "SearchTokensUpdate" AFTER UPDATE ON "SearchDocuments" BEGIN
          INSERT INTO "SearchTokens"("SearchTokens", rowid, "TitleFolded", "TextFolded") VALUES ('delete', old."Id", old."TitleFolded", old."TextFolded");
          INSERT INTO "SearchTokens"(rowid, "TitleFolded", "TextFolded") VALUES (new."Id", new."TitleFolded", new."TextFolded");
        END;
        """;
}
