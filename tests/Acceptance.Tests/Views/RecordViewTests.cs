using System.Net;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Store;

namespace PortalServices.Acceptance.Tests.Views;

[AlsoOnCluster]
public sealed class RecordViewTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_view_is_counted_and_its_reply_shows_the_numbers_with_it(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();

        var reply = await portal.Public.ViewAsync(
            site,
            new ViewCall("/news/1") { View = ViewCall.NewId(), Referrer = "https://search.example/?q=x" },
            Cancel
        );

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("application/json", reply.MediaType);
        Assert.True(reply.Counted);
        Assert.Null(reply.Reason);
        var stats = reply.Stats;
        Assert.Equal(new Periods(1, 1, 1), stats.Views);
        Assert.Equal(new PageViews("/news/1", new Periods(1, 1, 1)), stats.Page);
        Assert.Equal((site, 15, false), (stats.Site, stats.OnlineWindowMinutes, stats.Stale));
    }

    [Theory, EveryShape]
    public async Task A_reload_is_a_view(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
        await portal.Public.ViewAsync(site, new ViewCall("/b"), Cancel);
        var reply = await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);

        Assert.True(reply.Counted);
        Assert.Equal((3, 2), (reply.Stats.Views.Total, reply.Stats.Page!.Views.Total));
    }

    [Theory, EveryShape]
    public async Task A_resent_view_counts_once_and_says_so(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var view = new ViewCall("/a") { View = ViewCall.NewId() };
        await portal.Public.ViewAsync(site, view, Cancel);

        // Several times, so that in front of two processes both get one.
        for (var again = 0; again < 6; again++)
        {
            var reply = await portal.Public.ViewAsync(site, view with { Age = "1500" }, Cancel);
            Assert.Equal((false, "duplicate"), (reply.Counted, reply.Reason));
            Assert.Equal(1, reply.Stats.Views.Total);
        }
    }

    [Theory, EveryShape]
    public async Task A_view_whose_id_may_be_forgotten_is_refused_and_changes_no_number(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var anHourOld = new ViewCall("/a") { View = ViewCall.NewId(), Age = "3600000" };
        DoorTests.AssertProblem(
            HttpStatusCode.Gone,
            "view_expired",
            await portal.Public.ViewAsync(site, anHourOld, Cancel)
        );

        var stats = (await portal.Public.StatsAsync(site, Cancel, "/a")).Stats;
        Assert.Equal(
            (new Periods(0, 0, 0), new Periods(0, 0, 0), 0),
            (stats.Views, stats.Page!.Views, stats.Visitors.Today)
        );
        await using var store = await portal.Shape.ConnectToStoreAsync();
        Assert.Equal(0, (await Ledger.ReadAsync(store, site)).Total);
    }

    [Theory, EveryShape]
    public async Task An_id_under_another_page_is_the_same_view(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var view = new ViewCall("/a") { View = ViewCall.NewId() };
        await portal.Public.ViewAsync(site, view, Cancel);
        var reply = await portal.Public.ViewAsync(site, view with { Page = "/b" }, Cancel);

        Assert.Equal((false, "duplicate"), (reply.Counted, reply.Reason));
        Assert.Equal(new PageViews("/b", new Periods(0, 0, 0)), reply.Stats.Page);
    }

    [Theory, EveryShape]
    public async Task An_id_belongs_to_its_site(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var view = new ViewCall("/a") { View = ViewCall.NewId() };
        Assert.True((await portal.Public.ViewAsync(portal.NewSite(), view, Cancel)).Counted);
        Assert.True((await portal.Public.ViewAsync(portal.NewSite(), view, Cancel)).Counted);
    }

    [Theory, EveryShape]
    public async Task A_view_counts_however_its_fields_travel(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var form in Enum.GetValues<ViewForm>())
        {
            var view = new ViewCall("/tin-tức?ItemID=7")
            {
                View = ViewCall.NewId(),
                Age = "12",
                Form = form,
            };
            var first = await portal.Public.ViewAsync(site, view, Cancel);
            var second = await portal.Public.ViewAsync(site, view, Cancel);
            Assert.Equal((true, "/tin-tức?ItemID=7"), (first.Counted, first.Stats.Page?.Path));
            Assert.Equal("duplicate", second.Reason);
        }
    }

    [Theory, EveryShape]
    public async Task A_client_that_wants_no_numbers_gets_204(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var view = new ViewCall("/a") { View = ViewCall.NewId(), Minimal = true };
        for (var sending = 0; sending < 2; sending++)
        {
            var reply = await portal.Public.ViewAsync(site, view, Cancel);
            Assert.Equal((HttpStatusCode.NoContent, ""), (reply.Status, reply.Body));
        }
        Assert.Equal(2, (await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel)).Stats.Views.Total);
    }

    [Theory, EveryShape]
    public async Task Bots_are_told_apart_and_not_counted(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (
            var bot in new[]
            {
                null,
                "curl/7.88.1",
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            }
        )
        {
            var reply = await portal.Public.ViewAsync(site, new ViewCall("/a") { UserAgent = bot }, Cancel);
            Assert.Equal((HttpStatusCode.OK, false, "bot"), (reply.Status, reply.Counted, reply.Reason));
        }
        Assert.Equal(
            1,
            (await portal.Public.ViewAsync(site, new ViewCall("/a") { UserAgent = "Opera" }, Cancel)).Stats.Views.Total
        );
    }

    [Theory, EveryShape]
    public async Task A_full_address_of_an_own_origin_names_the_same_page(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var own = portal.Public.Door.GetLeftPart(UriPartial.Authority);
        foreach (
            var page in new[]
            {
                "/a/b",
                "https://portal.example/a/b",
                $"{own}/a/b",
                "/a/b/",
                "/a//b#top",
                "/a/x/../b?utm_source=mail",
                "/%61/b",
            }
        )
        {
            Assert.Equal("/a/b", (await portal.Public.ViewAsync(site, new ViewCall(page), Cancel)).Stats.Page?.Path);
        }

        // A page may name itself by the address in its Origin header's own words, too.
        var headers = new Dictionary<string, string> { ["Origin"] = own };
        var reply = await portal.Public.ViewAsync(site, new ViewCall("/a/b?itemid=3") { Headers = headers }, Cancel);
        Assert.Equal(("/a/b?ItemID=3", 8), (reply.Stats.Page?.Path, reply.Stats.Views.Total));
    }
}
