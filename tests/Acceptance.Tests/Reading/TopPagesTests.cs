using System.Net;
using PortalServices.Acceptance.Tests.Operators;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Reading;

[AlsoOnCluster]
[Usually(Shape.Services)]
public sealed class TopPagesTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Pages_are_ranked_by_their_shown_views_and_equal_ones_by_their_path(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var page in new[] { "/c", "/b", "/b", "/b", "/a", "/d" })
        {
            await portal.Public.ViewAsync(site, new ViewCall(page), Cancel);
        }
        await RankAsync(portal, site, "today", 10, "/b 3", "/a 1", "/c 1", "/d 1");
        await RankAsync(portal, site, "today", 2, "/b 3", "/a 1");

        // A baseline and a correction change the order, each where it belongs.
        await portal.WriteAsOperatorAsync(
            site,
            "baselines",
            new
            {
                id = "old",
                page = "/old",
                total = 50,
                reason = "hệ thống cũ",
            },
            Cancel
        );
        await portal.WriteAsOperatorAsync(site, "corrections", CorrectionTests.Correction("/d", 0, 9), Cancel);
        await RankAsync(portal, site, "today", 10, "/d 10", "/b 3", "/a 1", "/c 1");
        await RankAsync(portal, site, "week", 1, "/d 10");
        await RankAsync(portal, site, "total", 3, "/old 50", "/d 10", "/b 3");
    }

    [Theory, EveryShape]
    public async Task A_page_that_becomes_the_most_viewed_is_seen_at_the_top(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        for (var i = 1; i <= 3; i++)
        {
            for (var views = 0; views < i; views++)
            {
                await portal.Public.ViewAsync(site, new ViewCall($"/{i}"), Cancel);
            }
            await RankAsync(portal, site, "total", 1, $"/{i} {i}");
        }
    }

    private static async Task RankAsync(Portal portal, string site, string period, int limit, params string[] expected)
    {
        var reply = await Eventually.BecomesAsync(
            () => portal.Public.GetAsync($"/api/sites/{site}/pages/top?period={period}&limit={limit}", Cancel),
            reply => reply.Status == HttpStatusCode.OK && Items(reply).SequenceEqual(expected),
            $"ranked: {string.Join(", ", expected)}",
            Cancel
        );
        Assert.Equal(period, reply.Json.GetProperty("period").GetString());

        IEnumerable<string> Items(Reply reply) =>
            reply.Pages.Items.Select(item =>
                $"{item.Path} {period switch { "today" => item.Views.Today, "week" => item.Views.Week, _ => item.Views.Total }}"
            );
    }
}
