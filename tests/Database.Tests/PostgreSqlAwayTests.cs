using System.Net;
using Npgsql;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Database.Tests;

/// <summary>The server is away: every request is told so, and everything works again when it is back.</summary>
public sealed class PostgreSqlAwayTests(PostgreSqlAwayTests.Own own) : IClassFixture<PostgreSqlAwayTests.Own>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_the_start_the_process_runs_and_makes_its_tables_when_the_server_comes()
    {
        var database = await own.Server.CreateDatabaseAsync();
        await own.Server.KillAsync();
        await using var app = await ThingApp.StartAloneAsync(database);
        (await app.ReadAsync()).IsAway();
        (await app.AddAsync("early")).IsAway();
        Assert.Equal((503, "unhealthy"), await app.ReadyAsync());
        await Eventually.HoldsAsync(() => app.Journal.Entries.Count > 0, "it is told", Cancel);

        await own.Server.StartAgainAsync();
        await Eventually.BecomesAsync(app.ReadyAsync, ready => ready == (200, "healthy"), "it is ready", Cancel);
        Assert.Equal((201, ""), await StatusAsync(app.AddAsync("first")));
        Assert.Equal("first", (await app.ReadAsync()).Body);
    }

    [Fact]
    public async Task Later_requests_are_told_while_the_process_stays_ready_and_what_was_taken_is_there_when_it_is_back()
    {
        await using var app = await ThingApp.StartAsync(await own.Server.CreateDatabaseAsync());
        Assert.Equal((201, ""), await StatusAsync(app.AddAsync("before")));
        Assert.Equal((200, "healthy"), await app.ReadyAsync());

        await own.Server.KillAsync();
        (await app.ReadAsync()).IsAway();
        (await app.AddAsync("meanwhile")).IsAway();
        // Every other replica misses it, too: none is taken out for it.
        Assert.Equal((200, "degraded"), await app.ReadyAsync());

        await own.Server.StartAgainAsync();
        await Eventually.HoldsAsync(
            async () => (await app.AddAsync("after")).Status is 201 or 409,
            "it takes things again",
            Cancel
        );
        Assert.Equal("after,before", (await app.ReadAsync()).Body);
        Assert.Equal((200, "healthy"), await app.ReadyAsync());
    }

    [Fact]
    public async Task A_server_that_stands_still_is_told_beside_readiness_which_does_not_wait_for_it()
    {
        var database = new NpgsqlConnectionStringBuilder(await own.Server.CreateDatabaseAsync());
        await using var relay = TcpRelay.To($"127.0.0.1:{database.Port}");
        database.Port = IPEndPoint.Parse(relay.Address).Port;
        await using var app = await ThingApp.StartAsync(database.ConnectionString);
        Assert.Equal((200, "healthy"), await app.ReadyAsync());

        relay.Hold();
        for (var probe = 0; probe < 3; probe++)
        {
            Assert.Equal((200, "degraded"), await app.ReadyAsync());
            Assert.Equal("It did not answer within 600 ms.", await app.DescriptionAsync());
        }

        relay.Release();
        await Eventually.BecomesAsync(app.ReadyAsync, ready => ready == (200, "healthy"), "it answers again", Cancel);
    }

    [Fact]
    public async Task A_change_in_whose_midst_the_server_is_killed_is_told_the_same()
    {
        var database = await own.Server.CreateDatabaseAsync();
        await using var app = await ThingApp.StartAsync(database);
        await using var holder = new NpgsqlConnection(database + ";Pooling=false");
        await holder.OpenAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await RunAsync("""LOCK TABLE "Things" IN ACCESS EXCLUSIVE MODE""");
        var adding = app.AddAsync("held");
        var reading = app.ReadAsync();
        await Eventually.HoldsAsync(
            async () => (long)(await RunAsync("SELECT count(*) FROM pg_locks WHERE NOT granted"))! == 2,
            "both wait for the table",
            Cancel
        );

        await own.Server.KillAsync();
        (await adding).IsAway();
        (await reading).IsAway();
        await own.Server.StartAgainAsync();

        async Task<object?> RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, holder, transaction);
            return await command.ExecuteScalarAsync(Cancel);
        }
    }

    private static async Task<(int Status, string Body)> StatusAsync(Task<Outcome> outcome) =>
        ((await outcome).Status, (await outcome).Body);

    /// <summary>A server that these tests kill.</summary>
    public sealed class Own : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await PostgresServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
