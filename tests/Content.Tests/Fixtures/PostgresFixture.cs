using PortalServices.Testing.Processes;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>The PostgreSQL of all tests of this assembly, started when it is first asked for.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    // Nothing here outlives the tests, so nothing need reach the disk.
    readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync("fsync=off", "synchronous_commit=off"));

    /// <summary>An empty database of the caller's own.</summary>
    public async Task<string> CreateDatabaseAsync() => await (await _server.Value).CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
