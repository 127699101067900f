using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.Database;

[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>Content on each database.</summary>
public sealed class ContentApps(TestDatabases databases)
    : AppsOnDatabases<ContentApp>(databases, ContentApp.StartAsync, MakeTablesAsync)
{
    private static async Task MakeTablesAsync(DatabaseKind kind, string database)
    {
        await using ContentContext context =
            kind is DatabaseKind.PostgreSql
                ? new PostgreSqlContentContext(
                    new DbContextOptionsBuilder<PostgreSqlContentContext>().UseNpgsql(database).Options
                )
                : new SqliteContentContext(
                    new DbContextOptionsBuilder<SqliteContentContext>().UseSqlite(database).Options
                );
        await context.Database.MigrateAsync();
    }
}
