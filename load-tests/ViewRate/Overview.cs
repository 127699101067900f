using System.Net;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.ViewRate;

/// <summary>
/// Everything that docs/performance.md shows of rates, in turn in one run: the controls, the portal in its shapes, and
/// what its parts do by themselves; at 64 and at 256 connections.
/// </summary>
internal sealed class Overview : IAsyncDisposable
{
    private const string Site = "load";
    private const string Everysec = "views, fsync everysec",
        Always = "views, fsync always";
    private const int Sites = 8;
    private const double QuietEnough = 0.1;
    private const int IdsOfShort = 100_000;
    private static readonly double[] Shares = [0.25, 0.5];
    private static readonly int[] Connections = [Wrk.Connections, 4 * Wrk.Connections];

    private static readonly WrkLoad Views = new($"/api/sites/{Site}1/views?return=minimal"),
        ViewsOfEight = new($"/api/sites/{Site}%d/views?return=minimal", Sites: Sites),
        Box = new($"/api/sites/{Site}1/stats", IsRead: true),
        Empty = new($"/api/sites/{Site}1/views", IsRead: true);

    private static readonly PortalSettings Settings = new()
    {
        Sites = [.. Enumerable.Range(1, Sites).Select(each => new SiteEntry($"{Site}{each}"))],
        Replicas = 1,
        Edge = new Dictionary<string, string> { ["Edge:TrustedProxies:1"] = $"{IPAddress.Loopback}/32" },
        Fsync = "everysec",
    };

    private readonly List<IAsyncDisposable> _started = [];
    private double _bytesOfId;
    private readonly List<(
        string Name,
        Uri Door,
        WrkLoad Load,
        Func<Task>? Prepare,
        Func<Task<Counts>>? Count
    )> _kinds = [];
    private readonly Dictionary<string, IReadOnlyDictionary<Part, IReadOnlyList<int>>> _processes = [];

