using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace PortalServices.Database.Tests;

/// <summary>A failure that somebody handles is no line of the log; one that nobody does is one.</summary>
public sealed class LogTests(TestDatabases databases)
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_violation_that_was_expected_is_not_told_and_one_that_was_not_is_told_once_with_its_cause(
        DatabaseKind kind
    )
    {
        await using var app = await ThingApp.StartAsync(await databases.CreateAsync(kind));
        Assert.Equal((201, 409), ((await app.AddAsync("one")).Status, (await app.AddAsync("one")).Status));
        Assert.Empty(app.Journal.Entries);

        Assert.Equal(500, (await app.AddBlindlyAsync("one")).Status);
        var entry = Assert.Single(app.Journal.Entries);
        Assert.Equal((LogLevel.Error, "POST /things/one failed"), (entry.Level, entry.Text));
        Assert.NotNull(Assert.IsType<DbUpdateException>(entry.Exception).InnerException);
    }
}
