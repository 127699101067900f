using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>Feedback on each database.</summary>
public sealed class FeedbackApps(TestDatabases databases)
    : AppsOnDatabases<FeedbackApp>(databases, FeedbackApp.StartAsync, MakeTablesAsync)
{
    private static async Task MakeTablesAsync(DatabaseKind kind, string database)
    {
        await using FeedbackContext context =
            kind is DatabaseKind.PostgreSql
                ? new PostgreSqlFeedbackContext(
                    new DbContextOptionsBuilder<PostgreSqlFeedbackContext>().UseNpgsql(database).Options
                )
                : new SqliteFeedbackContext(
                    new DbContextOptionsBuilder<SqliteFeedbackContext>().UseSqlite(database).Options
                );
        await context.Database.MigrateAsync();
    }
}
