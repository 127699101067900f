using PortalServices.LoadTests.Chaos;
using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using StackExchange.Redis;

namespace PortalServices.LoadTests.Local;

/// <summary>
/// The whole suite on this machine: gateway, two of each service, and a Redis or a Redis Cluster, RabbitMQ and
/// PostgreSQL of its own, all on loopback and free ports, in temporary folders, ended with the tool. The programs are those of the Release build.
/// </summary>
internal sealed class LocalSuite : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder;
    private readonly TestVerifier _verifier;
    private readonly ServicesShape _shape;
    private readonly ClusterFaults? _cluster;

    private LocalSuite(
        TemporaryDirectory folder,
        TestVerifier verifier,
        ServicesShape shape,
        IReadOnlyList<string> sites
    )
    {
        (_folder, _verifier, _shape, Sites) = (folder, verifier, shape, sites);
        _cluster = shape.Cluster is { } cluster ? new ClusterFaults(cluster, sites, TimeProvider.System) : null;
    }

    /// <summary>The sites for load tests.</summary>
    public IReadOnlyList<string> Sites { get; }

    /// <summary>A site with articles.</summary>
    public const string ContentSite = "sonla";

    /// <summary>The public door.</summary>
    public Uri Target => _shape.PublicDoor.Door;

    /// <summary>The ledgers behind it.</summary>
    public SuiteLedger Ledger => new(_shape, _cluster, TimeProvider.System);

    /// <summary>Its processes by name, those that run.</summary>
    public IReadOnlyDictionary<string, int> Processes
    {
        get
        {
            Dictionary<string, int> all = new()
            {
                ["gateway"] = _shape.GatewayProcessId,
                ["postgresql"] = _shape.ContentServers!.Database.Id,
                ["rabbitmq"] = _shape.ContentServers.Broker.Id,
            };
            if (_shape.Cluster is { } cluster)
            {
                for (var i = 0; i < cluster.Servers.Count; i++)
                {
                    all[Name("redis", i)] = cluster.Servers[i].Id;
                }
            }
            else
            {
                all["redis"] = _shape.Redis.Id;
            }
            for (var i = 0; i < _shape.Replicas.Count; i++)
            {
                all[Name("counting", i)] = _shape.Replicas[i].ProcessId;
                all[Name("content", i)] = _shape.Content[i].ProcessId;
                all[Name("feedback", i)] = _shape.Feedback[i].ProcessId;
            }
            return all;
        }
    }

    /// <summary>What chaos kills, in this order: first what views go through.</summary>
    public IReadOnlyList<IPart> Parts =>
        [
            Counting(0),
            .. StoreParts,
            new OwnPart("gateway", () => _shape.Process.KillAsync(), _shape.StartAsync),
            new OwnPart(
                "rabbitmq",
                _shape.ContentServers!.Broker.KillAsync,
                _shape.ContentServers.Broker.StartAgainAsync
            ),
            Counting(1),
            new OwnPart(
                "postgresql",
                _shape.ContentServers.Database.KillAsync,
                _shape.ContentServers.Database.StartAgainAsync
            ),
            new OwnPart("content-1", _shape.Content[0].KillAsync, _shape.Content[0].StartAsync),
            new OwnPart("feedback-1", _shape.Feedback[0].KillAsync, _shape.Feedback[0].StartAsync),
        ];

    /// <summary>What chaos does only where it is named: it is there to lose something.</summary>
    public IReadOnlyList<IPart> NamedParts => _cluster is { } cluster ? [cluster.LaggingFailoverPart()] : [];

    private IReadOnlyList<IPart> StoreParts =>
        _cluster is { } cluster
            ? [cluster.RestartPart(), cluster.FailoverPart(), cluster.SlotPart()]
            : [new OwnPart(ChaosParts.Redis, _shape.Redis.KillAsync, _shape.Redis.StartAgainAsync)];

    /// <summary>
    /// What a rolling restart goes through, part by part: each is asked to end (SIGTERM), drains, and is started again.
    /// The gateway is the last.
    /// </summary>
    public IReadOnlyList<IPart> RollingParts =>
        [
            .. _shape.Replicas.Select(
                (part, i) => new OwnPart(Name("counting", i), part.TerminateAsync, part.StartAsync)
            ),
            .. _shape.Content.Select(
                (part, i) => new OwnPart(Name("content", i), part.TerminateAsync, part.StartAsync)
            ),
            .. _shape.Feedback.Select(
                (part, i) => new OwnPart(Name("feedback", i), part.TerminateAsync, part.StartAsync)
            ),
            new OwnPart("gateway", () => _shape.Process.TerminateAsync(), _shape.StartAsync),
        ];

    /// <summary>What chaos can be limited to; a service stands for both of its processes.</summary>
    public static readonly IReadOnlyList<string> PartNames =
    [
        "gateway",
        ChaosParts.Redis,
        ChaosParts.Failover,
        ChaosParts.LaggingFailover,
        ChaosParts.Slot,
        "rabbitmq",
        "postgresql",
        .. ((string[])["counting", "content", "feedback"]).SelectMany(service =>
            (string[])[service, Name(service, 0), Name(service, 1)]
        ),
    ];

    /// <summary>The parts with these names; where none is named, all but those that must be.</summary>
    public static IReadOnlyList<IPart> Only(
        IReadOnlyList<IPart> parts,
        IReadOnlyList<IPart> named,
        IReadOnlyList<string> names
    )
    {
        if (names.Count == 0)
        {
            return parts;
        }
        List<IPart> chosen =
        [
            .. parts
                .Concat(named)
                .Where(part =>
                    names.Any(name => part.Name == name || part.Name.StartsWith(name + "-", StringComparison.Ordinal))
                ),
        ];
        return chosen.Count > 0
            ? chosen
            : throw new ToolException(ErrorCode.InvalidOption, "--part: none of these is killed or restarted");
    }

    /// <summary>Starts everything, and returns when it answers.</summary>
    /// <param name="sites">How many sites for load tests it has.</param>
    /// <param name="fsync">When Redis writes to its disk: <c>always</c>, as shipped, or <c>everysec</c>.</param>
    /// <param name="onCluster">Whether the ledgers lie on a Redis Cluster instead of one Redis.</param>
    /// <exception cref="ToolException">Something does not start, or is not built or installed.</exception>
    public static async Task<LocalSuite> StartAsync(int sites, string fsync, bool onCluster)
    {
        var folder = new TemporaryDirectory();
        TestVerifier? verifier = null;
        ServicesShape? shape = null;
        try
        {
            var names = LocalSeeds.Write(folder.File("seeds"), sites);
            verifier = await TestVerifier.StartAsync();
            shape = await ServicesShape.StartNewAsync(Settings(folder.File("seeds"), verifier, fsync, onCluster));
            var seeding = await shape.Content[0].RunToEndAsync("--seed");
            return seeding.ExitCode == 0
                ? new LocalSuite(folder, verifier, shape, names)
                : throw new InvalidOperationException($"--seed: {string.Join(' ', seeding.Errors)}");
        }
        catch (Exception failure)
            when (failure is InvalidOperationException or IOException or TimeoutException or RedisException)
        {
            if (shape is not null)
            {
                await shape.DisposeAsync();
            }
            if (verifier is not null)
            {
                await verifier.DisposeAsync();
            }
            folder.Dispose();
            throw new ToolException(ErrorCode.SuiteFailed, failure.Message.ReplaceLineEndings(" "));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _shape.DisposeAsync();
        await _verifier.DisposeAsync();
        _folder.Dispose();
    }

    // One address sends everything: what is limited by address would be all that is measured.
    private static PortalSettings Settings(string seeds, TestVerifier verifier, string fsync, bool onCluster) =>
        new()
        {
            Seeds = seeds,
            Content = true,
            Feedback = true,
            OwnBroker = true,
            Fsync = fsync,
            OnCluster = onCluster,
            DrainsAsShipped = true,
            Edge = new Dictionary<string, string>
            {
                ["Edge:PageReadsPerSecond"] = "0",
                ["Edge:ContentReadsPerMinute"] = "0",
                ["Edge:SearchesPerMinute"] = "0",
                ["Edge:FeedbackPerMinute"] = "0",
            },
            OfFeedback = new Dictionary<string, string>
            {
                ["Captcha:Verifier"] = "SiteVerify",
                ["Captcha:SiteVerifyUrl"] = verifier.Address.AbsoluteUri,
                ["Captcha:SiteVerifySecret"] = TestVerifier.Secret,
                ["Feedback:MaxUnread"] = "10000000",
            },
        };

    private static string Name(string service, int replica) => FormattableString.Invariant($"{service}-{replica + 1}");

    private OwnPart Counting(int replica) =>
        new(Name("counting", replica), _shape.Replicas[replica].KillAsync, _shape.Replicas[replica].StartAsync);
}
