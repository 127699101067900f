using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Store;

/// <summary>Counting on a Redis Cluster: the sites lie on three primaries, each with a replica.</summary>
public sealed class RedisClusterTests
{
    // Some on each primary.
    private static readonly string[] Sites = ["site-1", "site-2", "site-3", "site-4", "site-5", "site-6"];

    private static readonly PortalSettings Settings = new()
    {
        Sites = [.. Sites.Select(site => new SiteEntry(site))],
        OnCluster = true,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_primary_that_dies_takes_its_own_sites_with_it_and_brings_all_of_them_back()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        var views = new Dictionary<string, ViewCall>(StringComparer.Ordinal);
        foreach (var site in Sites)
        {
            views[site] = await CountAsync(portal, site, 3);
        }
        var cluster = portal.Cluster!;
        var dead = await cluster.PrimaryOfAsync(Ledger.Key(Sites[0]));
        var away = await SitesOfAsync(cluster, dead);
        Assert.InRange(away.Count, 1, Sites.Length - 1);

        await dead.KillAsync();
        foreach (var site in away)
        {
            var refused = await portal.PublicDoor.ViewAsync(site, NewView(), Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "store_unavailable"), (refused.Status, refused.Code));
            Assert.NotNull(refused.Header("Retry-After"));
        }
        foreach (var site in Sites.Except(away))
        {
            var counted = await portal.PublicDoor.ViewAsync(site, NewView(), Cancel);
            Assert.Equal((true, 4L), (counted.Counted, counted.Stats.Views.Total));
        }

        await dead.StartAgainAsync();
        foreach (var site in away)
        {
            // Sent before the kill, so it changes nothing; and what was acknowledged is there.
            var again = await AnsweredAsync(portal, site, views[site]);
            Assert.Equal("duplicate", again.Reason);
            Assert.False(again.Stats.StoreLoss);
        }
        await using var store = await portal.ConnectToStoreAsync();
        foreach (var site in Sites)
        {
            var ledger = await Ledger.ReadAsync(store, site);
            Assert.Empty(ledger.Contradictions());
            // Those answered 503 may have been counted.
            Assert.InRange(ledger.Total, away.Contains(site) ? 3 : 4, 4);
        }
    }

    [Fact]
    public async Task What_a_promoted_replica_had_not_got_is_reported_as_a_store_loss()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        var (cluster, site) = (portal.Cluster!, Sites[0]);
        var held = await CountAsync(portal, site, 3);
        var primary = await cluster.PrimaryOfAsync(Ledger.Key(site));
        var replica = await cluster.ReplicaOfAsync(primary);
        await Eventually.BecomesAsync(
            async () => Ledger.From(await cluster.ReadHashAsync(replica, Ledger.Key(site))).Total,
            total => total == 3,
            "the replica has the views",
            Cancel
        );
        await replica.KillAsync();
        var lost = await CountAsync(portal, site, 2);
        await primary.KillAsync();
        await replica.StartAgainAsync();
        await cluster.PromoteAsync(replica);

        Assert.Equal("duplicate", (await AnsweredAsync(portal, site, held)).Reason);
        Assert.True((await AnsweredAsync(portal, site, lost)).Counted);
        await Eventually.HoldsAsync(
            async () => (await portal.PublicDoor.StatsAsync(site, Cancel)).Stats.StoreLoss,
            "the loss is reported",
            Cancel
        );
        await using var store = await portal.ConnectToStoreAsync();
        var ledger = await Ledger.ReadAsync(store, site);
        Assert.Equal((5L, 4L), (ledger.Loss!.Expected, ledger.Total));
        // On the other primaries nothing is lost, and nothing is said.
        var other = Sites.Except(await SitesOfAsync(cluster, replica)).First();
        Assert.False((await AnsweredAsync(portal, other, NewView())).Stats.StoreLoss);
    }

    [Fact]
    public async Task A_slot_that_is_moved_while_views_come_loses_and_doubles_nothing()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        var cluster = portal.Cluster!;
        var key = Ledger.Key(Sites[0]);
        await CountAsync(portal, Sites[1], 1);
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = [Sites[0], Sites[2]],
                Doors = [portal.PublicDoor],
                Views = 100_000,
                Clients = 8,
            }
        )
        {
            Rest = TimeSpan.FromMilliseconds(20),
        };
        var blowing = storm.RunAsync(Cancel);
        await AcknowledgedAsync(storm, 50);
        var from = await cluster.PrimaryOfAsync(key);
        var to = (await cluster.PrimariesAsync()).First(server => server != from);

        var move = await SlotMove.BeginAsync(cluster, key, to);
        await move.MoveAsync(key.ToString());
        var taught = await LoadedScriptsAsync(from);
        // The ledger is where its slot is not yet: its views wait, and those of the other site go on.
        await CountAsync(portal, Sites[2], 20);
        var refused = await portal.PublicDoor.ViewAsync(Sites[0], NewView() with { Page = "/refused" }, Cancel);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "store_unavailable"), (refused.Status, refused.Code));
        // No process of the store is taught anew for each try: it would keep all of it.
        Assert.Equal(taught, await LoadedScriptsAsync(from));
        foreach (var each in await move.KeysAsync())
        {
            await move.MoveAsync(each);
        }
        await move.FinishAsync();

        Assert.Same(to, await cluster.PrimaryOfAsync(key));
        await AnsweredAsync(portal, Sites[0], new ViewCall("/shared/0") { View = ViewCall.NewId() });
        storm.Stop();
        await blowing;
        Assert.Empty(storm.Surprises);
        await using var store = await portal.ConnectToStoreAsync();
        foreach (var site in storm.Views.Where(view => view.Sent).GroupBy(view => view.Site))
        {
            var ledger = await Ledger.ReadAsync(store, site.Key);
            Assert.Empty(ledger.Contradictions());
            Assert.Null(ledger.Loss);
            Assert.All(
                site.Where(view => view.HasOwnPage),
                view => Assert.Equal(view.Acknowledged ? 1 : 0, ledger.Pages.GetValueOrDefault(view.Page))
            );
        }
    }

    private static async Task<long> LoadedScriptsAsync(RedisServer server) =>
        (await server.CommandStatsAsync()).GetValueOrDefault("script|load");

    private static Task AcknowledgedAsync(ViewStorm storm, int views) =>
        Eventually.HoldsAsync(() => storm.Acknowledged >= views, $"{views} views", Cancel);

    private static ViewCall NewView() => new("/a") { View = ViewCall.NewId() };

    /// <summary>Counts views, and returns the last one.</summary>
    private static async Task<ViewCall> CountAsync(ServicesShape portal, string site, int views)
    {
        var view = NewView();
        for (var i = 0; i < views; i++)
        {
            view = NewView();
            Assert.True((await AnsweredAsync(portal, site, view)).Counted);
        }
        return view;
    }

    /// <summary>Sends a view until it is answered by other than 503.</summary>
    private static Task<Reply> AnsweredAsync(ServicesShape portal, string site, ViewCall view) =>
        Eventually.BecomesAsync(
            () => portal.PublicDoor.ViewAsync(site, view, Cancel),
            reply => reply.Status != HttpStatusCode.ServiceUnavailable,
            $"an answer to a view of {site}",
            Cancel
        );

    private static async Task<IReadOnlyList<string>> SitesOfAsync(RedisCluster cluster, RedisServer primary)
    {
        List<string> sites = [];
        foreach (var site in Sites)
        {
            if (await cluster.PrimaryOfAsync(Ledger.Key(site)) == primary)
            {
                sites.Add(site);
            }
        }
        return sites;
    }
}
