namespace PortalServices.Content.Storage.Migrations.PostgreSql;

/// <summary>Gives the site another revision with each change of what visitors read.</summary>
internal static class SiteRevisionTriggers
{
    static readonly string[] Tables = ["Articles", "Slugs", "PageViews", "Categories", "LookupTables"];

    public static string Up =>
        """
        CREATE FUNCTION portal_revise_site() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO "SiteRevisions" AS present ("Site", "Tag", "ChangedAt")
          VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD."Site" ELSE NEW."Site" END, replace(gen_random_uuid()::text, '-', ''),
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
          ON CONFLICT ("Site") DO UPDATE SET "Tag" = excluded."Tag", "ChangedAt" = excluded."ChangedAt";
          RETURN NULL;
        END $$;

        """
        + string.Join('\n', Tables.Select(table =>
            $"""CREATE TRIGGER "{table}Revise" AFTER INSERT OR UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION portal_revise_site();"""));

    public static string Down =>
        string.Join('\n', Tables.Select(table => $"""DROP TRIGGER "{table}Revise" ON "{table}";""")) + "\nDROP FUNCTION portal_revise_site();";
}
