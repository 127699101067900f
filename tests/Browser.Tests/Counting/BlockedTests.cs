using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Counting;

/// <summary>What a browser or a blocker forbids takes nothing else along.</summary>
public sealed class BlockedTests(Chromium chromium, Product product)
{
    private const string Elements = """
        <p id="text">Nội dung</p>
        <span id="total" data-portal="total">–</span>
        <span id="page" data-portal="page">–</span>
        <portal-stats></portal-stats>
        <portal-feedback><form><label>Họ và tên <input id="plain" name="fullName"></label></form></portal-feedback>
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_storage_is_forbidden_pages_count_and_numbers_and_form_are_shown()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorWithoutStorageAsync();
        var page = await visitor.OpenAsync(site.Put("a", Elements));
        Assert.Equal(
            "SecurityError",
            await page.EvaluateAsync<string>("() => { try { sessionStorage; } catch (fault) { return fault.name; } }")
        );
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.240");
        await page.EvaluateAsync("address => history.pushState({}, '', address)", site.Path("b"));
        await page.GotoAsync(site.Put("c", Elements));
        await site.HasCountedAsync(site.Path("a"), site.Path("b"), site.Path("c"));
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Họ và tên" }).FillAsync("An");
        await Assertions.Expect(page.GetByRole(AriaRole.Img)).ToBeVisibleAsync();
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task Where_the_script_is_blocked_the_page_stays_as_it_was()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.Profile.RouteAsync("**/portal.js", route => route.AbortAsync());
        var page = await visitor.OpenAsync(site.Put("a", Elements));
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("–");
        await Assertions.Expect(page.Locator("#plain")).ToBeVisibleAsync();
        Assert.Empty(visitor.Faults);
        Assert.Equal(0, await site.CountedAsync());
    }

    [Fact]
    public async Task Where_the_script_of_the_form_is_blocked_the_plain_form_stays_and_the_rest_goes_on()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.Profile.RouteAsync("**/portal-form.js", route => route.AbortAsync());
        var page = await visitor.OpenAsync(site.Put("a", Elements));
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.240");
        await Assertions.Expect(page.Locator("#plain")).ToBeVisibleAsync();
        await site.HasCountedAsync(site.Path("a"));
        Assert.Empty(visitor.Faults);
    }

    [Theory]
    [InlineData("blocked")]
    [InlineData("answered by something else")]
    public async Task Where_views_are_dropped_the_numbers_go_on(string how)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.Profile.RouteAsync(
            "**/views",
            route =>
                how == "blocked"
                    ? route.AbortAsync("blockedbyclient")
                    : route.FulfillAsync(
                        new()
                        {
                            Body = "<html>Đăng nhập</html>",
                            Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                        }
                    )
        );
        var page = await visitor.OpenAsync(site.Put("a", Elements));
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.239");
        await Assertions.Expect(page.Locator("portal-stats")).ToContainTextAsync("18.481.239");
        // It is tried again, and the page has nothing of it.
        await Eventually.HoldsAsync(() => visitor.Sent.Count > 1, "a view sent again", Cancel);
        await Assertions.Expect(page.Locator("#text")).ToBeVisibleAsync();
        Assert.Single(visitor.Sent.Select(view => view.View).Distinct());
        Assert.Empty(visitor.Faults);
        Assert.Equal(0, await site.CountedAsync());
    }
}
