using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace PortalServices.Content.Storage;

/// <summary>For the tool that writes migrations, which asks no database.</summary>
internal sealed class DesignTimeContexts
    : IDesignTimeDbContextFactory<SqliteContentContext>,
        IDesignTimeDbContextFactory<PostgreSqlContentContext>
{
    SqliteContentContext IDesignTimeDbContextFactory<SqliteContentContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteContentContext>().UseSqlite("Data Source=:memory:").Options);

    PostgreSqlContentContext IDesignTimeDbContextFactory<PostgreSqlContentContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlContentContext>().UseNpgsql("Host=localhost").Options);
}