    public static async Task<int> RunAsync(LoadOptions options, CancellationToken cancel)
    {
        await using var overview = new Overview();
        await overview.StartAsync(cancel);
        List<OpenLoop> open = [];
        foreach (var connections in Connections)
        {
            Subject[] subjects = [.. overview.Subjects(connections)];
            await Comparison.MeasureAsync(subjects, options, cancel);
            foreach (var subject in subjects)
            {
                subject.NoteMemory();
            }
            var report = new OverviewReport(subjects, connections);
            if (report.OthersShare > QuietEnough)
            {
                throw new LoadException(
                    $"Other programs used {report.OthersShare:P0} of this machine: measure again when it is quiet."
                );
            }
            Console.WriteLine(report.Text(options));
            if (open.Count == 0)
            {
                await AddOpenLoopsAsync(subjects, open, cancel);
            }
        }
        Console.WriteLine(OpenLoop.Table(open));
        Console.WriteLine(
            FormattableString.Invariant(
                $"An id that is remembered takes {overview._bytesOfId:F1} bytes of the store, in two full generations."
            )
        );
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started))
        {
            await started.DisposeAsync();
        }
    }

    // At the rates that these subjects reached with the connections that they had.
    private static async Task AddOpenLoopsAsync(Subject[] subjects, List<OpenLoop> open, CancellationToken cancel)
    {
        foreach (var name in (string[])[Everysec, Always])
        {
            var subject = subjects.Single(each => each.Name == name);
            foreach (var share in Shares)
            {
                cancel.ThrowIfCancellationRequested();
                await subject.PrepareAsync();
                open.Add(
                    await OpenLoop.MeasureAsync(
                        name,
                        subject.Door,
                        $"{Site}1",
                        OverviewReport.Median(subject, slice => slice.PerSecond),
                        share
                    )
                );
            }
        }
    }

    private IEnumerable<Subject> Subjects(int connections) =>
        _kinds.Select(kind => new Subject(
            kind.Name,
            kind.Door,
            _processes[kind.Name],
            kind.Prepare ?? (() => Task.CompletedTask)
        )
        {
            Load = kind.Load with { Connections = connections },
            CountAsync = kind.Count,
        });

    private async Task StartAsync(CancellationToken cancel)
    {
        var control = Keep(await Control.StartAsync());
        Add("bare YARP, the same POST", control.Door, control.Processes, Views);
        Add("bare YARP, GET without body", control.Door, control.Processes, Empty);
        var stock = Keep(await Control.StartAsync(isStock: true));
        Add("bare YARP by HTTP/1.1, the same POST", stock.Door, stock.Processes, Views);
        Add("bare YARP by HTTP/1.1, GET without body", stock.Door, stock.Processes, Empty);
        var alone = Keep(await EndPoint.StartAsync());
        Add("Kestrel alone, the same POST", alone.Door, alone.Processes, Views);
        var nginx = Keep(await Nginx.StartAsync(cancel));
        Add("nginx + Lua + Redis, no promises", nginx.Door, nginx.Processes, Views);

        var portal = Keep(await ServicesShape.StartNewAsync(Settings));
        await AddPortalAsync(Everysec, portal, Views, "everysec");
        await AddPortalAsync(Always, portal, Views, "always");
        await AddPortalAsync("views of eight sites", portal, ViewsOfEight, "everysec");
        await AddPortalAsync("box", portal, Box, "everysec");
        var proxied = Keep(
            await ServicesShape.StartNewAsync(
                Settings with
                {
                    OfGateway = new Dictionary<string, string> { ["ReverseProxy:Routes:views:Metadata:Framed"] = "" },
                }
            )
        );
        await AddPortalAsync("views proxied one by one", proxied, Views, "everysec");
        var two = Keep(await ServicesShape.StartNewAsync(Settings with { Replicas = 2 }));
        await AddPortalAsync("views, two replicas", two, Views, "everysec");
        await AddPortalAsync("views of eight sites, two replicas", two, ViewsOfEight, "everysec");
        var quiet = Keep(
            await ServicesShape.StartNewAsync(
                Settings with
                {
                    Telemetry = new Dictionary<string, string> { ["OTEL_SDK_DISABLED"] = "true" },
                }
            )
        );
        // What it allocates is told by what it has not.
        await AddPortalAsync("views, without telemetry", quiet, Views, "everysec", isCounted: false);
        var forgetful = Keep(
            await ServicesShape.StartNewAsync(
                Settings with
                {
                    Counting = new Dictionary<string, string> { ["Counting:ViewIdsPerGeneration"] = $"{IdsOfShort}" },
                }
            )
        );
        await AddPortalAsync($"views, {IdsOfShort:N0} ids a generation", forgetful, Views, "everysec");
        var grown = Keep(await ServicesShape.StartNewAsync(Settings));
        await AddPortalAsync("views, a grown ledger", grown, Views, "everysec");
        await GrowAsync(grown, cancel);
        var service = Keep(
            await ServicesShape.StartNewAsync(
                Settings with
                {
                    Gateway = false,
                    Counting = new Dictionary<string, string> { ["Kestrel:Endpoints:Internal:Protocols"] = "Http1" },
                }
            )
        );
        Add(
            "counting alone, views",
            service.Replicas[0].Internal.Door,
            new Dictionary<Part, IReadOnlyList<int>>
            {
                [Part.Front] = [service.Replicas[0].ProcessId],
                [Part.Store] = [service.Redis.Id],
            },
            Views
        );
        var standalone = Keep(await StandaloneShape.StartNewAsync(Settings));
        Add(
            "Standalone, views",
            standalone.PublicDoor.Door,
            new Dictionary<Part, IReadOnlyList<int>> { [Part.Front] = [standalone.Process.Id] },
            Views
        );
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }

    private void Add(
        string name,
        Uri door,
        IReadOnlyDictionary<Part, IReadOnlyList<int>> processes,
        WrkLoad load,
        Func<Task>? prepare = null,
        Func<Task<Counts>>? count = null
    )
    {
        _kinds.Add((name, door, load, prepare, count));
        _processes.Add(name, processes);
    }

    private async Task GrowAsync(ServicesShape portal, CancellationToken cancel)
    {
        var site = $"{Site}1";
        var first = await portal.PublicDoor.ViewAsync(site, new ViewCall("/"), cancel);
        if (first.Status != HttpStatusCode.OK)
        {
            throw new LoadException($"The first view of a ledger that is to grow: {first}");
        }
        await using var store = await portal.Redis.ConnectAsync();
        _bytesOfId = await GrownLedger.FillAsync(store.GetServers()[0], store.GetDatabase(), site);
    }

    private async Task AddPortalAsync(
        string name,
        ServicesShape portal,
        WrkLoad load,
        string fsync,
        bool isCounted = true
    )
    {
        var store = Keep(await portal.Redis.ConnectAsync());
        var server = store.GetServers()[0];
        Add(
            name,
            portal.PublicDoor.Door,
            Comparison.Parts(portal),
            load,
            () => server.ConfigSetAsync("appendfsync", fsync),
            isCounted
                ? () => Counts.ReadAsync(server, portal.ProbeDoor, portal.Replicas.Select(replica => replica.Probe))
                : null
        );
    }

    /// <summary>The control's endpoint, asked by browsers.</summary>
    private sealed class EndPoint(Uri door, HostProcess process) : IAsyncDisposable
    {
        public Uri Door => door;

        public IReadOnlyDictionary<Part, IReadOnlyList<int>> Processes =>
            new Dictionary<Part, IReadOnlyList<int>> { [Part.Front] = [process.Id] };

        public static async Task<EndPoint> StartAsync()
        {
            var door = $"http://127.0.0.1:{Ports.Free()}";
            return new EndPoint(
                new Uri(door),
                await HostProcess.StartAsync(Control.Project, ["--Role=backend", $"--Door={door}", "--Stock=true"])
            );
        }

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
