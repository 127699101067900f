using Microsoft.EntityFrameworkCore;
using Npgsql;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>What an application is wired to: its database and its bus.</summary>
public sealed class Wiring : IDisposable
{
    private readonly TemporaryDirectory? _folder;
    private readonly string _database;

    private Wiring(TemporaryDirectory? folder, string database, Uri? broker) =>
        (_folder, _database, Broker) = (folder, database, broker);

    /// <summary>The virtual host; null where the bus is the process itself.</summary>
    public Uri? Broker { get; }

    /// <summary>The settings that say so.</summary>
    public string[] Settings => [$"--ConnectionStrings:rabbitmq={Broker}"];

    /// <summary>One of either kind.</summary>
    public static Task<Wiring> OfAsync(WiringKind kind, Servers servers) =>
        kind is WiringKind.Embedded ? EmbeddedAsync() : ServicesAsync(servers);

    /// <summary>A file, and no broker.</summary>
    public static async Task<Wiring> EmbeddedAsync()
    {
        var folder = new TemporaryDirectory();
        return await new Wiring(folder, $"Data Source={folder.File("notes.db")};Pooling=False", null).CreatedAsync();
    }

    /// <summary>A database and a virtual host of their own.</summary>
    public static async Task<Wiring> ServicesAsync(Servers servers) =>
        await ServicesAsync(servers, await RabbitMqBroker.SharedAsync());

    /// <summary>A database of its own, and this address of a broker.</summary>
    public static async Task<Wiring> ServicesAsync(Servers servers, Uri broker) =>
        await new Wiring(null, await (await servers.DatabaseAsync()).CreateDatabaseAsync(), broker).CreatedAsync();

    /// <summary>A database and a virtual host of their own, the latter at a broker of the test's own.</summary>
    public static async Task<Wiring> ServicesAsync(Servers servers, RabbitMqBroker broker)
    {
        var database = await servers.DatabaseAsync();
        return await new Wiring(
            null,
            await database.CreateDatabaseAsync(),
            await broker.NewVirtualHostAsync()
        ).CreatedAsync();
    }

    public DbContextOptionsBuilder Use(DbContextOptionsBuilder options) =>
        _folder is not null ? options.UseSqlite(_database) : options.UseNpgsql(_database);

    public void Dispose()
    {
        _folder?.Dispose();
        if (_folder is not null)
        {
            return;
        }
        // The server lets in a hundred, and each database has a pool of its own.
        using var connection = new NpgsqlConnection(_database);
        NpgsqlConnection.ClearPool(connection);
    }

    private async Task<Wiring> CreatedAsync()
    {
        var options = new DbContextOptionsBuilder<NoteContext>();
        Use(options);
        await using var database = new NoteContext(options.Options);
        await database.Database.EnsureCreatedAsync();
        return this;
    }
}
