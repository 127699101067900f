using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Shapes;

/// <summary>What content and feedback processes stand on: a database server and a broker of their own.</summary>
public sealed class ContentServers : IAsyncDisposable
{
    private ContentServers(PostgresServer database, RabbitMqServer broker, string content, string feedback, Uri host) =>
        (Database, Broker, Content, Feedback, Host) = (database, broker, content, feedback, host);

    /// <summary>The database server.</summary>
    public PostgresServer Database { get; }

    /// <summary>The broker.</summary>
    public RabbitMqServer Broker { get; }

    /// <summary>The connection string of content's database.</summary>
    public string Content { get; }

    /// <summary>The connection string of feedback's database.</summary>
    public string Feedback { get; }

    /// <summary>The virtual host at the broker.</summary>
    public Uri Host { get; }

    /// <summary>Starts both.</summary>
    public static async Task<ContentServers> StartAsync()
    {
        var (starting, brokerStarting) = (PostgresServer.StartAsync(), RabbitMqServer.StartAsync());
        var (database, broker) = (await starting, await brokerStarting);
        return new ContentServers(database, broker, await database.CreateDatabaseAsync(), await database.CreateDatabaseAsync(), await broker.NewVirtualHostAsync());
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
