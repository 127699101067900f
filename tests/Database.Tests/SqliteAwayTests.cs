using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using PortalServices.Testing;

namespace PortalServices.Database.Tests;

/// <summary>Somebody else holds the file: who would have to wait too long is told so.</summary>
public sealed class SqliteAwayTests(TestDatabases databases)
{
    private const string Impatient = ";Default Timeout=1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_the_start_the_process_runs_and_makes_its_tables_when_the_file_is_free()
    {
        var file = databases.NewFile();
        await using var holder = await HoldAsync(file, "EXCLUSIVE");
        await using var app = await ThingApp.StartAloneAsync($"Data Source={file}{Impatient}");
        (await app.ReadAsync()).IsAway();
        Assert.Equal((503, "unhealthy"), await app.ReadyAsync());
        await Eventually.HoldsAsync(() => app.Journal.Entries.Count > 0, "it is told", Cancel);

        await ReleaseAsync(holder);
        await Eventually.BecomesAsync(app.ReadyAsync, ready => ready == (200, "healthy"), "it is ready", Cancel);
        Assert.Equal(201, (await app.AddAsync("first")).Status);
    }

    [Fact]
    public async Task Later_a_change_is_told_and_readers_go_on_and_the_log_has_one_line_of_its_beginning_and_one_of_its_end()
    {
        var file = databases.NewFile();
        await using var app = await ThingApp.StartAsync($"Data Source={file}{Impatient}");
        await app.AddAsync("before");
        await using var holder = await HoldAsync(file, "IMMEDIATE");
        (await app.AddAsync("meanwhile")).IsAway();
        (await app.AddAsync("meanwhile")).IsAway();
        var away = Assert.Single(app.Journal.Entries);
        Assert.Equal((LogLevel.Warning, true), (away.Level, away.Exception is not null));
        Assert.Equal((200, "before"), ((await app.ReadAsync()).Status, (await app.ReadAsync()).Body));
        Assert.Equal((200, "healthy"), await app.ReadyAsync());

        await ReleaseAsync(holder);
        Assert.Equal(201, (await app.AddAsync("after")).Status);
        Assert.Equal("after,before", (await app.ReadAsync()).Body);
        Assert.Equal([LogLevel.Warning, LogLevel.Information], app.Journal.Entries.Select(entry => entry.Level));
    }

    private static async Task<SqliteConnection> HoldAsync(string file, string how)
    {
        var holder = new SqliteConnection($"Data Source={file};Pooling=False");
        await holder.OpenAsync(Cancel);
        await RunAsync(holder, $"BEGIN {how}");
        return holder;
    }

    private static Task ReleaseAsync(SqliteConnection holder) => RunAsync(holder, "ROLLBACK");

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
