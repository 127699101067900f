using Microsoft.Extensions.DependencyInjection;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Submit;

/// <summary>No background work of feedback ends, or ends the process, whatever its database says.</summary>
public sealed class FailingDatabaseTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase(Differs = true)]
    public async Task All_background_work_outlives_a_failing_database(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        var database = new FailingDatabase(kind);
        database.Failure = database.ReadOnly;
        var starting = FeedbackApp.StartAsync(
            await apps.CreateDatabaseAsync(kind),
            services =>
                services
                    .ConfigureDbContext<SqliteFeedbackContext>(options => options.AddInterceptors(database))
                    .ConfigureDbContext<PostgreSqlFeedbackContext>(options => options.AddInterceptors(database)),
            null,
            [.. server.Settings, "--Mail:RemindFrom=00:00", "--Feedback:KeepPersonalDataDays=365"]
        );
        await Eventually.HoldsAsync(() => database.Failed >= 2, "the tables are tried again", Cancel);
        database.Failure = null;
        await using var app = await starting;
        // A file that is still to be rebuilt would fail as well.
        await Eventually.HoldsAsync(
            () => !app.Services.GetRequiredService<DatabaseErasure<FeedbackContext>>().IsDue,
            "the new file is looked after",
            Cancel
        );
        var work = new BackgroundWork(app.Services);
        await work.GoesOnAsync();

        foreach (var failure in new Func<Exception>[] { database.ReadOnly, FailingDatabase.Unexpected })
        {
            database.Failure = failure;
            await Eventually.HoldsAsync(
                async () =>
                    (await work.FailingAsync()).SequenceEqual([
                        "counting feedback by status",
                        "counting the dead letters",
                        "counting the events that wait in FeedbackContext",
                        "erasing what is kept long enough",
                        "making feedback ready for search",
                        "publishing the events of FeedbackContext",
                        "reminding of what is due",
                        "sending mails",
                    ]),
                "all of it fails",
                Cancel
            );
            database.Failure = null;
            await work.GoesOnAsync();
        }
    }
}
