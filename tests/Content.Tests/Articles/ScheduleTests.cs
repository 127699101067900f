using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Articles;

/// <summary>
/// Articles that fall due while the database takes no change: the process lives, and they are published when it takes
/// them again.
/// </summary>
public sealed class ScheduleTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task One_that_cannot_be_published_holds_up_no_other_and_ends_nothing(DatabaseKind database)
    {
        await using var app = await apps.StartAsync(database);
        var site = app.NewSite();
        await RefuseAsync(app, database, """NEW."Slug" = 'xau'""");
        var due = TimeProvider.System.GetUtcNow().AddSeconds(8).ToString("O");
        foreach (var slug in new[] { "xau", "mot", "hai" })
        {
            await app.PublishAsync(site, await app.WriteAsync(site, "Bài", more: new { slug }), due);
        }

        await Eventually.HoldsAsync(
            async () => (await app.GetAsync(site, "articles")).Json.GetProperty("total").GetInt32() == 2,
            "the others are published",
            Cancel
        );
        Assert.False(
            app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested
        );
        Assert.Equal("scheduled", (await app.ReadAsync(site, "articles?state=scheduled")).Each("state").Single());

        await AllowAsync(app, database);
        await Eventually.HoldsAsync(
            async () => (await app.GetAsync(site, "articles/xau")).Status == 200,
            "it is published, too",
            Cancel
        );
    }

    [Fact]
    public async Task A_database_that_is_read_only_for_a_while_ends_nothing()
    {
        await using var app = await apps.StartAsync(DatabaseKind.PostgreSql);
        var site = app.NewSite();
        await app.PublishAsync(
            site,
            await app.WriteAsync(site, "Bài"),
            TimeProvider.System.GetUtcNow().AddSeconds(8).ToString("O")
        );
        await SetReadOnlyAsync(app, isReadOnly: true);
        await Eventually.HoldsAsync(
            async () =>
                await app.ReadAsync(site, "articles") is { Status: 200 } list
                && list.Items.Single().GetProperty("publishedAt").GetDateTime()
                    < TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-3),
            "it has been due for some tries",
            Cancel
        );
        (await app.GetAsync(site, "articles/bai")).IsProblem(404, "unknown_article");
        Assert.False(
            app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested
        );

        await SetReadOnlyAsync(app, isReadOnly: false);
        await Eventually.HoldsAsync(
            async () => (await app.GetAsync(site, "articles/bai")).Status == 200,
            "it is published",
            Cancel
        );
    }

    // Of every session that begins from now on; those that there are end.
    private static Task<int> SetReadOnlyAsync(ContentApp app, bool isReadOnly) =>
        app.WithDatabaseAsync(async context =>
        {
            await context.Database.OpenConnectionAsync(Cancel);
            await context.Database.ExecuteSqlRawAsync("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", Cancel);
            var name = context.Database.GetDbConnection().Database;
#pragma warning disable EF1002 // The test's own database.
            await context.Database.ExecuteSqlRawAsync(
                $"ALTER DATABASE \"{name}\" SET default_transaction_read_only = {(isReadOnly ? "on" : "off")}",
                Cancel
            );
#pragma warning restore EF1002
            return await context.Database.ExecuteSqlRawAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
                Cancel
            );
        });

    private static Task<int> RefuseAsync(ContentApp app, DatabaseKind database, string condition) =>
        app.WithDatabaseAsync(context =>
            context.Database.ExecuteSqlRawAsync(
                database is DatabaseKind.Sqlite
                    ? $"""CREATE TRIGGER refuse BEFORE UPDATE ON "Articles" WHEN NEW."State" = 2 AND {condition} BEGIN SELECT RAISE(ABORT, 'refused'); END"""
                    : $$"""
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'refused'; END $f$;
                    CREATE TRIGGER refuse BEFORE UPDATE ON "Articles" FOR EACH ROW WHEN (NEW."State" = 2 AND {{condition}}) EXECUTE FUNCTION refuse()
                    """,
                Cancel
            )
        );

    private static Task<int> AllowAsync(ContentApp app, DatabaseKind database) =>
        app.WithDatabaseAsync(context =>
            context.Database.ExecuteSqlRawAsync(
                database is DatabaseKind.Sqlite ? "DROP TRIGGER refuse" : """DROP TRIGGER refuse ON "Articles" """,
                Cancel
            )
        );
}
