using System.Collections.Concurrent;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Counting;

/// <summary>Which pages count.</summary>
public sealed class OriginTests(Chromium chromium, Product product)
{
    private const string Numbers = """<span id="total" data-portal="total">–</span><portal-stats></portal-stats>""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_of_another_listed_origin_counts_without_a_preflight()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        var methods = await MethodsAsync(page);
        await page.GotoAsync(site.Put("a", Numbers));
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.240");
        await site.HasCountedAsync(site.Path("a"));
        Assert.Equal(["GET", "POST"], methods.Distinct().Order());
    }

    [Fact]
    public async Task A_page_of_an_unlisted_origin_counts_nothing()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        site.Put("a", Numbers);
        var page = await visitor.OpenAsync(product.Pages.Foreign + site.Path("a"));
        await Eventually.HoldsAsync(() => Warnings(visitor).Any(), "a warning", Cancel);
        await page.EvaluateAsync("history.pushState({}, '', '/another/page')");
        Assert.StartsWith("warning: portal.js: ", Assert.Single(Warnings(visitor)), StringComparison.Ordinal);
        Assert.Equal([site.Path("a")], visitor.Sent.Select(view => view.Page));
        Assert.Equal(0, await site.CountedAsync());
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("–");
        Assert.Empty(visitor.Faults);
    }

    [Theory]
    [InlineData("no-such-site", true)]
    [InlineData("", false)]
    public async Task An_unknown_site_writes_one_warning_and_does_nothing_else(string id, bool isAsked)
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        // Of another origin the browser would hide the answer.
        var address = $"{product.Door}/any/page";
        await page.RouteAsync(
            address,
            route =>
                route.FulfillAsync(
                    new() { ContentType = "text/html", Body = (product.NewSite() with { Id = id }).Html(Numbers) }
                )
        );
        await page.GotoAsync(address);
        await Eventually.HoldsAsync(() => Warnings(visitor).Any(), "a warning", Cancel);
        await page.EvaluateAsync("history.pushState({}, '', '/another/page')");
        await page.EvaluateAsync("dispatchEvent(new Event('online'))");
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("–");
        Assert.StartsWith("warning: portal.js: ", Assert.Single(Warnings(visitor)), StringComparison.Ordinal);
        Assert.Equal(isAsked ? ["/any/page"] : [], visitor.Sent.Select(view => view.Page));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_file_counts_nothing_and_throws_nothing()
    {
        var site = product.NewSite();
        using var folder = new TemporaryDirectory();
        await File.WriteAllTextAsync(folder.File("a.html"), site.Html(Numbers), Cancel);
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(new Uri(folder.File("a.html")).AbsoluteUri);
        await Eventually.HoldsAsync(() => Warnings(visitor).Any(), "a warning", Cancel);
        await page.EvaluateAsync("history.pushState({}, '', '#another')");
        Assert.Single(Warnings(visitor));
        Assert.Empty(visitor.Sent);
        Assert.Empty(visitor.Faults);
        Assert.Equal(0, await site.CountedAsync());
    }

    private static IEnumerable<string> Warnings(Visitor visitor) =>
        visitor.Console.Where(line => line.StartsWith("warning", StringComparison.Ordinal));

    /// <summary>What is asked of the portal from now on; the developer tools show preflights, too.</summary>
    private async Task<ConcurrentQueue<string>> MethodsAsync(IPage page)
    {
        var methods = new ConcurrentQueue<string>();
        var tools = await page.Context.NewCDPSessionAsync(page);
        tools.Event("Network.requestWillBeSent").OnEvent += (_, sent) =>
        {
            var request = sent!.Value.GetProperty("request");
            if (request.GetProperty("url").GetString()!.StartsWith(product.Door, StringComparison.Ordinal))
            {
                methods.Enqueue(request.GetProperty("method").GetString()!);
            }
        };
        await tools.SendAsync("Network.enable");
        return methods;
    }
}
