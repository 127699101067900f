using PortalServices.LoadTests.Chaos;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.LoadTests.Local;

/// <summary>What chaos does to the Redis Cluster of a local suite; each fault takes the next site in turn.</summary>
internal sealed class ClusterFaults(RedisCluster cluster, IReadOnlyList<string> sites, TimeProvider time)
{
    private readonly Dictionary<(string Site, long NotedAt), long> _reported = [];
    private readonly Dictionary<string, HeldAtPromotion> _promotions = new(StringComparer.Ordinal);
    private int _turns;

    /// <summary>The last promotion of each site that had one.</summary>
    public IReadOnlyDictionary<string, HeldAtPromotion> Promotions => _promotions;

    /// <summary>A primary that is killed and started again.</summary>
    public IPart RestartPart() => Part(ChaosParts.Redis, () => KillPrimaryAsync(NextSite()), StartAllAsync);

    /// <summary>A primary whose replica is promoted; it comes back as that one's replica.</summary>
    public IPart FailoverPart() =>
        Part(
            ChaosParts.Failover,
            async () =>
            {
                var primary = await cluster.PrimaryOfAsync(Ledger.Key(NextSite()));
                await PromoteAsync(primary, await cluster.ReplicaOfAsync(primary));
            },
            StartAllAsync
        );

    /// <summary>Likewise, and the replica has been down since the fault began.</summary>
    public IPart LaggingFailoverPart()
    {
        RedisServer? primary = null,
            replica = null;
        return Part(
            ChaosParts.LaggingFailover,
            async () =>
            {
                primary = await cluster.PrimaryOfAsync(Ledger.Key(NextSite()));
                replica = await cluster.ReplicaOfAsync(primary);
                await replica.KillAsync();
            },
            async () =>
            {
                await PromoteAsync(primary!, replica!);
                await StartAllAsync();
            }
        );
    }

    /// <summary>A slot that is moved.</summary>
    public IPart SlotPart()
    {
        SlotMove? move = null;
        return Part(
            ChaosParts.Slot,
            async () =>
            {
                var key = Ledger.Key(NextSite());
                var from = await cluster.PrimaryOfAsync(key);
                var others = (await cluster.PrimariesAsync()).Where(server => server != from).ToList();
                move = await SlotMove.BeginAsync(cluster, key, others[_turns % others.Count]);
                var keys = await move.KeysAsync();
                await move.MoveAsync(keys.Take((keys.Count + 1) / 2));
            },
            () => move!.FinishAsync()
        );
    }

    /// <summary>Views of each site that its ledger reports as lost, over all losses so far.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReadReportedAsync(IConnectionMultiplexer store)
    {
        foreach (var site in sites)
        {
            if (await Ledger.ReadAsync(store, site) is { Loss: { } loss })
            {
                _reported[(site, loss.NotedAt)] = loss.Expected - loss.Found;
            }
        }
        return _reported
            .GroupBy(each => each.Key.Site)
            .ToDictionary(site => site.Key, site => site.Sum(loss => loss.Value), StringComparer.Ordinal);
    }

    private string NextSite() => sites[_turns++ % sites.Count];

    private async Task KillPrimaryAsync(string site) =>
        await (await cluster.PrimaryOfAsync(Ledger.Key(site))).KillAsync();

    private async Task StartAllAsync()
    {
        await Task.WhenAll(
            cluster.Servers.Where(server => !server.IsRunning).Select(server => server.StartAgainAsync())
        );
        await cluster.RecoveredAsync();
    }

    private async Task PromoteAsync(RedisServer primary, RedisServer replica)
    {
        await using (var store = await cluster.ConnectAsync())
        {
            // The next loss of a site may take the place of the one before.
            await ReadReportedAsync(store);
        }
        List<string> affected = [];
        foreach (var site in sites)
        {
            if (await cluster.PrimaryOfAsync(Ledger.Key(site)) == primary)
            {
                affected.Add(site);
            }
        }
        await primary.KillAsync();
        if (!replica.IsRunning)
        {
            await replica.StartAgainAsync();
        }
        // Before it takes a write: what is missing later and stands here, no promotion explains.
        var held = new Dictionary<string, Ledger>(StringComparer.Ordinal);
        foreach (var site in affected)
        {
            held[site] = Ledger.From(await cluster.ReadHashAsync(replica, Ledger.Key(site)));
        }
        await cluster.PromoteAsync(replica);
        foreach (var site in affected)
        {
            _promotions[site] = new HeldAtPromotion(time.GetUtcNow(), held[site].Total, held[site].Ids);
        }
    }

    private static OwnPart Part(string name, Func<Task> kill, Func<Task> start)
    {
        return new OwnPart(name, () => OrFailAsync(kill), () => OrFailAsync(start));

        async Task OrFailAsync(Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (Exception failure)
                when (failure is RedisException or TimeoutException or InvalidOperationException or IOException)
            {
                throw new ToolException(ErrorCode.FaultFailed, $"{name}: {failure.Message.ReplaceLineEndings(" ")}");
            }
        }
    }
}
