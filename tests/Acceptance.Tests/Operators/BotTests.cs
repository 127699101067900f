using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Operators;

[AlsoOnCluster]
public sealed class BotTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Bots_are_told_by_day_and_reason(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var agent in new[] { "curl/8.5", "curl/8.5", "Googlebot/2.1", null })
        {
            await portal.Public.ViewAsync(site, new ViewCall("/a") { UserAgent = agent }, Cancel);
        }
        await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);

        var reply = await portal.ReadAsOperatorAsync(
            site,
            $"bots?from={Portal.Today:yyyy-MM-dd}&to={Portal.Today.AddDays(2):yyyy-MM-dd}",
            Cancel
        );
        var items = reply.Json.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(2, items.Length);
        Assert.Equal(
            """{"noUserAgent":1,"declaredCrawler":1,"httpTool":2}""",
            items[0].GetProperty("reasons").GetRawText()
        );
        Assert.Equal(
            """{"noUserAgent":0,"declaredCrawler":0,"httpTool":0}""",
            items[1].GetProperty("reasons").GetRawText()
        );
        Assert.Equal(
            30,
            (await portal.ReadAsOperatorAsync(site, "bots", Cancel)).Json.GetProperty("items").GetArrayLength()
        );
    }
}
