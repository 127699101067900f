using System.Diagnostics;
using System.Globalization;
using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.Crash.Tests.Stops;

/// <summary>
/// A view is counted, its reply does not come back, and when the gateway sends it to the other replica its id is
/// forgotten: two generations have ended early meanwhile. Its client has said nothing of an age; the gateway says how
/// long it has waited.
/// </summary>
public sealed class WaitedViewTests(WaitedViewTests.Portal portal) : IClassFixture<WaitedViewTests.Portal>
{
    // The fewest that can be set.
    private const int IdsOfGeneration = 1_000;
    private const int AtOnce = 100;
    private const int Rounds = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_that_waits_longer_than_its_id_is_remembered_is_too_old_to_count()
    {
        await using var way = TcpRelay.To(portal.First.Internal.Door.Authority);
        await using var gateway = await portal.GatewayAsync(way);
        using var door = new PortalClient(gateway.Door("Public"));
        List<string> pages = [];
        var expired = false;
        // The gateway gives a silent connection up after some seconds. On a slow machine that may be before the ids are
        // forgotten.
        for (var round = 0; round < Rounds && !expired; round++)
        {
            way.Release();
            await CountedAsync(door, $"/before/{round}");
            pages.Add($"/waiting/{round}");
            expired = await IsTooOldAsync(pages[^1], way, door, portal.Second.Internal);
        }

        Assert.True(expired, "The gateway never waited long enough.");
        await using var store = await portal.Redis.ConnectAsync();
        var ledger = await Ledger.ReadAsync(store, "site");
        Assert.All(pages, page => Assert.Equal(1, ledger.Pages.GetValueOrDefault(page)));
    }

    /// <summary>
    /// As after a SIGSTOP: the view lies in the sockets of a replica while its client sends it again, and its id is
    /// forgotten.
    /// </summary>
    [Fact]
    public async Task A_view_that_lay_in_the_socket_of_a_stopped_replica_is_not_counted_again()
    {
        var (first, second) = (portal.First, portal.Second);
        foreach (var replica in new[] { first, second })
        {
            await CountedAsync(replica.Internal, "/before");
        }
        var view = new ViewCall("/stopped") { View = ViewCall.NewId() };
        first.Pause();
        var sent = Stopwatch.StartNew();
        var waiting = first.Internal.ViewAsync("site", view, Cancel);
        Assert.True((await second.Internal.ViewAsync("site", view with { Age = "1" }, Cancel)).Counted);
        await ForgetAsync(
            second.Internal,
            () => view with { Age = sent.ElapsedMilliseconds.ToString(CultureInfo.InvariantCulture) }
        );
        first.Resume();

        var reply = await waiting;

        Assert.True(reply.Status is HttpStatusCode.Gone or HttpStatusCode.ServiceUnavailable, reply.ToString());
        await using var store = await portal.Redis.ConnectAsync();
        Assert.Equal(1, (await Ledger.ReadAsync(store, "site")).Pages.GetValueOrDefault("/stopped"));
    }

    /// <summary>No reset tells of it: only that the pings of the connection are not answered.</summary>
    [Fact]
    public async Task A_view_with_an_id_leaves_a_replica_that_vanished_without_a_word()
    {
        await using var way = TcpRelay.To(portal.First.Internal.Door.Authority);
        await using var gateway = await portal.GatewayAsync(way);
        using var door = new PortalClient(gateway.Door("Public"));
        await CountedAsync(door, "/before");
        way.HoldReplies();

        var reply = await door.ViewAsync("site", new ViewCall("/vanished") { View = ViewCall.NewId() }, Cancel);

        Assert.True(reply.Status is HttpStatusCode.OK, reply.ToString());
        await using var store = await portal.Redis.ConnectAsync();
        Assert.Equal(1, (await Ledger.ReadAsync(store, "site")).Pages.GetValueOrDefault("/vanished"));
    }

