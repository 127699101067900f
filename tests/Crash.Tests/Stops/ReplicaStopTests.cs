using PortalServices.Crash.Tests.Kills;
using PortalServices.Testing;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Stops;

/// <summary>One of two replicas behind the gateway ends while views come in; every view is sent once.</summary>
[Collection<ReplicasBehindAGateway>]
public sealed class ReplicaStopTests(Portals portals)
{
    private const int MaxViews = 100_000,
        ViewsBetween = 500;
    private static readonly int Kills = LongRun.IsOn ? 4 : 1;

    // It ends some seconds after it is asked to; then, too, views are under way.
    private static readonly TimeSpan WhileDraining = TimeSpan.FromMilliseconds(20);

    private readonly string[] _sites = [portals.NewSite(), portals.NewSite()];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [UsualRow(64)]
    [LongRow(16)]
    public async Task Replicas_that_are_restarted_in_turn_cost_no_view(int clients)
    {
        var portal = await portals.ServicesAsync(ReplicasBehindAGateway.Settings);
        var storm = Storm(portal, _sites[0], clients, withIds: false);
        var running = storm.RunAsync(Cancel);
        foreach (var replica in portal.Replicas)
        {
            await storm.StrikeAsync(
                ViewsBetween,
                async () => Assert.Equal(0, await replica.TerminateAsync()),
                Cancel,
                WhileDraining
            );
            await storm.StrikeAsync(ViewsBetween, replica.StartAsync, Cancel);
            await Portals.AllAnswerAsync(portal, Cancel);
        }

        await EndAsync(portal, storm, running);
        Assert.Equal(storm.Views.Count(view => view.Sent), storm.Acknowledged);
    }

    [Theory, Rows]
    [UsualRow(64)]
    [LongRow(16)]
    public async Task A_killed_replica_costs_no_view_that_has_an_id_and_of_the_others_only_those_under_way(int clients)
    {
        var portal = await portals.ServicesAsync(ReplicasBehindAGateway.Settings);
        var (with, without) = (
            Storm(portal, _sites[0], clients, withIds: true),
            Storm(portal, _sites[1], clients, withIds: false)
        );
        var running = (With: with.RunAsync(Cancel), Without: without.RunAsync(Cancel));
        for (var kill = 0; kill < Kills; kill++)
        {
            var replica = portal.Replicas[kill % portal.Replicas.Count];
            await StrikeAsync(replica.KillAsync);
            await StrikeAsync(replica.StartAsync);
            await Portals.AllAnswerAsync(portal, Cancel);
        }

        await EndAsync(portal, with, running.With);
        await EndAsync(portal, without, running.Without);
        Assert.Equal(with.Views.Count(view => view.Sent), with.Acknowledged);
        Assert.InRange(without.Views.Count(view => view.Sent) - without.Acknowledged, 0, Kills * clients);

        Task StrikeAsync(Func<Task> strike) => Strikes.StrikeAsync([with, without], ViewsBetween, strike, Cancel);
    }

    private static ViewStorm Storm(ServicesShape portal, string site, int clients, bool withIds) =>
        new(
            new StormOptions
            {
                Sites = [site],
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

    private static async Task EndAsync(ServicesShape portal, ViewStorm storm, Task running)
    {
        await storm.EndAsync(running);
        await using var store = await portal.ConnectToStoreAsync();
        await storm.AuditAsync(store);
    }
}
