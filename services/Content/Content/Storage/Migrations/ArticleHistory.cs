namespace PortalServices.Content.Storage.Migrations;

/// <summary>What the tables of before tell of articles: their places in lists, their views, the slugs that readers knew, and themselves as their first versions.</summary>
internal static class ArticleHistory
{
    /// <summary>The same on both databases. A date is kept when an article is taken back, so whatever has one may have been public.</summary>
    /// <param name="yes">How the database writes true.</param>
    public static string Up(string yes) =>
        $"""
        UPDATE "Articles" SET "ListedAt" = COALESCE("PublishedAt", "CreatedAt");
        UPDATE "Slugs" SET "WasPublic" = {yes}
        WHERE "ArticleId" IN (SELECT "Id" FROM "Articles" WHERE "State" IN (2, 3) OR "PublishedAt" IS NOT NULL)
          OR EXISTS (SELECT 1 FROM "PageViews" WHERE "PageViews"."Site" = "Slugs"."Site" AND "PageViews"."Slug" = "Slugs"."Slug");
        INSERT INTO "ArticleViews" ("ArticleId", "Site", "ListedAt", "Views")
        SELECT "Id", "Site", "ListedAt", (SELECT COALESCE(SUM("PageViews"."Views"), 0) FROM "Slugs"
          JOIN "PageViews" ON "PageViews"."Site" = "Slugs"."Site" AND "PageViews"."Slug" = "Slugs"."Slug" WHERE "Slugs"."ArticleId" = "Articles"."Id")
        FROM "Articles";
        INSERT INTO "ArticleVersions" ("ArticleId", "Version", "Change", "ChangedAt", "ChangedBy", "State", "Slug", "Title", "Summary", "Author", "Category",
          "CoverImage", "CoverAlt", "Format", "Body", "PublishedAt")
        SELECT "Id", "Version", 0, "ChangedAt", "ChangedBy", "State", "Slug", "Title", "Summary", "Author", "Category", "CoverImage", "CoverAlt", "Format",
          "Body", "PublishedAt"
        FROM "Articles";
        """;
}
