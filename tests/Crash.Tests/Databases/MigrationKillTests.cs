using Npgsql;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Databases;

/// <summary>
/// A process that is killed while it makes its tables for the first time does not stand in the way of the next one.
/// </summary>
public sealed class MigrationKillTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_SQLite_the_next_start_works()
    {
        using var folder = new TemporaryDirectory();
        // From the first sign of a file to nearly all of the tables, whose pages are in the write-ahead log.
        foreach (var (n, bytes) in new[] { 0, 1, 60_000, 250_000 }.Index())
        {
            var database = folder.File($"content-{n}.db");
            await KillAndStartAsync(
                folder,
                $"Data Source={database}",
                () =>
                    Task.FromResult(
                        File.Exists(database)
                            && (
                                bytes == 0
                                || (File.Exists(database + "-wal") && new FileInfo(database + "-wal").Length >= bytes)
                            )
                    )
            );
        }
    }

    [Fact]
    public async Task On_PostgreSQL_the_next_start_works()
    {
        using var folder = new TemporaryDirectory();
        await using var server = await PostgresServer.StartAsync();
        string[] signs =
        [
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database WHERE locktype = 'advisory' AND datname = @database",
            "SELECT count(*) FROM pg_stat_activity WHERE datname = @database AND query LIKE '%__EFMigrationsHistory%'",
            "SELECT count(*) FROM pg_stat_activity WHERE datname = @database AND query LIKE '%CREATE TABLE \"Articles\"%'",
            "SELECT count(*) FROM pg_stat_activity WHERE datname = @database AND query LIKE '%CREATE INDEX%'",
        ];
        await using var watching = new NpgsqlConnection(server.ConnectionString("postgres"));
        await watching.OpenAsync(Cancel);
        foreach (var sign in signs)
        {
            var database = await server.CreateDatabaseAsync();
            await KillAndStartAsync(
                folder,
                database,
                async () =>
                {
                    await using var look = new NpgsqlCommand(sign, watching);
                    look.Parameters.AddWithValue("database", new NpgsqlConnectionStringBuilder(database).Database!);
                    return (long)(await look.ExecuteScalarAsync(Cancel))! > 0;
                }
            );
        }
    }

    private static async Task KillAndStartAsync(TemporaryDirectory folder, string database, Func<Task<bool>> sign)
    {
        var (inside, probe) = (Ports.Free(), Ports.Free());
        SiteEntry.WriteSeeds(folder.File("seeds"), [new("site")]);
        string[] arguments =
        [
            $"--Kestrel:Endpoints:Internal:Url=http://127.0.0.1:{inside}",
            $"--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:{probe}",
            $"--ConnectionStrings:content={database}",
            "--ConnectionStrings:rabbitmq=",
            $"--Seeds:Directory={folder.File("seeds")}",
        ];
        await using (var first = await HostProcess.LaunchAsync(ContentReplica.Project, arguments))
        {
            // A fast machine may be through before the sign is seen; then this is a kill right after it.
            using var ready = new PortalClient(new Uri($"http://127.0.0.1:{probe}"));
            while (!await sign() && !await IsReadyAsync(ready))
            {
                // Looking without a pause would take one of two processors from what is looked at.
                await Task.Delay(1, Cancel);
            }
            await first.KillAsync();
        }

        await using var next = await HostProcess.StartAsync(ContentReplica.Project, arguments);
        using var door = new PortalClient(new Uri($"http://127.0.0.1:{probe}"));
        await Eventually.HoldsAsync(() => IsReadyAsync(door), $"ready on {database}", Cancel);
        using var service = new PortalClient(new Uri($"http://127.0.0.1:{inside}"), http2: true);
        Assert.Equal(
            0,
            (await service.GetAsync("/api/sites/site/articles?q=a", Cancel)).Json.GetProperty("total").GetInt32()
        );
    }

    private static async Task<bool> IsReadyAsync(PortalClient probe)
    {
        try
        {
            return (int)(await probe.GetAsync("/health/ready", Cancel)).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
