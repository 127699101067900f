using System.Globalization;
using StackExchange.Redis;

namespace PortalServices.Testing.Processes;

/// <summary>
/// A private Redis Cluster on loopback: three primaries that share the slots, and a replica of each. One that dies
/// leaves the others answering, and nobody takes its place unless the caller says so.
/// </summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Primaries = 3,
        Slots = 16_384;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RedisServer[] _servers;
    private readonly Dictionary<RedisServer, int> _busPorts;
    private ConnectionMultiplexer? _connection;

    private RedisCluster(string fsync)
    {
        var busPorts = Enumerable.Range(0, 2 * Primaries).Select(_ => Ports.Free()).ToArray();
        _servers = Array.ConvertAll(busPorts, port => RedisServer.Prepare(fsync, Arguments(port)));
        _busPorts = _servers.Zip(busPorts).ToDictionary(each => each.First, each => each.Second);
    }

    /// <summary>All servers, those that are down included; the first three were the primaries at the start.</summary>
    public IReadOnlyList<RedisServer> Servers => _servers;

    /// <summary>The endpoints of all servers, as a connection string of StackExchange.Redis.</summary>
    public string Address => string.Join(',', _servers.Select(server => server.Address));

    /// <summary>The slot of a key.</summary>
    public int SlotOf(RedisKey key) => _connection!.HashSlot(key);

    /// <summary>Starts the servers and joins them; returns when every one of them knows its place.</summary>
    /// <param name="fsync">When they write to their disks.</param>
    public static async Task<RedisCluster> StartAsync(string fsync = "always")
    {
        var cluster = new RedisCluster(fsync);
        try
        {
            await Task.WhenAll(cluster._servers.Select(server => server.StartAgainAsync()));
            await cluster.JoinAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection of the caller's own.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(
            Address
                + ",allowAdmin=true,abortConnect=false,connectTimeout=10000,syncTimeout=30000,asyncTimeout=30000,configCheckSeconds=1"
        );

    /// <summary>The server that takes the writes of a key, as those that run have it; it may be down.</summary>
    public async Task<RedisServer> PrimaryOfAsync(RedisKey key)
    {
        var slot = SlotOf(key);
        return ServerOf((await NodesAsync()).Single(node => node.IsPrimary && node.Has(slot)));
    }

    /// <summary>The replica of a primary, once those that run have it so.</summary>
    public async Task<RedisServer> ReplicaOfAsync(RedisServer primary)
    {
        var replica = await Eventually.BecomesAsync(
            async () =>
            {
                var nodes = await NodesAsync();
                var id = nodes.SingleOrDefault(node => ServerOf(node) == primary)?.Id;
                return nodes.SingleOrDefault(node => id is not null && node.PrimaryId == id);
            },
            node => node is not null,
            $"a replica of {primary.Address}",
            CancellationToken.None,
            Patience
        );
        return ServerOf(replica!);
    }

    /// <summary>The servers that are primaries now.</summary>
    public async Task<IReadOnlyList<RedisServer>> PrimariesAsync() =>
        [.. (await NodesAsync()).Where(node => node.IsPrimary && node.Slots.Count > 0).Select(ServerOf)];

    /// <summary>
    /// Has a replica take the place of its primary without asking anybody, as one does whose primary is dead; returns
    /// when all that run have it so.
    /// </summary>
    public async Task PromoteAsync(RedisServer replica)
    {
        await CommandAsync(replica, "CLUSTER", "FAILOVER", "TAKEOVER");
        await AgreedAsync(
            nodes => nodes.Any(node => node.IsPrimary && node.Address == replica.Address),
            "the promotion"
        );
    }

    /// <summary>Lets replicas take the place of a dead primary by themselves, or not, as at the start.</summary>
    public Task LetReplicasPromoteThemselvesAsync(bool let) =>
        Task.WhenAll(
            _servers
                .Where(server => server.IsRunning)
                .Select(server =>
                    CommandAsync(server, "CONFIG", "SET", "cluster-replica-no-failover", let ? "no" : "yes")
                )
        );

    /// <summary>Returns when all servers run, every slot is served, and every replica has what its primary has.</summary>
    public async Task RecoveredAsync()
    {
        await AgreedAsync(
            nodes =>
                nodes.All(node => !node.IsFailing)
                && nodes.Where(node => node.IsPrimary).Sum(node => node.Slots.Count) == Slots,
            "a whole cluster"
        );
        foreach (var server in _servers)
        {
            await Eventually.HoldsAsync(
                async () =>
                    await InfoAsync(server) is var info
                    && info.Contains("cluster_state:ok", StringComparison.Ordinal)
                    && (
                        info.Contains("role:master", StringComparison.Ordinal)
                        || info.Contains("master_link_status:up", StringComparison.Ordinal)
                    ),
                $"{server.Address} in its place",
                CancellationToken.None,
                Patience
            );
        }
    }

    /// <summary>A command for this server alone.</summary>
    public async Task<RedisResult> CommandAsync(RedisServer server, string command, params object[] arguments) =>
        await _connection!.GetServer(server.Address).ExecuteAsync(command, arguments);

    /// <summary>A hash as this server has it, also where it is a replica.</summary>
    public async Task<IReadOnlyList<HashEntry>> ReadHashAsync(RedisServer server, RedisKey key)
    {
        // A connection without the cluster's other servers, which would be asked in its place.
        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions
            {
                EndPoints = { server.Address },
                CommandMap = CommandMap.Create(["CLUSTER"], available: false),
                AsyncTimeout = 30_000,
            }
        );
        var node = connection.GetServer(server.Address);
        await node.ExecuteAsync("READONLY");
        // One that was started this moment has not found the others yet, and answers CLUSTERDOWN until then.
        var fields = await Eventually.BecomesAsync(
            async () =>
            {
                try
                {
                    return (RedisValue[]?)await node.ExecuteAsync("HGETALL", key);
                }
                catch (RedisServerException e) when (e.Message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal))
                {
                    return null;
                }
            },
            read => read is not null,
            $"{key} at {server.Address}",
            CancellationToken.None,
            Patience
        );
        return [.. fields!.Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))];
    }

    /// <summary>The name of a server in the cluster.</summary>
    internal async Task<string> IdOfAsync(RedisServer server) =>
        (string)(await CommandAsync(server, "CLUSTER", "MYID"))!;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private static string[] Arguments(int busPort) =>
        [
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            busPort.ToString(CultureInfo.InvariantCulture),
            // A primary that dies takes its own sites with it, and not those of the others.
            "--cluster-require-full-coverage",
            "no",
            "--cluster-node-timeout",
            "2000",
            "--cluster-replica-no-failover",
            "yes",
        ];

    private async Task JoinAsync()
    {
        _connection = await ConnectAsync();
        for (var i = 0; i < _servers.Length; i++)
        {
            await CommandAsync(_servers[i], "CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            if (i < Primaries)
            {
                await CommandAsync(
                    _servers[i],
                    "CLUSTER",
                    "ADDSLOTSRANGE",
                    Slots * i / Primaries,
                    (Slots * (i + 1) / Primaries) - 1
                );
            }
            if (i > 0)
            {
                await CommandAsync(
                    _servers[i],
                    "CLUSTER",
                    "MEET",
                    "127.0.0.1",
                    _servers[0].Address.Split(':')[1],
                    _busPorts[_servers[0]]
                );
            }
        }
        await AgreedAsync(nodes => nodes.Count == _servers.Length, "all servers in the cluster");
        for (var i = Primaries; i < _servers.Length; i++)
        {
            await CommandAsync(_servers[i], "CLUSTER", "REPLICATE", await IdOfAsync(_servers[i - Primaries]));
        }
        await AgreedAsync(
            nodes => nodes.Count(node => node.PrimaryId is not null) == Primaries,
            "a replica of each primary"
        );
        await RecoveredAsync();
        // The connection was there before the cluster was, and took each server for one of its own.
        await _connection.DisposeAsync();
        _connection = await ConnectAsync();
    }

    /// <summary>Waits until every server that runs sees the cluster so.</summary>
    private async Task AgreedAsync(Func<IReadOnlyList<Node>, bool> sees, string what)
    {
        foreach (var server in _servers.Where(server => server.IsRunning))
        {
            await Eventually.HoldsAsync(
                async () => await TryNodesAsync(server) is { } nodes && sees(nodes),
                $"{what}, by {server.Address}",
                CancellationToken.None,
                Patience
            );
        }
    }

    private async Task<IReadOnlyList<Node>> NodesAsync()
    {
        foreach (var server in _servers.Where(server => server.IsRunning))
        {
            if (await TryNodesAsync(server) is { } nodes)
            {
                return nodes;
            }
        }
        throw new InvalidOperationException("No server of the cluster answers.");
    }

    private async Task<IReadOnlyList<Node>?> TryNodesAsync(RedisServer server)
    {
        try
        {
            var text = (string)(await CommandAsync(server, "CLUSTER", "NODES"))!;
            return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Node.Parse)];
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            // It has only just started, and the connection is not there again.
            return null;
        }
    }

    private async Task<string> InfoAsync(RedisServer server)
    {
        try
        {
            return (string)(await CommandAsync(server, "INFO", "replication"))!
                + (string)(await CommandAsync(server, "CLUSTER", "INFO"))!;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            return "";
        }
    }

    private RedisServer ServerOf(Node node) => _servers.Single(server => server.Address == node.Address);

    /// <summary>A line of CLUSTER NODES.</summary>
    private sealed record Node(string Id, string Address, string[] Flags, string? PrimaryId, HashSet<int> Slots)
    {
        public bool IsPrimary => Flags.Contains("master");

        public bool IsFailing => Flags.Any(flag => flag is "fail" or "fail?" or "handshake" or "noaddr");

        public bool Has(int slot) => Slots.Contains(slot);

        public static Node Parse(string line)
        {
            var parts = line.Split(' ', StringSplitOptions.TrimEntries);
            HashSet<int> slots = [];
            // A slot that is being moved stands in brackets, and still belongs to where it was.
            foreach (var range in parts.Skip(8).Where(part => part.Length > 0 && part[0] != '['))
            {
                var ends = Array.ConvertAll(range.Split('-'), end => int.Parse(end, CultureInfo.InvariantCulture));
                slots.UnionWith(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
            }
            return new Node(
                parts[0],
                parts[1].Split('@')[0],
                parts[2].Split(','),
                parts[3] == "-" ? null : parts[3],
                slots
            );
        }
    }
}
