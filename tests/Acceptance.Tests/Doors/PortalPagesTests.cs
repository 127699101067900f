using System.Globalization;
using System.Net;
using PortalServices.Testing;

namespace PortalServices.Acceptance.Tests.Doors;

/// <summary>The pages at <c>/</c>: beside the services, and in a gateway in front of them.</summary>
[Usually(Shape.Services)]
public sealed class PortalPagesTests(Portals portals)
{
    private const string Browser = "text/html";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task The_first_page_has_the_numbers_of_the_API(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        await Eventually.HoldsAsync(
            async () =>
            {
                var page = await portal.Public.GetAsync("/", Cancel, ("Accept", Browser));
                Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
                // The first of the site file: no origin of another has this host.
                var stats = (await portal.Public.StatsAsync(Portal.SiteOfKeys, Cancel)).Stats;
                var total = stats.Views.Total.ToString("#,0", CultureInfo.InvariantCulture);
                return page.Body.Contains($"<dd data-portal=\"total\">{total}</dd>", StringComparison.Ordinal);
            },
            "the total in the page",
            Cancel
        );
    }

    [Theory, EveryShape]
    public async Task Each_service_has_its_page(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        foreach (var path in new[] { "/tin-tuc", "/tim-kiem?q=hoc", "/video", "/tra-cuu", "/hoi-dap", "/gop-y" })
        {
            var page = await portal.Public.GetAsync(path, Cancel, ("Accept", Browser));
            Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
            Assert.DoesNotContain("tạm thời chưa tải được", page.Body, StringComparison.Ordinal);
        }
        var code = await portal.Public.PostAsync(
            "/gop-y",
            "fullName=An&title=Hoc+phi&content=Bao+nhieu",
            "application/x-www-form-urlencoded",
            Cancel,
            ("Accept", Browser)
        );
        Assert.Equal(HttpStatusCode.OK, code.Status);
        Assert.Contains("/image.png", code.Body, StringComparison.Ordinal);
        var receipt = await portal.Public.GetAsync("/theo-doi?receipt=AAAA-AAAA-AAAA", Cancel, ("Accept", Browser));
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (receipt.Status, receipt.MediaType));
    }

    [Theory, EveryShape]
    public async Task Operators_have_other_pages(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var page = await portal.Shape.OperatorsDoor.GetAsync("/", Cancel);
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (page.Status, page.Code));
    }
}
