using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Content.Storage;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Storage;

/// <summary>No background work of content ends, or ends the process, whatever its database says.</summary>
public sealed class FailingDatabaseTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static readonly string[] BackgroundWorks =
    [
        "announcing all articles",
        "counting the dead letters",
        "counting the events that wait in ContentContext",
        "deleting raters and words of ratings",
        "making texts ready for search",
        "publishing scheduled articles",
        "publishing the events of ContentContext",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase(Differs = true)]
    public async Task All_background_work_outlives_a_failing_database(DatabaseKind kind)
    {
        var database = new FailingDatabase(kind);
        await using var app = await StartWhileReadOnlyAsync(database, kind);
        var work = new BackgroundWork(app.Services);
        await work.GoesOnAsync();
        await AllArticlesAreAnnouncedAsync(app);

        (await WriteAsync(app)).Is(HttpStatusCode.Created);
        await RefusedChangeIsReportedAsync(app, database, database.ReadOnly, "it is read-only");
        await RefusedChangeIsReportedAsync(app, database, database.DiskFull, "its disk is full");

        database.Failure = database.ReadOnly;
        (await WriteAsync(app)).IsProblem(503, "store_unavailable");
        await AllWorkFailsAndGoesOnAsync(work, database, database.ReadOnly);
        await AllWorkFailsAndGoesOnAsync(work, database, FailingDatabase.Unexpected);
    }

    /// <summary>Starts content on a database that is read-only until its tables were tried twice.</summary>
    private async Task<ContentApp> StartWhileReadOnlyAsync(FailingDatabase database, DatabaseKind kind)
    {
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
        return await starting;
    }

    // A change that it stores would show that the database works, too.
    private static Task AllArticlesAreAnnouncedAsync(ContentApp app) =>
        Eventually.HoldsAsync(
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

    private static async Task RefusedChangeIsReportedAsync(
        ContentApp app,
        FailingDatabase database,
        Func<Exception> failure,
        string why
    )
    {
        database.Failure = failure;
        (await WriteAsync(app)).IsProblem(503, "store_unavailable");
        database.Failure = null;
        Assert.Equal(("degraded", $"The database has refused the last change: {why}."), await ReadyAsync(app));
        (await WriteAsync(app)).Is(HttpStatusCode.Created);
        Assert.Equal(("healthy", "The database answers."), await ReadyAsync(app));
    }

    private static async Task AllWorkFailsAndGoesOnAsync(
        BackgroundWork work,
        FailingDatabase database,
        Func<Exception> failure
    )
    {
        database.Failure = failure;
        await Eventually.HoldsAsync(
            async () => (await work.FailingAsync()).SequenceEqual(BackgroundWorks),
            "all of it fails",
            Cancel
        );
        database.Failure = null;
        await work.GoesOnAsync();
    }

    private static Task<AppReply> WriteAsync(ContentApp app) =>
        app.EditAsync(HttpMethod.Post, app.NewSite(), "articles", new { title = "Bài", body = "Nội dung." });

    private static async Task<(string? Status, string? Description)> ReadyAsync(ContentApp app)
    {
        var check = (await app.SendAsync(Door.Probe, HttpMethod.Get, "/health/ready", null))
            .Json.GetProperty("checks")
            .GetProperty("contentDatabase");
        return (check.GetProperty("status").GetString(), check.GetProperty("description").GetString());
    }
}
