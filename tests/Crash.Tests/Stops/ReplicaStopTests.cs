using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Stops;

/// <summary>One of two replicas behind the gateway ends while views come in; every view is sent once.</summary>
public sealed class ReplicaStopTests
{
    private const int Kills = 4;
    private const int MaxViews = 400_000;
    private const int ViewsBetween = 1_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public async Task Replicas_that_are_restarted_in_turn_cost_no_view(int clients)
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings { DrainsAsShipped = true });
        var storm = Storm(portal, clients, withIds: false);
        var running = storm.RunAsync(Cancel);
        foreach (var replica in portal.Replicas)
        {
            await MoreViewsAsync(storm);
            Assert.Equal(0, await replica.TerminateAsync());
            await MoreViewsAsync(storm);
            await replica.StartAsync();
            await AllAnswerAsync(portal);
        }

        await EndAsync(portal, storm, running);
        Assert.Equal(storm.Views.Count(view => view.Sent), storm.Acknowledged);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public async Task A_killed_replica_costs_no_view_that_has_an_id(int clients)
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings());
        var storm = Storm(portal, clients, withIds: true);
        await KillAsync(portal, storm);
        Assert.Equal(storm.Views.Count(view => view.Sent), storm.Acknowledged);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public async Task A_killed_replica_costs_of_views_without_ids_only_those_under_way(int clients)
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings());
        var storm = Storm(portal, clients, withIds: false);
        await KillAsync(portal, storm);
        Assert.InRange(storm.Views.Count(view => view.Sent) - storm.Acknowledged, 0, Kills * clients);
    }

    private static async Task KillAsync(ServicesShape portal, ViewStorm storm)
    {
        var running = storm.RunAsync(Cancel);
        for (var kill = 0; kill < Kills; kill++)
        {
            await MoreViewsAsync(storm);
            var replica = portal.Replicas[kill % portal.Replicas.Count];
            await replica.KillAsync();
            await MoreViewsAsync(storm);
            await replica.StartAsync();
            await AllAnswerAsync(portal);
        }

        await EndAsync(portal, storm, running);
    }

    private static ViewStorm Storm(ServicesShape portal, int clients, bool withIds) =>
        new(
            new StormOptions
            {
                Sites = ["site"],
                Doors = [portal.PublicDoor],
                Views = MaxViews,
                Clients = clients,
                OwnPages = false,
                WithIds = withIds,
                Persistent = false,
                SentAgain = 0,
                SentTwiceAtOnce = 0,
            }
        );

    private static Task MoreViewsAsync(ViewStorm storm)
    {
        var before = storm.Acknowledged;
        return Eventually.HoldsAsync(
            () => storm.Acknowledged >= before + ViewsBetween || !storm.Surprises.IsEmpty,
            "more views",
            Cancel
        );
    }

    private static Task AllAnswerAsync(ServicesShape portal) =>
        Eventually.HoldsAsync(
            async () =>
                (await portal.ProbeDoor.GetAsync("/health/ready", Cancel)).Body.Split("\"answering\"").Length
                > portal.Replicas.Count,
            "all replicas",
            Cancel
        );

    private static async Task EndAsync(ServicesShape portal, ViewStorm storm, Task running)
    {
        storm.Stop();
        await running;
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
    }
}
