using System.Text.RegularExpressions;
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

    [Theory, Rows]
    [LongRow("{")]
    [LongRow("5")]
    [UsualRow("""{"views":null}""")]
    public async Task What_is_no_number_in_the_storage_is_not_shown_and_the_next_refresh_is(string text)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await OpenAsync(visitor, site);
        await page.EvaluateAsync(
            "([key, text]) => sessionStorage.setItem(key, text)",
            new[] { $"portal:{site.Id}", text }
        );
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        page.RequestFailed += (_, request) =>
        {
            if (request.Url.Contains("/stats", StringComparison.Ordinal))
            {
                failed.TrySetResult();
            }
        };
        await page.RouteAsync("**/api/**", route => route.AbortAsync());
        await page.GotoAsync(site.Put("b", $"{Total}<portal-stats></portal-stats>"));
        await failed.Task.WaitAsync(Cancel);
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("–");
        await page.UnrouteAllAsync();
        await page.Clock.FastForwardAsync(Minute);
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync(new Regex("^18"));
        await Assertions.Expect(page.Locator("portal-stats")).Not.ToContainTextAsync("Số liệu lúc");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task Numbers_that_the_page_came_with_say_since_when_they_stand_while_none_come()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        await page.RouteAsync("**/api/**", route => route.AbortAsync());
        await page.GotoAsync(
            site.Put(
                "a",
                """<b id="written" data-portal="total">18.481.230</b><b id="none" data-portal="today">–</b>"""
            )
        );
        var written = page.Locator("#written");
        await Assertions.Expect(written).ToHaveAttributeAsync("data-portal-stale", new Regex(@"^\d{4}-.*Z$"));
        await Assertions.Expect(written).ToHaveTextAsync("18.481.230");
        await Assertions.Expect(page.Locator("#none")).Not.ToHaveAttributeAsync("data-portal-stale", new Regex(""));
        await page.UnrouteAllAsync();
        await page.EvaluateAsync("dispatchEvent(new Event('online'))");
        await Assertions.Expect(written).ToHaveTextAsync("18.481.240");
        await Assertions.Expect(written).Not.ToHaveAttributeAsync("data-portal-stale", new Regex(""));
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
