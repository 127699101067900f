using System.Data.Common;
using Npgsql;
using PortalServices.Testing.Compose;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Testing.Shapes;

/// <summary>
/// The gateway in front of counting processes on one redis-server or a Redis Cluster, and of content processes on one
/// database and broker where they are asked for.
/// </summary>
public sealed class ServicesShape : IPortalShape
{
    /// <summary>The gateway's project.</summary>
    public const string Project = "gateway/Gateway";

    private const string GatewayService = "gateway";

    private readonly TemporaryDirectory _folder = new();
    private readonly string[] _arguments;
    private readonly HostLimits? _limits;
    private readonly IReadOnlyDictionary<string, string>? _telemetry;
    private readonly string _seeds;
    private readonly RedisServer? _redis;
    private HostProcess? _gateway;

    private ServicesShape(
        PortalSettings settings,
        RedisServer redis,
        ContentServers contentServers,
        ComposedSuite suite
    )
    {
        (_limits, Suite, _redis, ContentServers, HasGateway) = (settings.Limits, suite, redis, contentServers, true);
        _telemetry = suite.EnvironmentOf(GatewayService, settings.Telemetry);
        _seeds = settings.SeedsIn(_folder);
        string[] all = [.. settings.KeyArguments(), .. settings.DrainArguments()];
        var environment = settings.Environment ?? settings.Telemetry;
        string[] ofCounting = [.. all, .. PortalSettings.Arguments(settings.Counting)];
        string[] ofFeedback = [.. all, .. PortalSettings.Arguments(settings.OfFeedback)];
        Replicas =
        [
            .. suite
                .ReplicasOf(CountingReplica.Project)
                .Select(name => new CountingReplica(suite, name, _seeds, ofCounting, environment)),
        ];
        Content =
        [
            .. suite
                .ReplicasOf(ContentReplica.Project)
                .Select(name => new ContentReplica(suite, name, _seeds, all, environment)),
        ];
        Feedback =
        [
            .. suite
                .ReplicasOf(FeedbackReplica.Project)
                .Select(name => new FeedbackReplica(suite, name, _seeds, ofFeedback, environment)),
        ];
        _arguments = [$"--Seeds:Directory={_seeds}", .. settings.GatewayArguments()];
        PublicDoor = new PortalClient(suite.Door(GatewayService, "Public"));
        OperatorsDoor = new PortalClient(suite.Door(GatewayService, "Operators"));
        ProbeDoor = new PortalClient(suite.Door(GatewayService, "Probe"));
    }

    private ServicesShape(
        PortalSettings settings,
        RedisServer? redis,
        RedisCluster? cluster,
        ContentServers? contentServers
    )
    {
        var (open, operators, probe) = (Ports.Free(), Ports.Free(), Ports.Free());
        (_limits, _telemetry) = (settings.Limits, settings.Telemetry);
        var seeds = _seeds = settings.SeedsIn(_folder);
        (_redis, Cluster) = (redis, cluster);
        HasGateway = settings.Gateway;
        string[] broker = contentServers is null ? [] : [$"--ConnectionStrings:rabbitmq={contentServers.Host}"];
        Replicas =
        [
            .. Enumerable
                .Range(0, settings.OnlyFeedback ? 0 : settings.Replicas)
                .Select(_ => new CountingReplica(
                    cluster?.Address ?? redis!.Address,
                    seeds,
                    [
                        .. settings.KeyArguments(),
                        .. settings.DrainArguments(),
                        .. PortalSettings.Arguments(settings.Counting),
                        .. broker,
                    ],
                    settings.Environment ?? settings.Telemetry
                )),
        ];
        ContentServers = contentServers;
        Content =
            contentServers is null || settings.OnlyFeedback
                ? []
                :
                [
                    .. Enumerable
                        .Range(0, settings.Replicas)
                        .Select(_ => new ContentReplica(
                            contentServers.Content,
                            contentServers.Host,
                            seeds,
                            [.. settings.KeyArguments(), .. settings.DrainArguments()],
                            settings.Environment ?? settings.Telemetry
                        )),
                ];
        Feedback =
            contentServers is null || !settings.Feedback
                ? []
                :
                [
                    .. Enumerable
                        .Range(0, settings.Replicas)
                        .Select(_ => new FeedbackReplica(
                            contentServers.Feedback,
                            contentServers.Host,
                            seeds,
                            [
                                .. settings.KeyArguments(),
                                .. settings.DrainArguments(),
                                .. PortalSettings.Arguments(settings.OfFeedback),
                            ],
                            settings.Environment ?? settings.Telemetry
                        )),
                ];
        _arguments =
        [
            $"--Seeds:Directory={seeds}",
            PortalSettings.Door("Public", open),
            PortalSettings.Door("Operators", operators),
            PortalSettings.Door("Probe", probe),
            .. Replicas.SelectMany((replica, i) => Destination("counting", i, replica.Internal, replica.Probe)),
            .. Content.SelectMany((replica, i) => Destination("content", i, replica.Internal, replica.Probe)),
            .. Feedback.SelectMany((replica, i) => Destination("feedback", i, replica.Internal, replica.Probe)),
            .. settings.GatewayArguments(),
        ];
        PublicDoor = new PortalClient(new Uri($"http://127.0.0.1:{open}"));
        OperatorsDoor = new PortalClient(new Uri($"http://127.0.0.1:{operators}"));
        ProbeDoor = new PortalClient(new Uri($"http://127.0.0.1:{probe}"));
    }

