using Npgsql;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Crash.Tests.Fixtures;

/// <summary>
/// Tests stand on these: a kill is a kill, what was committed is found again, a database is a test's own, nothing stays
/// behind.
/// </summary>
public sealed class PostgresServerTests(PostgresServerTests.One shared) : IClassFixture<PostgresServerTests.One>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_committed_row_survives_a_kill()
    {
        var database = await shared.Server.CreateDatabaseAsync();
        await RunAsync(database, "CREATE TABLE kept (text text)");
        await using var open = new NpgsqlConnection(database + ";Pooling=false");
        await open.OpenAsync(Cancel);
        await using var begin = new NpgsqlCommand("BEGIN; INSERT INTO kept VALUES ('open')", open);
        await begin.ExecuteNonQueryAsync(Cancel);
        await RunAsync(database, "INSERT INTO kept VALUES ('committed')");

        await shared.Server.KillAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => RunAsync(database, "SELECT 1"));
        await shared.Server.StartAgainAsync();

        Assert.Equal("committed", await RunAsync(database, "SELECT string_agg(text, ',') FROM kept"));
    }

    [Fact]
    public async Task A_start_succeeds_though_a_statement_was_under_way()
    {
        var database = await shared.Server.CreateDatabaseAsync();
        var under = RunAsync(
            database,
            "SELECT count(*) FROM generate_series(1, 100000) one, generate_series(1, 100000) other"
        );
        await Eventually.HoldsAsync(
            async () =>
                await RunAsync(
                    database,
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%other' AND state = 'active'"
                )
                    is 1L,
            "the statement running",
            Cancel
        );

        await shared.Server.RestartAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => under);
        Assert.Equal(1, await RunAsync(database, "SELECT 1"));
    }

    [Fact]
    public async Task Two_databases_are_separate()
    {
        var (one, other) = (await shared.Server.CreateDatabaseAsync(), await shared.Server.CreateDatabaseAsync());
        await RunAsync(one, "CREATE TABLE own ()");
        Assert.Equal(DBNull.Value, await RunAsync(other, "SELECT to_regclass('own')::text"));
    }

    [Fact]
    public async Task A_paused_server_answers_once_it_goes_on()
    {
        var database = await shared.Server.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await shared.Server.PauseAsync();
        var waiting = command.ExecuteScalarAsync(Cancel);
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(200, Cancel)));
        shared.Server.Resume();
        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task Text_is_unicode_and_commits_are_synced()
    {
        var database = await shared.Server.CreateDatabaseAsync();
        Assert.Equal("UTF8", await RunAsync(database, "SHOW server_encoding"));
        Assert.Equal("on", await RunAsync(database, "SHOW fsync"));
    }

    [Fact]
    public async Task Settings_of_the_caller_count_and_nothing_stays_behind()
    {
        var server = await PostgresServer.StartAsync("max_connections=20", "synchronous_commit=off");
        var database = await server.CreateDatabaseAsync();
        Assert.Equal("20", await RunAsync(database, "SHOW max_connections"));
        var (first, others, folder) = (server.Id, ProcessTree.Below(server.Id), server.Directory);
        Assert.Contains(first, ProcessTree.Naming(folder));
        Assert.NotEmpty(others);
        var segment = File.ReadLines(Path.Combine(folder, "postmaster.pid"))
            .ElementAt(6)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.Contains(segment, Segments());

        await server.DisposeAsync();

        Assert.DoesNotContain(others.Append(first), ProcessTree.Runs);
        Assert.Empty(ProcessTree.Naming(folder));
        Assert.False(Directory.Exists(Path.GetDirectoryName(folder)));
        Assert.DoesNotContain(segment, Segments());
    }

    private static IEnumerable<string> Segments() =>
        File.ReadLines("/proc/sysvipc/shm")
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static async Task<object?> RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }

    /// <summary>The server of these tests.</summary>
    public sealed class One : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await PostgresServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
