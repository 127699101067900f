using System.Net;
using PortalServices.Acceptance.Tests.Doors;

namespace PortalServices.Acceptance.Tests.Reading;

/// <summary>What a portal reads of a site, and what search engines do.</summary>
[AlsoOnCluster]
[Usually(Shape.Services)]
public sealed class SiteTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_site_says_its_language_its_headings_and_whether_it_shows_its_statistics(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var reply = await portal.Public.GetAsync($"/api/sites/{site}", Cancel);
        Assert.Equal(
            $$"""{"id":"{{site}}","name":"{{site}}","language":"vi","publicStatistics":false,"loadTest":false,"feedbackCategories":[{"id":"hoc-phi","name":"Học phí","nameEn":"Fees"},{"id":"khac","name":"Khác"}]}""",
            reply.Body
        );
        Assert.Equal(
            304,
            (int)
                (
                    await portal.Public.GetAsync($"/api/sites/{site}", Cancel, ("If-None-Match", reply.Header("ETag")!))
                ).Status
        );
        // Whoever asks has the numbers in any case.
        Assert.Equal(
            200,
            (int)(await portal.Public.GetAsync($"/api/sites/{site}/pages/top?period=today", Cancel)).Status
        );
        DoorTests.AssertProblem(
            HttpStatusCode.NotFound,
            "unknown_site",
            await portal.Public.GetAsync("/api/sites/khong-co", Cancel)
        );
    }

    [Theory, EveryShape]
    public async Task Robots_may_read_everything_and_are_told_of_the_sitemaps(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        var reply = await portal.Public.GetAsync("/robots.txt", Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/plain"), (reply.Status, reply.MediaType));
        Assert.StartsWith("User-agent: *\nAllow: /\n", reply.Body, StringComparison.Ordinal);
        var sitemap = $"{portal.Public.Door.GetLeftPart(UriPartial.Authority)}/api/sites/{site}/sitemap.xml";
        Assert.Contains($"\nSitemap: {sitemap}\n", reply.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await portal.Public.GetAsync(new Uri(sitemap).PathAndQuery, Cancel)).Status);
    }

    [Theory, EveryShape]
    public async Task The_address_says_the_language_of_a_problem_and_names_no_other_page(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var language in new[] { "en", "vi" })
        {
            var reply = await portal.Public.GetAsync(
                $"/api/sites/{site}/stats?page=news&lang={language}",
                Cancel,
                ("Accept-Language", language == "en" ? "vi" : "en")
            );
            Assert.Equal((HttpStatusCode.BadRequest, language), (reply.Status, reply.Header("Content-Language")));
        }
        var page = $"/api/sites/{site}/stats?page={Uri.EscapeDataString("/tin?lang=en")}";
        Assert.Equal("/tin", (await portal.Public.GetAsync(page, Cancel)).Stats.Page!.Path);
    }
}
