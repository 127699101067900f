using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Mail;

/// <summary>Mails of a database from before they had a trace are sent by this version.</summary>
public sealed class MailTraceColumnTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase(Differs = true)]
    public async Task A_mail_that_waits_without_the_column_is_sent_after_the_step(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        await using var server = await MailServer.StartAsync();
        await server.GoAwayAsync();
        await using (var app = await FeedbackApp.StartAsync(database, null, server.Settings))
        {
            await app.SendFeedbackAsync("trang-1", email: "nguoi.dan@example.vn");
        }

        // A process that does not send, so that nothing uses the table while it is the older one.
        await using (var app = await FeedbackApp.StartAsync(database))
        {
            await using var scope = app.Services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<FeedbackContext>();
            var before = context
                .Database.GetMigrations()
                .Last(name => !name.EndsWith("_MailTraces", StringComparison.Ordinal));
            await context.GetService<IMigrator>().MigrateAsync(before, cancellationToken: Cancel);
            Assert.Equal(
                0,
                await context
                    .Database.SqlQueryRaw<int>(
                        kind is DatabaseKind.PostgreSql
                            ? """SELECT COUNT(*)::int AS "Value" FROM information_schema.columns WHERE table_name = 'Mails' AND column_name = 'TraceParent'"""
                            : """SELECT COUNT(*) AS "Value" FROM pragma_table_info('Mails') WHERE name = 'TraceParent'"""
                    )
                    .SingleAsync(Cancel)
            );
        }

        await server.ComeBackAsync();
        await using var again = await FeedbackApp.StartAsync(database, null, server.Settings);
        await Eventually.HoldsAsync(() => server.Taken.Count == 2, "both mails are taken", Cancel);
    }
}
