using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Content.Storage;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Storage;

/// <summary>No background work of content ends, or ends the process, whatever its database says.</summary>
public sealed class FailingDatabaseTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task All_background_work_outlives_a_failing_database(DatabaseKind kind)
    {
        var database = new FailingDatabase(kind);
        database.Failure = database.ReadOnly;
        var starting = ContentApp.StartAsync(
            await apps.CreateDatabaseAsync(kind),
            services =>
                services
                    .ConfigureDbContext<SqliteContentContext>(options => options.AddInterceptors(database))
                    .ConfigureDbContext<PostgreSqlContentContext>(options => options.AddInterceptors(database))
        );
        await Eventually.HoldsAsync(() => database.Failed >= 2, "the tables are tried again", Cancel);
        database.Failure = null;
        await using var app = await starting;
        var work = new BackgroundWork(app.Services);
        await work.GoesOnAsync();
        // What it writes would tell that the database works, too.
        await Eventually.HoldsAsync(
            () =>
                app.WithDatabaseAsync(async context =>
                    !await context.AnnouncementTurns.AnyAsync(
                        turn => turn.Claim != null || turn.Requests != turn.RequestsTaken,
                        Cancel
                    )
                ),
            "all articles are announced",
            Cancel
        );

        (await app.EditAsync(HttpMethod.Post, app.NewSite(), "articles", new { title = "Bài", body = "Nội dung." })).Is(
            System.Net.HttpStatusCode.Created
        );
        foreach (
            var (failure, why) in new (Func<Exception>, string)[]
            {
                (database.ReadOnly, "it is read-only"),
                (database.DiskFull, "its disk is full"),
            }
        )
        {
            database.Failure = failure;
            (
                await app.EditAsync(
                    HttpMethod.Post,
                    app.NewSite(),
                    "articles",
                    new { title = "Bài", body = "Nội dung." }
                )
            ).IsProblem(503, "store_unavailable");
            database.Failure = null;
            Assert.Equal(("degraded", $"The database has refused the last change: {why}."), await DatabaseAsync());
            (
                await app.EditAsync(
                    HttpMethod.Post,
                    app.NewSite(),
                    "articles",
                    new { title = "Bài", body = "Nội dung." }
                )
            ).Is(System.Net.HttpStatusCode.Created);
            Assert.Equal(("healthy", "The database answers."), await DatabaseAsync());
        }

        database.Failure = database.ReadOnly;
        (
            await app.EditAsync(HttpMethod.Post, app.NewSite(), "articles", new { title = "Bài", body = "Nội dung." })
        ).IsProblem(503, "store_unavailable");
        foreach (var failure in new Func<Exception>[] { database.ReadOnly, FailingDatabase.Unexpected })
        {
            database.Failure = failure;
            await Eventually.HoldsAsync(
                async () =>
                    (await work.FailingAsync()).SequenceEqual([
                        "announcing all articles",
                        "counting the events that wait in ContentContext",
                        "making texts ready for search",
                        "publishing scheduled articles",
                        "publishing the events of ContentContext",
                    ]),
                "all of it fails",
                Cancel
            );
            database.Failure = null;
            await work.GoesOnAsync();
        }

        async Task<(string?, string?)> DatabaseAsync()
        {
            var check = (await app.SendAsync(Door.Probe, HttpMethod.Get, "/health/ready", null))
                .Json.GetProperty("checks")
                .GetProperty("contentDatabase");
            return (check.GetProperty("status").GetString(), check.GetProperty("description").GetString());
        }
    }
}