    /// <summary>Whether the view ended so; else its id was remembered still.</summary>
    private static async Task<bool> IsTooOldAsync(string page, TcpRelay way, PortalClient door, PortalClient other)
    {
        var view = new ViewCall(page) { View = ViewCall.NewId() };
        way.HoldReplies();
        var sent = Stopwatch.StartNew();
        var waiting = door.ViewAsync("site", view, Cancel);
        await Eventually.HoldsAsync(
            async () => (await other.StatsAsync("site", Cancel, page)).Stats.Page!.Views.Total == 1,
            "it is counted",
            Cancel
        );
        var resent = await ForgetAsync(
            other,
            () => view with { Age = sent.ElapsedMilliseconds.ToString(CultureInfo.InvariantCulture) }
        );
        Assert.Equal("view_expired", resent.Code);
        var tooEarly = waiting.IsCompleted;
        way.Break();
        var reply = await waiting;
        Assert.True(
            reply is { Status: HttpStatusCode.Gone, Code: "view_expired" } || (tooEarly && reply.Reason == "duplicate"),
            reply.ToString()
        );
        return reply.Status is HttpStatusCode.Gone;
    }

    /// <summary>Sends other views with ids until an id is forgotten; returns the reply that says so.</summary>
    private static async Task<Reply> ForgetAsync(PortalClient door, Func<ViewCall> forgotten)
    {
        while (true)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, AtOnce)
                    .Select(_ => door.ViewAsync("site", new ViewCall("/others") { View = ViewCall.NewId() }, Cancel))
            );
            if (await door.ViewAsync("site", forgotten(), Cancel) is { Status: HttpStatusCode.Gone } reply)
            {
                return reply;
            }
        }
    }

    private static Task CountedAsync(PortalClient door, string page) =>
        Eventually.HoldsAsync(
            async () => (await door.ViewAsync("site", new ViewCall(page), Cancel)).Status is HttpStatusCode.OK,
            "a view",
            Cancel
        );

    /// <summary>
    /// Two counting processes, which forget an id as soon as can be set; the gateway in front of them is each test's own.
    /// </summary>
    public sealed class Portal : IAsyncLifetime
    {
        private readonly TemporaryDirectory _seeds = new();

        public RedisServer Redis { get; private set; } = null!;

        public CountingReplica First { get; private set; } = null!;

        public CountingReplica Second { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Redis = await RedisServer.StartAsync();
            (First, Second) = (Prepare(), Prepare());
            await Task.WhenAll(First.StartAsync(), Second.StartAsync());
        }

        // The other replica is probed where nobody is, so that the first one gets the view; it has as long as it takes.
        public Task<HostProcess> GatewayAsync(TcpRelay wayToFirst) =>
            HostProcess.StartAsync(
                ServicesShape.Project,
                [
                    .. new[] { "Public", "Operators", "Probe" }.Select(door =>
                        $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"
                    ),
                    $"--Seeds:Directory={_seeds.Path}",
                    "--Edge:RequestTimeout=00:05:00",
                    "--ReverseProxy:Clusters:counting:HttpRequest:ActivityTimeout=00:05:00",
                    $"--ReverseProxy:Clusters:counting:Destinations:r1:Address=http://{wayToFirst.Address}",
                    $"--ReverseProxy:Clusters:counting:Destinations:r1:Health={First.Probe.Door}",
                    $"--ReverseProxy:Clusters:counting:Destinations:r2:Address={Second.Internal.Door}",
                    $"--ReverseProxy:Clusters:counting:Destinations:r2:Health=http://127.0.0.1:{Ports.Free()}",
                ]
            );

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
            await Redis.DisposeAsync();
            _seeds.Dispose();
        }

        private CountingReplica Prepare() =>
            CountingReplica.Prepare(
                Redis.Address,
                _seeds.Path,
                [new("site")],
                new Dictionary<string, string>
                {
                    ["Counting:ViewIdsPerGeneration"] = IdsOfGeneration.ToString(CultureInfo.InvariantCulture),
                }
            );
    }
}
