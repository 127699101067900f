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
    private int _files;

    /// <summary>The connection string of an empty database of the caller's own.</summary>
    public async Task<string> CreateAsync(DatabaseKind kind) =>
        kind is DatabaseKind.PostgreSql
            ? await (await _server.Value).CreateDatabaseAsync()
            : $"Data Source={NewFile()};Pooling=False";

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
