using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Storage;

/// <summary>
/// A database of the first version gets its versions, its totals, its places in lists, and the slugs that readers knew.
/// </summary>
public sealed class ArticleHistoryTests(TestDatabases databases)
{
    private const long Written = 1_700_000_000_000,
        Shown = 1_710_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase(Differs = true)]
    public async Task What_was_stored_before_is_complete_after(DatabaseKind kind)
    {
        await using var database = await OfFirstVersionAsync(kind);
        var (draft, taken, scheduled, published, withdrawn) = (
            await AddAsync(database, "nhap", 0, null),
            await AddAsync(database, "huy-lich", 0, Shown),
            await AddAsync(database, "hen", 1, Shown),
            await AddAsync(database, "dang", 2, Shown),
            await AddAsync(database, "go", 3, Shown)
        );
        var counted = await AddAsync(database, "co-luot-xem", 0, null);
        await AddSlugAsync(database, "dang-cu", published);
        foreach (var (slug, views) in new[] { ("dang", 5), ("dang-cu", 7), ("co-luot-xem", 3) })
        {
            await database.Database.ExecuteSqlAsync(
                $"""INSERT INTO "PageViews" ("Site", "Slug", "Views", "Epoch", "Commit") VALUES ('trang', {slug}, {views}, 1, 1)""",
                Cancel
            );
        }

        await database.Database.MigrateAsync(Cancel);

        Assert.Equal(
            ["co-luot-xem", "dang", "dang-cu", "go", "hen", "huy-lich"],
            await database
                .Slugs.Where(slug => slug.WasPublic)
                .Select(slug => slug.Slug)
                .OrderBy(slug => slug)
                .ToListAsync(Cancel)
        );
        Assert.Equal((12, 3, 0), (await ViewsAsync(published), await ViewsAsync(counted), await ViewsAsync(draft)));
        Assert.Equal((Written, Shown), (await ListedAtAsync(draft), await ListedAtAsync(withdrawn)));
        var version = await database.ArticleVersions.SingleAsync(each => each.ArticleId == scheduled, Cancel);
        Assert.Equal(
            (4, ArticleChange.Kept, "An", "# hen", ArticleState.Scheduled),
            (version.Version, version.Change, version.ChangedBy, version.Body, version.State)
        );
        Assert.Equal(6, await database.ArticleVersions.CountAsync(Cancel));
        Assert.True(await database.Articles.AnyAsync(article => article.Id == taken, Cancel));

        Task<long> ViewsAsync(Guid article) =>
            database
                .ArticleViews.Where(each => each.ArticleId == article)
                .Select(each => each.Views)
                .SingleAsync(Cancel);
        // Read by the database, as lists order by it.
        Task<long> ListedAtAsync(Guid article) =>
            database
                .Database.SqlQuery<long>($"""SELECT "ListedAt" AS "Value" FROM "Articles" WHERE "Id" = {article}""")
                .SingleAsync(Cancel);
    }

    [Theory]
    [EveryDatabase]
    public async Task The_step_can_be_taken_back(DatabaseKind kind)
    {
        await using var database = await OfFirstVersionAsync(kind);
        await database.Database.MigrateAsync(Cancel);
        var migrator = database.GetService<IMigrator>();
        await migrator.MigrateAsync(database.Database.GetMigrations().First(), cancellationToken: Cancel);
        await AddAsync(database, "nhap", 0, null);
        await database.Database.MigrateAsync(Cancel);
        Assert.Equal(1, await database.ArticleVersions.CountAsync(Cancel));
    }

    private async Task<ContentContext> OfFirstVersionAsync(DatabaseKind kind)
    {
        var connection = await databases.CreateAsync(kind);
        ContentContext database =
            kind is DatabaseKind.PostgreSql
                ? new PostgreSqlContentContext(
                    new DbContextOptionsBuilder<PostgreSqlContentContext>().UseNpgsql(connection).Options
                )
                : new SqliteContentContext(
                    new DbContextOptionsBuilder<SqliteContentContext>().UseSqlite(connection).Options
                );
        await database
            .GetService<IMigrator>()
            .MigrateAsync(database.Database.GetMigrations().First(), cancellationToken: Cancel);
        return database;
    }

    private static async Task<Guid> AddAsync(ContentContext database, string slug, int state, long? publishedAt)
    {
        var id = Guid.CreateVersion7();
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Articles" ("Id", "Site", "Slug", "Title", "Summary", "Author", "Format", "Body", "Html", "State", "PublishedAt", "CreatedAt", "ChangedAt", "ChangedBy", "Version")
            VALUES ({id}, 'trang', {slug}, {slug}, '', '', 0, {"# "
                + slug}, '<h1></h1>', {state}, {publishedAt}, {Written}, {Written}, 'An', 4)
            """,
            Cancel
        );
        await AddSlugAsync(database, slug, id);
        return id;
    }

    private static Task<int> AddSlugAsync(ContentContext database, string slug, Guid article) =>
        database.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Slugs" ("Site", "Slug", "ArticleId") VALUES ('trang', {slug}, {article})""",
            Cancel
        );
}
