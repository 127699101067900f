using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Storm;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>These have a portal of their own, since they stop it; of nothing but what counts.</summary>
public sealed class RestartTests(RestartTests.Restarted portals) : IClassFixture<RestartTests.Restarted>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_restart_keeps_every_number_and_every_id(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var view = new ViewCall("/a") { View = ViewCall.NewId() };
        await portal.Public.ViewAsync(site, view, Cancel);
        await portal.Public.ViewAsync(site, new ViewCall("/b"), Cancel);
        var before = await portal.Public.ViewAsync("carried-over", new ViewCall(Portal.BaselinePage), Cancel);

        Assert.All(await portal.Shape.TerminateAsync(), code => Assert.Equal(0, code));
        await portal.Shape.StartAsync();

        var again = await Eventually.BecomesAsync(
            () => portal.Public.ViewAsync(site, view with { Age = "5000" }, Cancel),
            reply => reply.Status == HttpStatusCode.OK,
            "an answer",
            Cancel
        );
        Assert.Equal("duplicate", again.Reason);
        Assert.Equal((2, 1, 1), (again.Stats.Views.Total, again.Stats.Page!.Views.Total, again.Stats.Visitors.Today));

        var after = await portal.Public.StatsAsync("carried-over", Cancel, Portal.BaselinePage);
        Assert.Equal(
            (before.Stats.Views, before.Stats.Page, before.Stats.Visitors),
            (after.Stats.Views, after.Stats.Page, after.Stats.Visitors)
        );
    }

    [Theory, EveryShape]
    public async Task A_process_asked_to_end_answers_what_it_took_on(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var storm = new ViewStorm(
            new StormOptions
            {
                Sites = [site],
                Doors = [portal.Public],
                Views = 100_000,
                Persistent = false,
            }
        );
        var running = storm.RunAsync(Cancel);
        await Eventually.HoldsAsync(() => storm.Acknowledged > 500, "views under way", Cancel);

        Assert.All(await portal.Shape.TerminateAsync(), code => Assert.Equal(0, code));
        // What was answered before the end may still lie unread at the clients.
        storm.Stop();
        await running;

        await portal.Shape.StartAsync();
        await using var store = await portal.Shape.ConnectToStoreAsync();
        await storm.AuditAsync(store);
        Assert.Equal(storm.Acknowledged, await storm.CountedAsync(store));
    }

    /// <summary>One of each shape; a test leaves it as it was started.</summary>
    public sealed class Restarted()
        : Portals(shape => Portal.StartAsync(shape, sitesToTake: 4, countsOnly: true, replicas: 1));
}
