using System.Net;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Views;

/// <summary>Views of pages without scripts.</summary>
[AlsoOnCluster]
public sealed class PixelTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Each_GET_is_a_view_and_HEAD_is_none(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var address = $"/api/sites/{site}/pixel.gif?page=/tin-tuc";
        for (var i = 0; i < 3; i++)
        {
            var (status, mediaType, image) = await portal.Public.GetBytesAsync(address, Cancel);
            Assert.Equal(
                (200, "image/gif", "GIF89a"),
                (status, mediaType, System.Text.Encoding.ASCII.GetString(image, 0, 6))
            );
        }
        var seen = await portal.Public.GetAsync(address, Cancel);
        Assert.Equal(("no-store", null as string), (seen.Header("Cache-Control"), seen.Header("ETag")));
        for (var i = 0; i < 5; i++)
        {
            var head = await SendAsync(portal, HttpMethod.Head, address);
            Assert.Equal(
                (HttpStatusCode.OK, "image/gif", "no-store"),
                (head.Status, head.MediaType, head.Header("Cache-Control"))
            );
        }
        var last = (await portal.Public.ViewAsync(site, new ViewCall("/tin-tuc"), Cancel)).Stats;
        Assert.Equal((5, 5), (last.Views.Total, last.Page!.Views.Total));
    }

    [Theory, EveryShape]
    public async Task One_with_an_id_counts_once_and_a_bot_does_not(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var address = $"/api/sites/{site}/pixel.gif?page=/a";
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (int)(await portal.Public.GetAsync(address + "&view=0123456789abcdef", Cancel)).Status);
        }
        Assert.Equal(200, (int)(await SendAsync(portal, HttpMethod.Get, address, "Googlebot/2.1")).Status);
        Assert.Equal(1, await ViewsAsync(portal, site));
    }

    [Theory, EveryShape]
    public async Task Wrong_ones_are_refused_by_a_code_and_count_nothing(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (
            var (query, status, code) in new[]
            {
                ("", 400, "invalid_page"),
                ("?page=a", 400, "invalid_page"),
                ("?page=/a&view=x", 400, "invalid_view_id"),
                ("?page=/a&age=-1", 400, "invalid_age"),
                ($"?page=/a&referrer={new string('x', 2_049)}", 400, "invalid_referrer"),
                ("?page=/a&view=0123456789abcdef&age=9999999999", 410, "view_expired"),
                ("?page=https://other.example/a", 403, "foreign_origin"),
            }
        )
        {
            DoorTests.AssertProblem(
                (HttpStatusCode)status,
                code,
                await portal.Public.GetAsync($"/api/sites/{site}/pixel.gif{query}", Cancel)
            );
        }
        DoorTests.AssertProblem(
            HttpStatusCode.NotFound,
            "unknown_site",
            await portal.Public.GetAsync("/api/sites/khong-co/pixel.gif?page=/a", Cancel)
        );
        Assert.Equal(0, await ViewsAsync(portal, site));
    }

    /// <summary>How many were counted so far: in a view's own reply the numbers are current.</summary>
    private static async Task<long> ViewsAsync(Portal portal, string site) =>
        (await portal.Public.ViewAsync(site, new ViewCall("/last"), Cancel)).Stats.Views.Total - 1;

    private static Task<Reply> SendAsync(
        Portal portal,
        HttpMethod method,
        string path,
        string browser = ViewCall.Browser
    ) => portal.Public.SendAsync(portal.Public.Message(method, path, browser, null), Cancel);
}
