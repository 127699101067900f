using System.Globalization;
using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>What is answered as the store fills up: it never gets full, because views stop filling it.</summary>
public sealed class StoreCeilingTests
{
    private const int Megabytes = 16;
    private const string Known = "known";
    private const string New = "new";
    private const string Late = "late";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_fuller_the_store_the_less_is_taken_and_below_the_ceilings_all_is_as_before()
    {
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Sites = [new(Known), new(New), new(Late)],
                Counting = new Dictionary<string, string>
                {
                    ["Store:MemoryMegabytes"] = Megabytes.ToString(CultureInfo.InvariantCulture),
                    // No checkpoint: what fills the store here is written past the one who would pause for it.
                    ["Store:CheckpointKilobytes"] = "1048576",
                },
            }
        );
        await using var store = await portal.ConnectToStoreAsync();
        Assert.Equal(1, await ViewAsync(portal, Known, "/a"));

        await FillAsync(portal, store, 0.75);
        Assert.Equal(2, await ViewAsync(portal, Known, "/a"));
        Assert.Equal(0, await ViewAsync(portal, Known, "/b"));
        Assert.Equal(0, await ViewAsync(portal, New, "/a"));
        Assert.Equal((2, 1), await PageAndOtherAsync(store, Known, "/a"));
        Assert.Equal((0, 1), await PageAndOtherAsync(store, New, "/a"));

        await FillAsync(portal, store, 0.93);
        Assert.Equal(3, await ViewAsync(portal, Known, "/a"));
        Assert.Equal(0, await ViewAsync(portal, Known, "/c"));
        Assert.Equal((3, 2), await PageAndOtherAsync(store, Known, "/a"));
        await AssertFullAsync(portal, Late);
        Assert.Equal(0, (await Ledger.ReadAsync(store, Late)).Commit);

        // Before it may forget, it takes nothing.
        await FillAsync(portal, store, 0.99);
        await AssertFullAsync(portal, Known);

        await FillAsync(portal, store, 0.2);
        Assert.Equal(4, await ViewAsync(portal, Known, "/a"));
        Assert.Equal(1, await ViewAsync(portal, Known, "/d"));
        Assert.Equal(1, await ViewAsync(portal, Late, "/a"));
        Assert.Equal((4, 2), await PageAndOtherAsync(store, Known, "/a"));
        Assert.Equal((1, 0), await PageAndOtherAsync(store, Late, "/a"));
    }

    /// <summary>Sends a view, which is counted; what its page then shows.</summary>
    private static async Task<long> ViewAsync(StandaloneShape portal, string site, string page)
    {
        var reply = await portal.PublicDoor.ViewAsync(site, new ViewCall(page), Cancel);
        Assert.True(reply.Status == HttpStatusCode.OK && reply.Counted, reply.ToString());
        return reply.Stats.Page!.Views.Total;
    }

    private static async Task AssertFullAsync(StandaloneShape portal, string site)
    {
        var reply = await portal.PublicDoor.ViewAsync(site, new ViewCall("/a"), Cancel);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "store_full"), (reply.Status, reply.Code));
        Assert.InRange(int.Parse(reply.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 600);
    }

    private static async Task<(long Page, long Other)> PageAndOtherAsync(
        ConnectionMultiplexer store,
        string site,
        string page
    )
    {
        var ledger = await Ledger.ReadAsync(store, site);
        Assert.Empty(ledger.Contradictions());
        return (ledger.Pages.GetValueOrDefault(page), ledger.Pages.GetValueOrDefault("*"));
    }

    /// <summary>Has the store hold so much of what it may, and waits until the portal knows.</summary>
    private static async Task FillAsync(StandaloneShape portal, ConnectionMultiplexer store, double share)
    {
        const int Step = 64 * 1024;
        var database = store.GetDatabase();
        await database.KeyDeleteAsync("filling");
        for (var i = 0; await FillOfAsync(store) < share; i++)
        {
            await database.HashSetAsync("filling", i, new byte[Step]);
        }
        var percent = 100 * await FillOfAsync(store);
        await Eventually.BecomesAsync(
            () => ToldAsync(portal),
            told => Math.Abs(told - percent) < 1,
            string.Create(CultureInfo.InvariantCulture, $"{percent:F1} percent told"),
            Cancel
        );
    }

    private static async Task<double> FillOfAsync(ConnectionMultiplexer store)
    {
        var info = (await store.GetServers().Single().InfoAsync("store"))
            .Single()
            .ToDictionary(
                line => line.Key,
                line => double.TryParse(line.Value, CultureInfo.InvariantCulture, out var number) ? number : 0
            );
        return (info["Log.CurrentMemorySizeBytes"] + info["Log.CurrentHeapSizeBytes"]) / (Megabytes * 1024 * 1024);
    }

    /// <summary>How full the portal says its store is.</summary>
    private static async Task<double> ToldAsync(StandaloneShape portal)
    {
        var store = (await portal.ProbeDoor.GetAsync("/health/ready", Cancel))
            .Json.GetProperty("checks")
            .GetProperty("store");
        return store.GetProperty("data").TryGetProperty("fillPercent", out var percent) ? percent.GetDouble() : -1;
    }
}
