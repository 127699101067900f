using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Storage;

/// <summary>The migrations of both databases make the tables that the code works with.</summary>
public sealed class MigrationTests
{
    [Theory]
    [EveryDatabase]
    public void They_describe_the_model(DatabaseKind database)
    {
        using var context = ContextOf(database);
        Assert.NotEmpty(context.Database.GetMigrations());
        Assert.False(context.Database.HasPendingModelChanges());
    }

    private static ContentContext ContextOf(DatabaseKind database) =>
        database is DatabaseKind.PostgreSql
            ? ((IDesignTimeDbContextFactory<PostgreSqlContentContext>)new DesignTimeContexts()).CreateDbContext([])
            : ((IDesignTimeDbContextFactory<SqliteContentContext>)new DesignTimeContexts()).CreateDbContext([]);
}
