using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Reading;

[AlsoOnCluster]
public sealed class PagesTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Pages_come_in_the_order_asked_with_zeros_for_those_never_seen(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var page in new[] { "/a", "/b", "/b" })
        {
            await portal.Public.ViewAsync(site, new ViewCall(page), Cancel);
        }

        foreach (
            var read in new Func<Task<Reply>>[]
            {
                () => portal.Public.PagesAsync(site, ["/b", "/never", "/a"], Cancel),
                () => portal.Public.QueryPagesAsync(site, ["/b", "/never", "/a"], Cancel),
            }
        )
        {
            var reply = await Eventually.BecomesAsync(
                read,
                r => r.Pages.Items.Sum(item => item.Views.Total) == 3,
                "three views",
                Cancel
            );
            Assert.Equal(
                [new("/b", new(2, 2, 2)), new("/never", new(0, 0, 0)), new PageViews("/a", new(1, 1, 1))],
                reply.Pages.Items
            );
            Assert.False(reply.Pages.Stale);
        }
    }

    [Theory, EveryShape]
    public async Task Twenty_pages_fit_in_an_address_and_a_hundred_in_a_body(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var few = await portal.Public.PagesAsync(site, Paths(20), Cancel);
        var many = await portal.Public.QueryPagesAsync(site, Paths(100), Cancel);
        Assert.Equal(Paths(20), few.Pages.Items.Select(item => item.Path));
        Assert.Equal(Paths(100), many.Pages.Items.Select(item => item.Path));
    }

    [Theory, EveryShape]
    public async Task Pages_are_named_as_they_are_counted(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var reply = await portal.Public.PagesAsync(
            portal.NewSite(),
            ["/tin-t%E1%BB%A9c/", "https://portal.example/a?x=1"],
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(["/tin-tức", "/a"], reply.Pages.Items.Select(item => item.Path));
    }

    internal static IEnumerable<string> Paths(int count) =>
        Enumerable.Range(1, count).Select(number => $"/page/{number}");
}