    /// <summary>What compose.yaml says of it, where it is started by that.</summary>
    public ComposedSuite? Suite { get; }

    /// <summary>Whether there is a process with the public door.</summary>
    public bool HasGateway { get; }

    /// <summary>The store, where it is one redis-server.</summary>
    public RedisServer Redis =>
        _redis ?? throw new InvalidOperationException("Its ledgers lie on a cluster, not on one Redis.");

    /// <summary>The store, where it is a cluster.</summary>
    public RedisCluster? Cluster { get; }

    /// <summary>The content processes; none unless they were asked for.</summary>
    public IReadOnlyList<ContentReplica> Content { get; }

    /// <summary>The feedback processes; none unless they were asked for.</summary>
    public IReadOnlyList<FeedbackReplica> Feedback { get; }

    /// <summary>What they stand on.</summary>
    public ContentServers? ContentServers { get; }

    /// <summary>The counting processes.</summary>
    public IReadOnlyList<CountingReplica> Replicas { get; }

    /// <summary>The process with the public door.</summary>
    public HostProcess Process => _gateway!;

    /// <summary>The id of the gateway's running process.</summary>
    public int GatewayProcessId => _gateway!.Id;

    /// <inheritdoc />
    public PortalClient PublicDoor { get; }

    /// <inheritdoc />
    public PortalClient OperatorsDoor { get; }

    /// <inheritdoc />
    public PortalClient ProbeDoor { get; }

    /// <inheritdoc />
    public IReadOnlyList<string> Troubles =>
        [
            .. _gateway?.Troubles ?? [],
            .. Replicas.SelectMany(replica => replica.Troubles),
            .. Content.SelectMany(replica => replica.Troubles),
            .. Feedback.SelectMany(replica => replica.Troubles),
        ];

    /// <summary>
    /// One that is not started yet, on a store and servers that may hold something already; it disposes of them.
    /// </summary>
    public static ServicesShape Prepare(PortalSettings settings, RedisServer redis, ContentServers contentServers) =>
        new(settings, redis, null, contentServers);

