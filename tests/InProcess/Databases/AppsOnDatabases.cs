using System.Collections.Concurrent;
using PortalServices.Database;

namespace PortalServices.InProcess.Databases;

/// <summary>
/// A service on each database, for the tests of one class (a class fixture): started when first asked for, each with
/// tables of its own.
/// </summary>
/// <param name="databases">Where its databases come from.</param>
/// <param name="start">Starts it on a connection string, with this clock (null for the real one) and more
/// settings.</param>
/// <param name="makeTables">Makes its tables in an empty database.</param>
public abstract class AppsOnDatabases<TApp>(
    TestDatabases databases,
    Func<string, TimeProvider?, string[], Task<TApp>> start,
    Func<DatabaseKind, string, Task> makeTables
) : IAsyncDisposable
    where TApp : IAsyncDisposable
{
    private readonly ConcurrentDictionary<DatabaseKind, Lazy<Task<TApp>>> _apps = new();

    /// <summary>The service on this database; its tests share it, so each takes a site of its own.</summary>
    public Task<TApp> OnAsync(DatabaseKind kind) => _apps.GetOrAdd(kind, each => new(() => StartAsync(each))).Value;

    /// <summary>
    /// The service on a database of this kind with nothing but its tables, for the caller alone, who disposes of it.
    /// </summary>
    /// <param name="kind">The database.</param>
    /// <param name="time">Its clock; null for the real one.</param>
    /// <param name="settings">More settings.</param>
    public async Task<TApp> StartAsync(DatabaseKind kind, TimeProvider? time = null, params string[] settings) =>
        await start(await databases.CreateWithTablesAsync(kind, empty => makeTables(kind, empty)), time, settings);

    /// <summary>The connection string of an empty database.</summary>
    public Task<string> CreateDatabaseAsync(DatabaseKind kind) => databases.CreateAsync(kind);

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps.Values)
        {
            await (await app.Value).DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }
}
