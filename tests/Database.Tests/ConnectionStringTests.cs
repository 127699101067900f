using Microsoft.Extensions.Options;

namespace PortalServices.Database.Tests;

/// <summary>The connection string chooses the database, and one that chooses none stops the start.</summary>
public sealed class ConnectionStringTests(TestDatabases databases)
{
    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=portal", typeof(PostgreSqlThings))]
    [InlineData("server=127.0.0.1;port=1", typeof(PostgreSqlThings))]
    [InlineData("Data Source={file}", typeof(SqliteThings))]
    [InlineData("DataSource={file};Pooling=False", typeof(SqliteThings))]
    [InlineData("filename={file}", typeof(SqliteThings))]
    public async Task It_chooses(string text, Type context)
    {
        // PostgreSQL is away here; the process runs.
        await using var app = await ThingApp.StartAloneAsync(
            text.Replace("{file}", databases.NewFile(), StringComparison.Ordinal)
        );
        Assert.IsType(context, await app.WithDatabaseAsync(Task.FromResult));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hunter2")]
    [InlineData("Username=portal;Password=hunter2")]
    [InlineData("Host=;Password=hunter2")]
    [InlineData("Data Source=;Password=hunter2")]
    [InlineData("Host=db;Password=a;hunter2")]
    [InlineData("Host=db;Password='hunter2")]
    [InlineData("Host=db;Port=hunter2")]
    [InlineData("Host=db;Port=99999999999;Password=hunter2")]
    [InlineData("Host=db;Passwort=hunter2")]
    [InlineData("Data Source=things.db;Passwort=hunter2")]
    [InlineData("Data Source=things.db;Mode=hunter2")]
    [InlineData("Data Source=things.db;Default Timeout=hunter2")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=things;Mode=Memory;Cache=Shared")]
    [InlineData("amqp://portal:hunter2@broker")]
    public async Task What_chooses_none_stops_the_start_with_a_line_that_names_the_setting_and_repeats_no_part_of_it(
        string? text
    )
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ThingApp.StartAloneAsync(text));
        var line = Assert.Single(failure.Failures);
        Assert.StartsWith("ConnectionStrings:things: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\n", line, StringComparison.Ordinal);
    }
}