    /// <summary>Starts all parts on an empty store, and loads the seeds.</summary>
    public static async Task<ServicesShape> StartNewAsync(PortalSettings settings)
    {
        if (settings.AsComposed)
        {
            return await StartComposedAsync(settings);
        }
        var shape = new ServicesShape(
            settings,
            settings.OnCluster ? null : await RedisServer.StartAsync(settings.Fsync),
            settings.OnCluster ? await RedisCluster.StartAsync(settings.Fsync) : null,
            settings.Content ? await ContentServers.StartAsync(settings.OwnBroker) : null
        );
        try
        {
            if (settings.HasSeeds)
            {
                await shape.SeedAsync();
            }
            await shape.StartAsync();
            return shape;
        }
        catch
        {
            await shape.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task StartAsync()
    {
        await Task.WhenAll([
            .. Replicas.Select(replica => replica.StartAsync()),
            .. Content.Select(replica => replica.StartAsync()),
            .. Feedback.Select(replica => replica.StartAsync()),
        ]);
        if (HasGateway && _gateway is null or { HasExited: true })
        {
            await StartGatewayAsync();
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<int>> TerminateAsync() =>
        await Task.WhenAll(Replicas.Select(replica => replica.TerminateAsync()));

    /// <inheritdoc />
    public Task<ConnectionMultiplexer> ConnectToStoreAsync() => Cluster?.ConnectAsync() ?? Redis.ConnectAsync();

    /// <inheritdoc />
    public Task<DbConnection> ConnectToContentAsync() => ConnectAsync(ContentServers?.Content);

    /// <inheritdoc />
    public Task<DbConnection> ConnectToFeedbackAsync() =>
        ConnectAsync(Feedback.Count > 0 ? ContentServers?.Feedback : null);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }
        foreach (var replica in Replicas)
        {
            await replica.DisposeAsync();
        }
        foreach (var replica in Content)
        {
            await replica.DisposeAsync();
        }
        foreach (var replica in Feedback)
        {
            await replica.DisposeAsync();
        }
        if (ContentServers is not null)
        {
            await ContentServers.DisposeAsync();
        }
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }
        PublicDoor.Dispose();
        OperatorsDoor.Dispose();
        ProbeDoor.Dispose();
        Suite?.Dispose();
        _folder.Dispose();
    }

    private static async Task<ServicesShape> StartComposedAsync(PortalSettings settings)
    {
        var redis = await RedisServer.StartAsync(settings.Fsync, ComposedSuite.RedisArguments());
        var servers = await ContentServers.StartAsync(settings.OwnBroker);
        var suite = await ComposedSuite.PrepareAsync(redis.Address, servers.Content, servers.Feedback, servers.Host);
        var shape = new ServicesShape(settings, redis, servers, suite);
        try
        {
            foreach (var group in suite.File.StartOrder())
            {
                await Task.WhenAll(group.Select(shape.StartAsync));
            }
            return shape;
        }
        catch
        {
            await shape.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one service of compose.yaml, or runs it to its end where it is one that ends.</summary>
    private async Task StartAsync(string service)
    {
        var host = Suite!.File.Services[service];
        if (host.Restart == "no")
        {
            var run = await HostProcess.RunAsync(
                host.Project,
                [.. host.Command, $"--Seeds:Directory={_seeds}"],
                Suite.EnvironmentOf(service)
            );
            if (run.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"{service} ended with {run.ExitCode}: {string.Join('\n', run.Errors)}"
                );
            }
            return;
        }
        var place = Suite.ReplicasOf(host.Project).ToList().IndexOf(service);
        await (
            host.Project switch
            {
                CountingReplica.Project => Replicas[place].StartAsync(),
                ContentReplica.Project => Content[place].StartAsync(),
                FeedbackReplica.Project => Feedback[place].StartAsync(),
                Project => StartGatewayAsync(),
                _ => throw new InvalidOperationException($"{service} is a host that the tests do not know."),
            }
        );
    }

    private async Task StartGatewayAsync() =>
        _gateway = await HostProcess.StartAsync(Project, _arguments, _telemetry, _limits);

    private async Task SeedAsync()
    {
        var seeding = await Replicas[0].RunToEndAsync("--seed");
        if (seeding.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"--seed ended with {seeding.ExitCode}: {string.Join('\n', seeding.Errors)}"
            );
        }
    }

    private static async Task<DbConnection> ConnectAsync(string? database)
    {
        var connection = new NpgsqlConnection(
            (database ?? throw new InvalidOperationException("It was started without it.")) + ";Pooling=false"
        );
        await connection.OpenAsync();
        return connection;
    }

    private static IEnumerable<string> Destination(string cluster, int index, PortalClient inside, PortalClient probe)
    {
        var prefix = $"--ReverseProxy:Clusters:{cluster}:Destinations:r{index + 1}";
        return [$"{prefix}:Address={inside.Door}", $"{prefix}:Health={probe.Door}"];
    }
}
