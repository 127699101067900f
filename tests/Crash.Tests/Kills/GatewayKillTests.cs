using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// What carries the views breaks or stands still while they are under way: the gateway is killed, and the replica that
/// a site prefers is stopped and goes on. The clients do what portal.js does: keep the id, send again.
/// </summary>
[Collection<ReplicasBehindAGateway>]
public sealed class GatewayKillTests(Portals portals)
{
    private const int ViewsBetween = 800,
        MaxViews = 100_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_gateway_loses_and_doubles_nothing()
    {
        var portal = await portals.ServicesAsync(ReplicasBehindAGateway.Settings);
        var (storm, running) = Begin(portal);
        for (var kill = 0; kill < 2 * LongRun.Factor; kill++)
        {
            await storm.StrikeAsync(
                ViewsBetween,
                async () =>
                {
                    await portal.Process.KillAsync();
                    await portal.StartAsync();
                },
                Cancel
            );
        }
        await EndAsync(portal, storm, running);
    }

    [Fact]
    public async Task A_replica_that_stands_still_and_goes_on_loses_and_doubles_nothing()
    {
        var portal = await portals.ServicesAsync(ReplicasBehindAGateway.Settings);
        var (storm, running) = Begin(portal);
        // One of them is preferred: its views go to the other one meanwhile.
        foreach (var replica in portal.Replicas)
        {
            await storm.StrikeAsync(
                ViewsBetween,
                async () =>
                {
                    replica.Pause();
                    var acknowledged = storm.Acknowledged;
                    await Eventually.HoldsAsync(
                        () => storm.Acknowledged > acknowledged + ViewsBetween,
                        "the other replica answers",
                        Cancel
                    );
                    replica.Resume();
                },
                Cancel
            );
            await Portals.AllAnswerAsync(portal, Cancel);
        }
        await EndAsync(portal, storm, running);
    }

    private (ViewStorm Storm, Task Running) Begin(ServicesShape portal)
    {
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = [portals.NewSite(), portals.NewSite()],
                Doors = [portal.PublicDoor],
                Views = MaxViews,
            }
        );
        return (storm, storm.RunAsync(Cancel));
    }

    private static async Task EndAsync(ServicesShape portal, ViewStorm storm, Task running)
    {
        await storm.EndAsync(running);
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
        Assert.Equal(storm.Views.Count(view => view.Sent), storm.Acknowledged);
    }
}
