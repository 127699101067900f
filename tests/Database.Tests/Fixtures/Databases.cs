using PortalServices.Testing;
using PortalServices.Testing.Processes;

[assembly: AssemblyFixture(typeof(PortalServices.Database.Tests.Fixtures.Databases))]

namespace PortalServices.Database.Tests.Fixtures;

/// <summary>Empty databases, each for one test; the server is started when it is first asked for.</summary>
public sealed class Databases : IAsyncDisposable
{
    readonly TemporaryDirectory _folder = new();
    readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync("fsync=off", "synchronous_commit=off"));
    int _files;

    /// <summary>The connection string of an empty database.</summary>
    public async Task<string> CreateAsync(DatabaseKind kind) =>
        kind is DatabaseKind.PostgreSql ? await (await _server.Value).CreateDatabaseAsync() : $"Data Source={NewFile()}";

    /// <summary>A file that is not there yet.</summary>
    public string NewFile() => _folder.File($"things{Interlocked.Increment(ref _files)}.db");

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
        _folder.Dispose();
    }
}
