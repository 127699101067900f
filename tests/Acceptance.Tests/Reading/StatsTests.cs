using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Reading;

[AlsoOnCluster]
public sealed class StatsTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_site_never_seen_shows_zeros(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var reply = await portal.Public.StatsAsync(site, Cancel);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        var zero = new Periods(0, 0, 0);
        Assert.Equal(
            (site, 0, zero, zero, null, false),
            (
                reply.Stats.Site,
                reply.Stats.Online,
                reply.Stats.Views,
                reply.Stats.Visitors,
                reply.Stats.Page,
                reply.Stats.Stale
            )
        );
    }

    [Theory, EveryShape]
    public async Task A_page_is_shown_only_when_asked_for_and_with_zeros_when_never_seen(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);

        var seen = await Eventually.BecomesAsync(
            () => portal.Public.StatsAsync(site, Cancel, "/a/"),
            reply => reply.Stats.Views.Total == 1,
            "the view",
            Cancel
        );
        Assert.Equal(new PageViews("/a", new Periods(1, 1, 1)), seen.Stats.Page);
        Assert.Equal(
            new PageViews("/b", new Periods(0, 0, 0)),
            (await portal.Public.StatsAsync(site, Cancel, "/b")).Stats.Page
        );
        Assert.False((await portal.Public.StatsAsync(site, Cancel)).Json.TryGetProperty("page", out _));
    }

    [Theory, EveryShape]
    public async Task Numbers_carried_over_are_in_what_is_shown(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var first = await portal.Public.ViewAsync("carried-over", new ViewCall(Portal.BaselinePage), Cancel);
        var views = first.Stats.Views.Total - Portal.SiteBaseline.Total;
        Assert.InRange(views, 1, 100);
        Assert.Equal(Portal.SiteBaseline.Week + views, first.Stats.Views.Week);
        Assert.Equal(Portal.SiteBaseline.Today + views, first.Stats.Views.Today);
        Assert.Equal(new Periods(views, views, Portal.PageBaseline + views), first.Stats.Page!.Views);
        Assert.InRange(first.Stats.Visitors.Total, 1, views);
    }

    [Theory, EveryShape]
    public async Task A_tag_of_the_numbers_spares_the_body_until_they_change(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var address = $"/api/sites/{site}/stats?page=/a";
        var first = await portal.Public.GetAsync(address, Cancel);
        var tag = first.Header("ETag")!;

        var same = await portal.Public.GetAsync(address, Cancel, ("If-None-Match", tag));
        Assert.Equal((HttpStatusCode.NotModified, "", tag), (same.Status, same.Body, same.Header("ETag")));

        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        var changed = await Eventually.BecomesAsync(
            () => portal.Public.GetAsync(address, Cancel, ("If-None-Match", tag)),
            reply => reply.Status == HttpStatusCode.OK,
            "new numbers",
            Cancel
        );
        Assert.NotEqual(tag, changed.Header("ETag"));
        Assert.Equal(1, changed.Stats.Page!.Views.Total);
    }

    [Theory, EveryShape]
    public async Task Answers_are_checked_again_before_they_are_reused(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var reply = await portal.Public.StatsAsync(portal.NewSite(), Cancel);
        Assert.Equal("no-cache", reply.Header("Cache-Control"));
        Assert.Equal("application/json", reply.MediaType);
        Assert.Contains("Origin", reply.Header("Vary"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryShape]
    public async Task Every_read_answers_HEAD_as_GET_without_the_body(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        string[] open =
        [
            "stats?page=/a",
            "pages?path=/a",
            "pages/top",
            "traffic?step=day&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
        ];
        foreach (var path in open)
        {
            await AnswersAsync(portal.Public, $"/api/sites/{site}/{path}");
        }
        foreach (var path in new[] { "audit", "bots?from=2026-01-01&to=2026-02-01" })
        {
            await AnswersAsync(
                portal.Shape.OperatorsDoor,
                $"/api/operator/sites/{site}/{path}",
                ("Authorization", $"Bearer {portal.Admin.Value}")
            );
        }

        async Task AnswersAsync(PortalClient door, string path, params (string Name, string Value)[] headers)
        {
            var get = await door.GetAsync(path, Cancel, headers);
            var head = await door.SendAsync(
                door.Message(
                    HttpMethod.Head,
                    path,
                    ViewCall.Browser,
                    headers.ToDictionary(header => header.Name, header => header.Value)
                ),
                Cancel
            );
            Assert.Equal((HttpStatusCode.OK, ""), (head.Status, head.Body));
            Assert.Equal(
                (get.MediaType, get.Header("ETag"), get.Header("Cache-Control")),
                (head.MediaType, head.Header("ETag"), head.Header("Cache-Control"))
            );
            Assert.Equal("no-cache", get.Header("Cache-Control"));
            var same = await door.GetAsync(path, Cancel, [.. headers, ("If-None-Match", get.Header("ETag")!)]);
            Assert.Equal((HttpStatusCode.NotModified, ""), (same.Status, same.Body));
        }
    }
}
