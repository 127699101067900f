using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PortalServices.Standalone.Data;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// The embedded store on a data folder, and commits in the way of the ledger: a script with one HSET, then COMMITAOF.
/// </summary>
internal sealed class StoreRun : IAsyncDisposable
{
    // Commit n writes n at both ends of every field: one that is there in part shows.
    private const string Commit = """
        local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0') + 1
        local set = {'n', n}
        for i = 1, 12 do
          set[#set + 1] = 'field' .. i
          set[#set + 1] = n .. string.rep('.', tonumber(ARGV[1])) .. n
        end
        redis.call('HSET', KEYS[1], unpack(set))
        """;

    private readonly DataFolder _folder;
    private readonly StoreSocket _socket;
    private readonly EmbeddedStore _store;
    private readonly ConnectionMultiplexer _connection;

    private StoreRun(DataFolder folder, StoreSocket socket, EmbeddedStore store, ConnectionMultiplexer connection) =>
        (_folder, _socket, _store, _connection) = (folder, socket, store, connection);

    public ConnectionMultiplexer Connection => _connection;

    /// <summary>Where counting finds it.</summary>
    public string ConnectionString => _socket.ConnectionString;

    /// <summary>How long the log is since the last checkpoint.</summary>
    public long LogBytes => _store.LogBytes;

    /// <summary>What the records take in memory, dead ones included.</summary>
    public long RecordBytes => _store.RecordBytes;

    public static async Task<StoreRun> StartAsync(string path, int memoryMegabytes = 64)
    {
        var folder = DataFolder.Open(path);
        var socket = StoreSocket.Place(folder.Store);
        var store = new EmbeddedStore(
            folder,
            socket,
            Options.Create(new StoreOptions { MemoryMegabytes = memoryMegabytes }),
            NullLoggerFactory.Instance,
            new StartProgress(TimeProvider.System, NullLogger<StartProgress>.Instance),
            TimeProvider.System
        );
        try
        {
            await store.StartAsync(TestContext.Current.CancellationToken);
            return new StoreRun(
                folder,
                socket,
                store,
                await ConnectionMultiplexer.ConnectAsync(socket.ConnectionString + ",allowAdmin=true")
            );
        }
        catch
        {
            store.Dispose();
            socket.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Commits so many times; each commit takes about twelve times the filling in the log.</summary>
    public async Task CommitAsync(int times, int filling = 40)
    {
        var database = _connection.GetDatabase();
        for (var i = 0; i < times; i++)
        {
            await database.ScriptEvaluateAsync(Commit, ["ledger"], [filling]);
            await database.ExecuteAsync("COMMITAOF");
        }
    }

    /// <summary>Writes a checkpoint and notes its files, as the host does; nothing else is under way here.</summary>
    public async Task CheckpointAsync()
    {
        var files = new CheckpointFiles(_folder.Store);
        var before = files.BeforeWriting();
        await _connection.GetDatabase().ExecuteAsync("SAVE");
        files.Note(before);
    }

    /// <summary>Has the store write a checkpoint, and nothing else.</summary>
    public Task SaveAsync() => _connection.GetDatabase().ExecuteAsync("SAVE");

    /// <summary>What writes checkpoints in the host, with another way to ask the store for one.</summary>
    public CheckpointWriter Writer(Func<Func<JsonObject, Task>?, Task> save) =>
        new(_store, _folder, save, TimeProvider.System);

    /// <summary>The number of the last commit, which must be there whole.</summary>
    public async Task<int> LastCommitAsync()
    {
        var ledger = await _connection.GetDatabase().HashGetAllAsync("ledger");
        if (ledger.Length == 0)
        {
            return 0;
        }
        var last = (int)ledger.Single(field => field.Name == "n").Value;
        var text = last.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(13, ledger.Length);
        Assert.All(
            ledger.Where(field => field.Name != "n"),
            field =>
            {
                Assert.StartsWith(text + ".", field.Value.ToString(), StringComparison.Ordinal);
                Assert.EndsWith("." + text, field.Value.ToString(), StringComparison.Ordinal);
            }
        );
        return last;
    }

    /// <summary>Where the log ends: an address, counted from its beginning.</summary>
    public Task<long> LogEndAsync() => LogEndAsync(_connection);

    /// <summary>The same of a store elsewhere.</summary>
    public static async Task<long> LogEndAsync(ConnectionMultiplexer connection)
    {
        var info = await connection.GetServers().Single().InfoAsync("persistence");
        return long.Parse(info.Single().Single(line => line.Key == "TailAddress").Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Copies the data folder as a kill would leave it now.</summary>
    public void CopyTo(string path) => Folders.Copy(_folder.Path, path);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _store.Dispose();
        _socket.Dispose();
        _folder.Dispose();
    }
}
