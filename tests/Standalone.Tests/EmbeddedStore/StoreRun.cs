using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.EmbeddedStores;

/// <summary>A start of the embedded store in a data folder, and commits in the way of the ledger: one HSET, then COMMITAOF.</summary>
internal sealed class StoreRun : IAsyncDisposable
{
    // Commit n writes n into every field, those of its own filling included: a commit that is half there shows.
    const string Commit = """
        local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0') + 1
        local set = {'n', n}
        for i = 1, 12 do set[#set + 1] = 'field' .. i set[#set + 1] = n .. string.rep('.', tonumber(ARGV[1])) .. n end
        redis.call('HSET', KEYS[1], unpack(set))
        return n
        """;

    readonly DataFolder _folder;
    readonly StoreSocket _socket;
    readonly EmbeddedStore _store;
    readonly ConnectionMultiplexer _connection;

    StoreRun(DataFolder folder, StoreSocket socket, EmbeddedStore store, ConnectionMultiplexer connection) =>
        (_folder, _socket, _store, _connection) = (folder, socket, store, connection);

    public IDatabase Database => _connection.GetDatabase();

    public static async Task<StoreRun> StartAsync(string path)
    {
        var folder = DataFolder.Open(path);
        var socket = StoreSocket.Place(folder.Store);
        var store = new EmbeddedStore(folder, socket, Options.Create(new StoreOptions { MemoryMegabytes = 64 }), NullLoggerFactory.Instance);
        try
        {
            await store.StartAsync(TestContext.Current.CancellationToken);
            var connection = await ConnectionMultiplexer.ConnectAsync(socket.ConnectionString + ",allowAdmin=true");
            return new StoreRun(folder, socket, store, connection);
        }
        catch
        {
            store.Dispose();
            socket.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Commits so many times; each commit has about 24 times the filling in bytes.</summary>
    public async Task CommitAsync(int times, int filling = 40)
    {
        for (var i = 0; i < times; i++)
        {
            await Database.ScriptEvaluateAsync(Commit, ["ledger"], [filling]);
            await Database.ExecuteAsync("COMMITAOF");
        }
    }

    /// <summary>Writes a checkpoint, with nothing in flight.</summary>
    public Task CheckpointAsync() => Database.ExecuteAsync("SAVE");

    /// <summary>The number of the last commit, which must be there whole.</summary>
    public async Task<int> LastWholeCommitAsync()
    {
        var ledger = await Database.HashGetAllAsync("ledger");
        if (ledger.Length == 0)
            return 0;
        var last = (int)ledger.Single(field => field.Name == "n").Value;
        var text = last.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(13, ledger.Length);
        Assert.All(ledger.Where(field => field.Name != "n"), field =>
        {
            Assert.StartsWith(text + ".", field.Value.ToString(), StringComparison.Ordinal);
            Assert.EndsWith("." + text, field.Value.ToString(), StringComparison.Ordinal);
        });
        return last;
    }

    /// <summary>The data folder as a kill would leave it now.</summary>
    public void CopyTo(string path) => Folders.Copy(_folder.Path, path);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _store.Dispose();
        _socket.Dispose();
        _folder.Dispose();
    }
}
