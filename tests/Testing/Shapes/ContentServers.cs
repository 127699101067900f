using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Shapes;

/// <summary>
/// What content and feedback processes stand on: a database server of their own, and a virtual host at a broker.
/// </summary>
public sealed class ContentServers : IAsyncDisposable
{
    private readonly RabbitMqServer? _own;

    private ContentServers(PostgresServer database, RabbitMqServer? own, string content, string feedback, Uri host) =>
        (Database, _own, Content, Feedback, Host) = (database, own, content, feedback, host);

    /// <summary>The database server.</summary>
    public PostgresServer Database { get; }

    /// <summary>The broker, for a test that has one of its own and may kill it.</summary>
    public RabbitMqServer Broker =>
        _own ?? throw new InvalidOperationException("Others use the broker, too: set PortalSettings.OwnBroker.");

    /// <summary>The connection string of content's database.</summary>
    public string Content { get; }

    /// <summary>The connection string of feedback's database.</summary>
    public string Feedback { get; }

    /// <summary>The virtual host at the broker.</summary>
    public Uri Host { get; }

    /// <summary>Starts what is not there yet.</summary>
    /// <param name="ownBroker">Whether the broker is the caller's own; else it has a virtual host of its own at the one
    /// that all share.</param>
    public static async Task<ContentServers> StartAsync(bool ownBroker)
    {
        var starting = PostgresServer.StartAsync();
        var own = ownBroker ? await RabbitMqServer.StartAsync() : null;
        var broker = own?.Broker ?? await RabbitMqBroker.SharedAsync();
        var database = await starting;
        return new ContentServers(
            database,
            own,
            await database.CreateDatabaseAsync(),
            await database.CreateDatabaseAsync(),
            await broker.NewVirtualHostAsync()
        );
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
        await Database.DisposeAsync();
    }
}
