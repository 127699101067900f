using System.Collections.Concurrent;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>Content on each database, for the tests of one class (a class fixture): started when first asked for, each with tables of its own.</summary>
public sealed class ContentApps(PostgresFixture postgres) : IAsyncDisposable
{
    readonly TemporaryDirectory _folder = new();
    readonly ConcurrentDictionary<DatabaseKind, Lazy<Task<ContentApp>>> _apps = new();
    int _files;

    /// <summary>Content on this database; its tests share it, so each takes a site of its own.</summary>
    public Task<ContentApp> OnAsync(DatabaseKind kind) => _apps.GetOrAdd(kind, each => new(() => StartAsync(each))).Value;

    /// <summary>Content on an empty database of this kind, for the caller alone, who disposes of it.</summary>
    /// <param name="kind">The database.</param>
    /// <param name="time">Its clock; null for the real one.</param>
    /// <param name="settings">More settings.</param>
    public async Task<ContentApp> StartAsync(DatabaseKind kind, TimeProvider? time = null, params string[] settings) =>
        await ContentApp.StartAsync(await CreateDatabaseAsync(kind), time, settings);

    /// <summary>The connection string of an empty database.</summary>
    public async Task<string> CreateDatabaseAsync(DatabaseKind kind) => kind is DatabaseKind.PostgreSql
        ? await postgres.CreateDatabaseAsync()
        : $"Data Source={_folder.File($"content{Interlocked.Increment(ref _files)}.db")};Pooling=False";

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps.Values)
            await (await app.Value).DisposeAsync();
        _folder.Dispose();
    }
}
