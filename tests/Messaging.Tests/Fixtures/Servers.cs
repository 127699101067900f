using Npgsql;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing.Processes;

[assembly: AssemblyFixture(typeof(Servers))]

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>The database server of all tests, started when it is first asked for.</summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _database = new(() =>
        PostgresServer.StartAsync("synchronous_commit=off")
    );

    public Task<PostgresServer> DatabaseAsync() => _database.Value;

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_database.IsValueCreated)
        {
            await (await _database.Value).DisposeAsync();
        }
    }
}
