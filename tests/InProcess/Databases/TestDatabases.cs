using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Npgsql;
using PortalServices.Database;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.InProcess.Databases;

/// <summary>
/// Empty databases for the tests of an assembly (an assembly fixture); the server is started when it is first asked
/// for.
/// </summary>
public sealed class TestDatabases : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();

    // Nothing here outlives the tests, so nothing need reach the disk. Each application that a test has ended leaves
    // idle connections behind for a while.
    private readonly Lazy<Task<PostgresServer>> _server = new(() =>
        PostgresServer.StartAsync("fsync=off", "synchronous_commit=off", "max_connections=500")
    );
    private readonly ConcurrentDictionary<DatabaseKind, Lazy<Task<string>>> _templates = new();
    private int _files;

    /// <summary>The connection string of an empty database of the caller's own.</summary>
    public async Task<string> CreateAsync(DatabaseKind kind) =>
        kind is DatabaseKind.PostgreSql
            ? await (await _server.Value).CreateDatabaseAsync()
            : ConnectionString(NewFile());

    /// <summary>
    /// The connection string of a database of the caller's own with the tables of a service: made once of each kind, and
    /// copied.
    /// </summary>
    /// <param name="kind">The database.</param>
    /// <param name="makeTables">Makes the tables in an empty database, which nobody is connected to
    /// afterwards.</param>
    public async Task<string> CreateWithTablesAsync(DatabaseKind kind, Func<string, Task> makeTables)
    {
        var template = await _templates
            .GetOrAdd(
                kind,
                _ =>
                    new(async () =>
                    {
                        var empty = await CreateAsync(kind);
                        await makeTables(kind is DatabaseKind.PostgreSql ? empty + ";Pooling=false" : empty);
                        return empty;
                    })
            )
            .Value;
        if (kind is DatabaseKind.PostgreSql)
        {
            return await (await _server.Value).CreateDatabaseAsync(
                new NpgsqlConnectionStringBuilder(template).Database!
            );
        }
        var copy = NewFile();
        File.Copy(new SqliteConnectionStringBuilder(template).DataSource, copy);
        return ConnectionString(copy);
    }

    private static string ConnectionString(string file) => $"Data Source={file};Pooling=False";

    /// <summary>A file that is not there yet.</summary>
    public string NewFile() => _folder.File($"test{Interlocked.Increment(ref _files)}.db");

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
        _folder.Dispose();
    }
}
