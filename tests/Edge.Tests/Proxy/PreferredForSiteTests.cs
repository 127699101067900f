using System.Net;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>Which replica gets the requests of a site.</summary>
public sealed class PreferredForSiteTests : IAsyncLifetime
{
    private const string Policy = "--ReverseProxy:Clusters:counting:LoadBalancingPolicy=PreferredForSite";
    private const int Sites = 24;

    private readonly TemporaryDirectory _folder = new();
    private readonly List<Backend> _replicas = [];
    private string[] _destinations = [];
    private int _comingDoor,
        _comingProbe;
    private GatewayProcess _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Two replicas, and the address of a third one that is not there yet.</summary>
    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(_folder.Path, "sites.json");
        await File.WriteAllTextAsync(
            file,
            JsonSerializer.Serialize(
                new { sites = Enumerable.Range(0, Sites).Select(i => new { id = Site(i), name = Site(i) }) }
            ),
            Cancel
        );
        _replicas.Add(await Backend.StartAsync());
        _replicas.Add(await Backend.StartAsync());
        (_comingDoor, _comingProbe) = (Ports.Free(), Ports.Free());
        _destinations =
        [
            .. _replicas[1].Destination(2),
            $"--ReverseProxy:Clusters:counting:Destinations:r3:Address=http://127.0.0.1:{_comingDoor}",
            $"--ReverseProxy:Clusters:counting:Destinations:r3:Health=http://127.0.0.1:{_comingProbe}",
        ];
        _gateway = await GatewayProcess.StartAsync(
            _replicas[0],
            [.. _destinations, Policy, $"--Sites:File={file}", "--Edge:PageReadsPerSecond=1000000"]
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task A_site_keeps_its_replica_and_only_those_move_that_prefer_one_which_comes_or_leaves()
    {
        // Nobody is at the third address: who prefers it is sent to the others at once.
        await Eventually.HoldsAsync(
            async () => !(await PreferencesAsync()).Contains(null) && await AllStayAsync(),
            "each site has a replica",
            Cancel
        );
        var before = await PreferencesAsync();
        Assert.All([0, 1], replica => Assert.True(before.Count(each => each == replica) >= Sites * 3 / 10));

        _replicas.Add(
            await Backend.StartAsync(
                $"--Kestrel:Endpoints:Internal:Url=http://127.0.0.1:{_comingDoor}",
                $"--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:{_comingProbe}"
            )
        );
        await Eventually.HoldsAsync(
            async () => (await PreferencesAsync()).Contains(2) && await AllStayAsync(),
            "the third one has its sites",
            Cancel
        );
        var with = await PreferencesAsync();
        Assert.InRange(with.Count(replica => replica == 2), Sites / 8, Sites / 2);
        Assert.All(Enumerable.Range(0, Sites), site => Assert.True(with[site] == 2 || with[site] == before[site]));

        await _replicas[0].App.StopAsync();
        await Eventually.HoldsAsync(
            async () => !(await PreferencesAsync()).Contains(0) && await AllStayAsync(),
            "the first one has left",
            Cancel
        );
        var without = await PreferencesAsync();
        Assert.All(Enumerable.Range(0, Sites), site => Assert.True(with[site] == 0 || without[site] == with[site]));
        // And those that it had went to both.
        var moved = Enumerable.Range(0, Sites).Where(site => with[site] == 0).Select(site => without[site]).ToList();
        Assert.All([1, 2], replica => Assert.Contains(replica, moved));
    }

    [Fact]
    public async Task A_replica_with_much_under_way_is_helped_by_the_next_one_and_takes_over_again()
    {
        await Eventually.HoldsAsync(AllStayAsync, "each site has a replica", Cancel);
        var preferred = (await PreferencesAsync())[0]!.Value;
        var (busy, other) = (_replicas[preferred], _replicas[1 - preferred]);
        _replicas.ForEach(replica => replica.Forget());
        const int AlwaysAllowed = 256;
        var held = Enumerable.Range(0, AlwaysAllowed).Select(_ => _gateway.GetAsync($"{Traffic(0)}?hold")).ToList();
        await Eventually.HoldsAsync(() => busy.Reached == AlwaysAllowed, "it has as many as it may", Cancel);
        Assert.Equal(0, other.Reached);

        using (await _gateway.GetAsync(Traffic(0))) { }
        Assert.Equal((AlwaysAllowed, 1), (busy.Reached, other.Reached));

        for (var i = 0; i < AlwaysAllowed; i++)
        {
            busy.Release();
        }
        foreach (var reply in await Task.WhenAll(held))
        {
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            reply.Dispose();
        }
        using (await _gateway.GetAsync(Traffic(0))) { }
        Assert.Equal((AlwaysAllowed + 1, 1), (busy.Reached, other.Reached));
    }

    [Fact]
    public async Task A_replica_that_takes_no_more_is_helped_by_one_that_does()
    {
        const int MaxInFlight = 4;
        await using var gateway = await GatewayProcess.StartAsync(
            _replicas[0],
            [
                .. _replicas[1].Destination(2),
                Policy,
                $"--Sites:File={Path.Combine(_folder.Path, "sites.json")}",
                $"--Frames:MaxInFlight={MaxInFlight}",
            ]
        );
        await Eventually.HoldsAsync(
            async () =>
            {
                using var reply = await gateway.GetAsync(Traffic(0));
                return reply.IsSuccessStatusCode;
            },
            "it answers",
            Cancel
        );
        _replicas.ForEach(replica => replica.Forget());
        var held = Enumerable.Range(0, 2 * MaxInFlight).Select(_ => gateway.GetAsync($"{Traffic(0)}?hold")).ToList();
        await Eventually.HoldsAsync(
            () => _replicas.Take(2).All(replica => replica.Reached == MaxInFlight),
            "each has as many as it takes",
            Cancel
        );
        foreach (var replica in _replicas)
        {
            for (var i = 0; i < MaxInFlight; i++)
            {
                replica.Release();
            }
        }
        foreach (var reply in await Task.WhenAll(held))
        {
            reply.Dispose();
        }
    }

    [Fact]
    public async Task What_belongs_to_no_site_goes_to_any()
    {
        await Eventually.HoldsAsync(AllStayAsync, "each site has a replica", Cancel);
        _replicas.ForEach(replica => replica.Forget());
        await Eventually.HoldsAsync(
            async () =>
            {
                using var reply = await _gateway.Client.SendAsync(
                    new HttpRequestMessage(HttpMethod.Get, _gateway.At("/openapi/counting.json", "Operators")),
                    Cancel
                );
                return _replicas.TrueForAll(replica => replica.Reached > 0);
            },
            "both have been asked",
            Cancel
        );
    }

    private static string Site(int number) => $"site-{number}";

    // Not the box, which the gateway answers from memory.
    private static string Traffic(int site) => $"/api/sites/{Site(site)}/traffic";

    /// <summary>Whether each site is answered by one replica, several times in turn.</summary>
    private async Task<bool> AllStayAsync()
    {
        var first = await PreferencesAsync();
        for (var i = 0; i < 3; i++)
        {
            if (!first.SequenceEqual(await PreferencesAsync()))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>By site, the number of the replica that has answered; null where none has.</summary>
    private async Task<List<int?>> PreferencesAsync()
    {
        List<int?> preferences = [];
        for (var site = 0; site < Sites; site++)
        {
            _replicas.ForEach(replica => replica.Forget());
            using var reply = await _gateway.GetAsync(Traffic(site));
            var reached = _replicas.FindIndex(replica => replica.Reached > 0);
            preferences.Add(reply.IsSuccessStatusCode && reached >= 0 ? reached : null);
        }
        return preferences;
    }
}
