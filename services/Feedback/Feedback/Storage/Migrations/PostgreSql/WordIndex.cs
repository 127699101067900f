namespace PortalServices.Feedback.Storage.Migrations.PostgreSql;

/// <summary>GIN over the hashes of words, which stand in one text.</summary>
internal static class WordIndex
{
    public const string Up =
        """
        CREATE INDEX "IX_Feedback_WordHashes" ON "Feedback" USING gin (string_to_array("WordHashes", ' '));
        """;

    public const string Down =
        """
        DROP INDEX "IX_Feedback_WordHashes";
        """;
}
