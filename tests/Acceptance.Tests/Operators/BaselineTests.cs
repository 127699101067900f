using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Operators;

[AlsoOnCluster]
[Usually(Shape.Services)]
public sealed class BaselineTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_baseline_is_shown_once_and_never_drawn_as_traffic(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        var old = new
        {
            id = "old.counter",
            total = 1_000,
            week = 100,
            today = 10,
            reason = "hệ thống cũ",
        };
        Assert.Equal(
            HttpStatusCode.Created,
            (await portal.WriteAsOperatorAsync(site, "baselines", old, Cancel)).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await portal.WriteAsOperatorAsync(site, "baselines", old, Cancel)).Status);
        await ShowsAsync(portal, site, new Periods(11, 101, 1_001));
        var traffic = await portal.Public.GetAsync(
            $"/api/sites/{site}/traffic?step=day&from={Portal.Midnight(-1)}&to={Portal.Midnight(1)}",
            Cancel
        );
        Assert.Equal(
            1,
            traffic
                .Json.GetProperty("items")
                .EnumerateArray()
                .Sum(item => item.GetProperty("views").GetInt64() + item.GetProperty("corrections").GetInt64())
        );
    }

    [Theory, EveryShape]
    public async Task A_baseline_can_be_taken_back_and_its_id_is_not_used_again(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        var old = new
        {
            id = "old",
            total = 1_000,
            week = 100,
            today = 10,
            reason = "hệ thống cũ",
        };
        await portal.WriteAsOperatorAsync(site, "baselines", old, Cancel);
        Assert.Equal(
            HttpStatusCode.OK,
            (await portal.WriteAsOperatorAsync(site, "baselines/old/undo", null, Cancel)).Status
        );
        Assert.Equal(
            "already_undone",
            (await portal.WriteAsOperatorAsync(site, "baselines/old/undo", null, Cancel)).Code
        );
        await portal.WriteAsOperatorAsync(site, "baselines", old, Cancel);
        await ShowsAsync(portal, site, new Periods(1, 1, 1));
    }

    [Theory, EveryShape]
    public async Task A_baseline_of_another_day_leaves_today_alone(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        var then = Portal
            .Now.AddDays(-20)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await portal.WriteAsOperatorAsync(
            site,
            "baselines",
            new
            {
                id = "old",
                total = 1_000,
                week = 100,
                today = 10,
                at = then,
                reason = "hệ thống cũ",
            },
            Cancel
        );
        await ShowsAsync(portal, site, new Periods(1, 1, 1_001));
    }

    private static Task<Reply> ShowsAsync(Portal portal, string site, Periods views) =>
        Eventually.BecomesAsync(
            () => portal.Public.StatsAsync(site, Cancel),
            reply => reply.Stats.Views == views,
            "the numbers behind a baseline",
            Cancel
        );
}
