namespace PortalServices.Content.Storage.Migrations.PostgreSql;

/// <summary>The folded words as a <c>tsvector</c> without positions, which PostgreSQL keeps in step itself, and an index over it.</summary>
internal static class SearchIndex
{
    public const string Up =
        """
        ALTER TABLE "SearchDocuments" ADD COLUMN "Tokens" tsvector NOT NULL
          GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim("TitleFolded"), ' ')) || array_to_tsvector(string_to_array(btrim("TextFolded"), ' '))) STORED;
        CREATE INDEX "IX_SearchDocuments_Tokens" ON "SearchDocuments" USING gin ("Tokens");
        """;
}
