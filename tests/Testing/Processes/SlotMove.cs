using StackExchange.Redis;

namespace PortalServices.Testing.Processes;

/// <summary>
/// A slot on its way from one primary of a <see cref="RedisCluster"/> to another, key by key, as redis-cli moves it.
/// </summary>
public sealed class SlotMove
{
    private const int AtOnce = 100;
    private const int MigrateTimeoutMilliseconds = 10_000;

    private readonly RedisCluster _cluster;
    private readonly int _slot;
    private readonly RedisServer _from;
    private readonly RedisServer _to;

    private SlotMove(RedisCluster cluster, int slot, RedisServer from, RedisServer to) =>
        (_cluster, _slot, _from, _to) = (cluster, slot, from, to);

    /// <summary>Begins to move the slot of a key; both servers know of it, and no key is moved yet.</summary>
    public static async Task<SlotMove> BeginAsync(RedisCluster cluster, RedisKey key, RedisServer to)
    {
        var move = new SlotMove(cluster, cluster.SlotOf(key), await cluster.PrimaryOfAsync(key), to);
        await move.SetAsync(to, "IMPORTING", await cluster.IdOfAsync(move._from));
        await move.SetAsync(move._from, "MIGRATING", await cluster.IdOfAsync(to));
        return move;
    }

    /// <summary>The keys of the slot that are not moved yet.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. ((string[])(await _cluster.CommandAsync(_from, "CLUSTER", "GETKEYSINSLOT", _slot, AtOnce))!).Order()];

    /// <summary>Moves keys.</summary>
    public async Task MoveAsync(params IEnumerable<string> keys)
    {
        var to = _to.Address.Split(':');
        await _cluster.CommandAsync(
            _from,
            "MIGRATE",
            [to[0], to[1], "", 0, MigrateTimeoutMilliseconds, "KEYS", .. keys]
        );
    }

    /// <summary>Moves what is left, and gives the slot to its new server.</summary>
    public async Task FinishAsync()
    {
        while (await KeysAsync() is { Count: > 0 } left)
        {
            await MoveAsync(left);
        }
        var id = await _cluster.IdOfAsync(_to);
        // In this order, so that no server sends anybody back and forth.
        await SetAsync(_to, "NODE", id);
        await SetAsync(_from, "NODE", id);
        foreach (var other in (await _cluster.PrimariesAsync()).Where(server => server != _to && server != _from))
        {
            await SetAsync(other, "NODE", id);
        }
    }

    private Task<RedisResult> SetAsync(RedisServer server, string state, string id) =>
        _cluster.CommandAsync(server, "CLUSTER", "SETSLOT", _slot, state, id);
}
