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
    // So often for each question whether it is ready, which costs more.
    private const int LooksForSign = 50;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_SQLite_the_next_start_works()
    {
        using var folder = new TemporaryDirectory();
        // From the first sign of a file to nearly all of the tables, whose pages are in the write-ahead log.
        var signs = Variants.Of([60_000], [0, 1, 250_000]);
        foreach (var (n, bytes) in signs.Index())
        {
            var database = folder.File($"content-{n}.db");
            await KillAsync(
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
            await StartAsync(folder, $"Data Source={database}");
        }
    }

    [Fact]
    public async Task On_PostgreSQL_the_next_start_works()
    {
        using var folder = new TemporaryDirectory();
        await using var server = await PostgresServer.StartAsync();
        var signs = Variants.Of(
            [
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database WHERE locktype = 'advisory' AND datname = @database",
                "SELECT count(*) FROM pg_stat_activity WHERE datname = @database AND query LIKE '%CREATE TABLE \"Articles\"%'",
            ],
            [
                "SELECT count(*) FROM pg_stat_activity WHERE datname = @database AND query LIKE '%__EFMigrationsHistory%'",
                "SELECT count(*) FROM pg_stat_activity WHERE datname = @database AND query LIKE '%CREATE INDEX%'",
            ]
        );
        await using var watching = new NpgsqlConnection(server.ConnectionString("postgres"));
        await watching.OpenAsync(Cancel);
        foreach (var sign in signs)
        {
            var database = await server.CreateDatabaseAsync();
            var name = new NpgsqlConnectionStringBuilder(database).Database!;
            await KillAsync(folder, database, async () => await CountAsync(watching, sign, name) > 0);
            await StartAsync(folder, database);
        }
    }

    private static async Task<long> CountAsync(NpgsqlConnection watching, string sql, string database)
    {
        await using var look = new NpgsqlCommand(sql, watching);
        look.Parameters.AddWithValue("database", database);
        return (long)(await look.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>Kills a first start as soon as a sign is there.</summary>
    private static async Task KillAsync(TemporaryDirectory folder, string database, Func<Task<bool>> sign)
    {
        var (_, probe, arguments) = Prepare(folder, database);
        await using var process = await HostProcess.LaunchAsync(ContentReplica.Project, arguments);
        // A fast machine may be through before the sign is seen; then this is a kill right after it.
        using var ready = new PortalClient(probe);
        for (var look = 1; !await sign() && (look % LooksForSign > 0 || !await IsReadyAsync(ready)); look++)
        {
            // Looking without a pause would take one of two processors from what is looked at.
            await Task.Delay(2, Cancel);
        }
        await process.KillAsync();
    }

    private static async Task StartAsync(TemporaryDirectory folder, string database)
    {
        var (inside, probe, arguments) = Prepare(folder, database);
        await using var process = await HostProcess.StartAsync(ContentReplica.Project, arguments);
        using var door = new PortalClient(probe);
        await Eventually.HoldsAsync(() => IsReadyAsync(door), $"ready on {database}", Cancel);
        using var service = new PortalClient(inside, http2: true);
        Assert.Equal(
            0,
            (await service.GetAsync("/api/sites/site/articles?q=a", Cancel)).Json.GetProperty("total").GetInt32()
        );
    }

    private static (Uri Inside, Uri Probe, string[] Arguments) Prepare(TemporaryDirectory folder, string database)
    {
        var (inside, probe) = (
            new Uri($"http://127.0.0.1:{Ports.Free()}"),
            new Uri($"http://127.0.0.1:{Ports.Free()}")
        );
        SiteEntry.WriteSeeds(folder.File("seeds"), [new("site")]);
        return (
            inside,
            probe,
            [
                $"--Kestrel:Endpoints:Internal:Url={inside}",
                $"--Kestrel:Endpoints:Probe:Url={probe}",
                $"--ConnectionStrings:content={database}",
                "--ConnectionStrings:rabbitmq=",
                $"--Seeds:Directory={folder.File("seeds")}",
            ]
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
