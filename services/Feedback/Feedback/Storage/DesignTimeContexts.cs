using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace PortalServices.Feedback.Storage;

/// <summary>For the tool that writes migrations, which asks no database.</summary>
internal sealed class DesignTimeContexts
    : IDesignTimeDbContextFactory<SqliteFeedbackContext>,
        IDesignTimeDbContextFactory<PostgreSqlFeedbackContext>
{
    SqliteFeedbackContext IDesignTimeDbContextFactory<SqliteFeedbackContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteFeedbackContext>().UseSqlite("Data Source=:memory:").Options);

    PostgreSqlFeedbackContext IDesignTimeDbContextFactory<PostgreSqlFeedbackContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlFeedbackContext>().UseNpgsql("Host=localhost").Options);
}
