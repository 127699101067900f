using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Store;

/// <summary>A store that stands still (SIGSTOP): its connections stay open and nothing answers.</summary>
[Collection<ReplicasBehindAGateway>]
public sealed class FrozenStoreTests(Portals portals)
{
    private readonly string _site = portals.NewSite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replicas_stay_ready_and_the_gateway_goes_on_asking_them_for_the_numbers_that_they_have()
    {
        var portal = await portals.ServicesAsync(ReplicasBehindAGateway.Settings);
        await BothReplicasHaveNumbersAsync(portal);

        portal.Redis.Pause();
        try
        {
            foreach (var replica in portal.Replicas)
            {
                await StaysReadyAsync(replica.Probe);
            }
            // For longer than the gateway takes to give up a replica whose probes fail: until the store has let its own
            // time pass twice, five seconds each.
            await BeginsAnewAsync(portal, times: 2);
            await GatewayServesStaleNumbersAsync(portal);
        }
        finally
        {
            portal.Redis.Resume();
        }

        await NumbersAreFreshAgainAsync(portal);
    }

    private async Task BothReplicasHaveNumbersAsync(ServicesShape portal)
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                await portal.PublicDoor.ViewAsync(_site, new ViewCall("/a"), Cancel);
                var stats = await Task.WhenAll(
                    portal.Replicas.Select(replica => replica.Internal.StatsAsync(_site, Cancel))
                );
                return stats.All(reply => reply.Status == HttpStatusCode.OK && reply.Stats.Views.Total > 0);
            },
            "both replicas have numbers",
            Cancel
        );
        await Eventually.HoldsAsync(
            async () => (await WordsOfGatewayAsync(portal)).SequenceEqual(["answering", "answering"]),
            "the gateway knows both",
            Cancel
        );
    }

    /// <summary>Whoever asks, and however often.</summary>
    private static async Task StaysReadyAsync(PortalClient probe)
    {
        for (var times = 0; times < 5; times++)
        {
            var ready = await probe.GetAsync("/health/ready", Cancel);
            Assert.Equal((HttpStatusCode.OK, "ready"), (ready.Status, ready.Json.GetProperty("status").GetString()));
            var store = ready.Json.GetProperty("checks").GetProperty("store");
            Assert.Equal(
                ("degraded", "It did not answer within 600 ms."),
                (store.GetProperty("status").GetString(), store.GetProperty("description").GetString())
            );
        }
    }

    private async Task GatewayServesStaleNumbersAsync(ServicesShape portal)
    {
        Assert.Equal(["answering", "answering"], await WordsOfGatewayAsync(portal));
        for (var read = 0; read < 10; read++)
        {
            var reply = await portal.PublicDoor.StatsAsync(_site, Cancel);
            Assert.Equal((HttpStatusCode.OK, true), (reply.Status, reply.Stats.Stale));
        }
    }

    private async Task NumbersAreFreshAgainAsync(ServicesShape portal)
    {
        await Eventually.HoldsAsync(
            async () =>
                (await portal.Replicas[0].Probe.GetAsync("/health/ready", Cancel))
                    .Json.GetProperty("checks")
                    .GetProperty("store")
                    .GetProperty("status")
                    .GetString() == "healthy",
            "the store answers again",
            Cancel
        );
        await Eventually.HoldsAsync(
            async () => !(await portal.PublicDoor.StatsAsync(_site, Cancel)).Stats.Stale,
            "fresh numbers",
            Cancel
        );
    }

    private static async Task<string?[]> WordsOfGatewayAsync(ServicesShape portal)
    {
        var ready = await portal.ProbeDoor.GetAsync("/health/ready", Cancel);
        return
        [
            .. ready
                .Json.GetProperty("checks")
                .GetProperty("services")
                .GetProperty("data")
                .EnumerateObject()
                .Where(each => each.Name.StartsWith("counting/", StringComparison.Ordinal))
                .Select(each => each.Value.GetString()),
        ];
    }

    /// <summary>Returns when the question to the store has been given up and asked anew so often.</summary>
    private static async Task BeginsAnewAsync(ServicesShape portal, int times)
    {
        var (anew, before) = (0, 0);
        await Eventually.HoldsAsync(
            async () =>
            {
                var ready = await portal.Replicas[0].Probe.GetAsync("/health/ready", Cancel);
                var data = ready.Json.GetProperty("checks").GetProperty("store").GetProperty("data");
                var seconds = data.TryGetProperty("unansweredSeconds", out var told) ? told.GetInt32() : 0;
                anew += seconds < before ? 1 : 0;
                before = seconds;
                return anew >= times;
            },
            "asked anew",
            Cancel
        );
    }
}
