using Microsoft.EntityFrameworkCore;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>What an application is wired to: its database and its bus.</summary>
public sealed class Wiring : IDisposable
{
    readonly TemporaryDirectory? _folder;
    readonly string _database, _broker;

    Wiring(TemporaryDirectory? folder, string database, string broker) => (_folder, _database, _broker) = (folder, database, broker);

    /// <summary>The settings that say so.</summary>
    public string[] Settings => [$"--ConnectionStrings:rabbitmq={_broker}"];

    /// <summary>A file, and no broker.</summary>
    public static async Task<Wiring> EmbeddedAsync()
    {
        var folder = new TemporaryDirectory();
        return await new Wiring(folder, $"Data Source={folder.File("notes.db")};Pooling=False", "").CreatedAsync();
    }

    public DbContextOptionsBuilder Use(DbContextOptionsBuilder options) => _folder is not null ? options.UseSqlite(_database) : options.UseNpgsql(_database);

    public void Dispose() => _folder?.Dispose();

    async Task<Wiring> CreatedAsync()
    {
        var options = new DbContextOptionsBuilder<NoteContext>();
        Use(options);
        await using var database = new NoteContext(options.Options);
        await database.Database.EnsureCreatedAsync();
        return this;
    }
}
