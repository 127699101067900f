using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Browser.Tests.Numbers;

/// <summary>Numbers follow what others do; the minutes pass by the clock of the page, which the tests set.</summary>
public sealed class RefreshTests(Chromium chromium, Product product)
{
    private const string Total = """<span id="total" data-portal="total">–</span>""";
    private const string Minute = "01:00";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_are_refreshed_while_the_page_is_visible()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await OpenAsync(visitor, site);
        await ViewOfSomebodyElseAsync(site);
        await page.Clock.FastForwardAsync(Minute);
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.241");
    }

    [Fact]
    public async Task Numbers_are_not_refreshed_while_the_page_is_hidden_and_at_once_when_it_is_shown()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await OpenAsync(visitor, site);
        var asked = 0;
        page.Request += (_, request) => asked += request.Url.Contains("/stats", StringComparison.Ordinal) ? 1 : 0;
        await ShowAsync(page, false);
        await ViewOfSomebodyElseAsync(site);
        await page.Clock.FastForwardAsync(Minute);
        await page.Clock.FastForwardAsync(Minute);
        Assert.Equal(0, asked);
        await ShowAsync(page, true);
        await page.Clock.RunForAsync(100);
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.241");
    }

    [Fact]
    public async Task An_element_that_is_added_later_is_filled()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Put("a", Total));
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.240");
        await AddAsync(page, """<b id="late" data-portal="total" data-format="1,000"></b>""");
        await Assertions.Expect(page.Locator("#late")).ToHaveTextAsync("18,481,240");
        await AddAsync(page, "<portal-stats></portal-stats>");
        await Assertions.Expect(page.Locator("portal-stats")).ToContainTextAsync("18.481.240");
    }

    private static async Task AddAsync(IPage page, string html) =>
        await page.EvaluateAsync("html => document.body.insertAdjacentHTML('beforeend', html)", html);

    private static async Task<IPage> OpenAsync(Visitor visitor, Site site)
    {
        var page = await visitor.Profile.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync(site.Put("a", Total));
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.240");
        return page;
    }

    /// <summary>Headless pages are always visible: this says what a page in the background is told.</summary>
    private static async Task ShowAsync(IPage page, bool isShown) =>
        await page.EvaluateAsync(
            """
            isShown => {
              Object.defineProperty(document, 'hidden', { configurable: true, get: () => !isShown });
              Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => isShown ? 'visible' : 'hidden' });
              document.dispatchEvent(new Event('visibilitychange'));
            }
            """,
            isShown
        );

    private async Task ViewOfSomebodyElseAsync(Site site)
    {
        var reply = await product.Shape.PublicDoor.ViewAsync(site.Id, new ViewCall("/elsewhere"), Cancel);
        Assert.True(reply.Counted, reply.ToString());
        // A number read elsewhere may be two seconds behind.
        await Eventually.BecomesAsync(site.CountedAsync, count => count == 2, "views counted", Cancel);
    }
}
