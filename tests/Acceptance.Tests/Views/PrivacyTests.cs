using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Views;

/// <summary>
/// What a browser's wish not to be followed does, by the site's setting. These sites belong to these tests.
/// </summary>
public sealed class PrivacyTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<Shape, string> Wishes =>
        new MatrixTheoryData<Shape, string>(Variants.Of(Shapes.Whole, Shape.Standalone), ["Sec-GPC", "DNT"]);

    [Theory, MemberData(nameof(Wishes))]
    public async Task By_default_the_view_counts_and_the_visitor_does_not(Shape shape, string wish)
    {
        var (reply, before) = await SendAsync(shape, "views-only", wish);
        Assert.True(reply.Counted);
        Assert.Equal(before.Visitors, reply.Stats.Visitors);
        Assert.Equal(before.Online, reply.Stats.Online);
    }

    [Theory, MemberData(nameof(Wishes))]
    public async Task A_site_that_ignores_the_wish_counts_both(Shape shape, string wish)
    {
        // A site for each wish: it has the visitor of the view before, and this one.
        var site = $"ignore-{wish.ToLowerInvariant()}";
        var (reply, _) = await SendAsync(shape, site, wish);
        Assert.True(reply.Counted);
        var portal = await portals.InAsync(shape);
        var stats = await Eventually.BecomesAsync(
            async () => (await portal.Public.StatsAsync(site, Cancel)).Stats,
            stats => stats.Visitors.Today >= 2,
            "both visitors",
            Cancel
        );
        Assert.Equal(2, stats.Visitors.Today);
    }

    [Theory, MemberData(nameof(Wishes))]
    public async Task A_site_that_drops_such_views_says_so(Shape shape, string wish)
    {
        var (reply, before) = await SendAsync(shape, "drop", wish);
        Assert.Equal((false, "optedOut"), (reply.Counted, reply.Reason));
        Assert.Equal(before.Views, reply.Stats.Views);
    }

    private async Task<(Reply Reply, Stats Before)> SendAsync(Shape shape, string site, string wish)
    {
        var portal = await portals.InAsync(shape);
        var before = (await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel)).Stats;
        var view = new ViewCall("/a")
        {
            UserAgent = $"{ViewCall.Browser} {wish}",
            Headers = new Dictionary<string, string> { [wish] = "1" },
        };
        return (await portal.Public.ViewAsync(site, view, Cancel), before);
    }
}
