namespace PortalServices.Content.Storage.Migrations.Sqlite;

/// <summary>Gives the site another revision with each change of what visitors read.</summary>
internal static class SiteRevisionTriggers
{
    static readonly string[] Tables = ["Articles", "Slugs", "PageViews", "Categories", "LookupTables"];

    static readonly (string Of, string Row)[] Changes = [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")];

    public static string Up => string.Join('\n', Tables.SelectMany(_ => Changes, (table, change) =>
            $"""
            CREATE TRIGGER "{table}Revise{change.Of}" AFTER {change.Of} ON "{table}" BEGIN
              INSERT INTO "SiteRevisions"("Site", "Tag", "ChangedAt")
              VALUES ({change.Row}."Site", lower(hex(randomblob(16))), CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER))
              ON CONFLICT("Site") DO UPDATE SET "Tag" = excluded."Tag", "ChangedAt" = excluded."ChangedAt";
            END;
            """));

    public static string Down => string.Join('\n', Tables.SelectMany(_ => Changes, (table, change) => $"""DROP TRIGGER "{table}Revise{change.Of}";"""));
}
