using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Counting;

/// <summary>What is a view: the table in docs/integration.md. Each ends with a view that must come, so that one before
/// it that must not would have been seen.</summary>
public sealed class ViewTests(Chromium chromium, Product product)
{
    [Theory]
    [InlineData("/tin-tuc?ItemID=9#top", "/tin-tuc?ItemID=9")]
    [InlineData("https://elsewhere.example/tin-tuc", null)]
    [InlineData("http://[no address", null)]
    public async Task A_page_is_named_by_a_canonical_link_of_its_own_origin(string link, string? name)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.OpenAsync(site.Put("a", head: $"""<link rel="canonical" href="{link}">"""));
        await visitor.HasSentAsync(name ?? site.Path("a"));
        await site.HasCountedAsync(name ?? site.Path("a"));
    }

    [Fact]
    public async Task A_reload_counts()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Put("a"));
        await visitor.HasSentAsync(site.Path("a"));
        // Else the next page would send it again.
        await Eventually.HoldsAsync(
            () => visitor.Answered.Count > 0,
            "its reply",
            TestContext.Current.CancellationToken
        );
        await page.ReloadAsync();
        await visitor.HasSentAsync(site.Path("a"), site.Path("a"));
        await site.HasCountedAsync(site.Path("a"), site.Path("a"));
    }

    [Fact]
    public async Task Navigation_within_the_document_counts_by_the_address_there_and_back()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Put("a", head: $"""<link rel="canonical" href="{site.Path("b")}">"""));
        await NavigateAsync(page, "pushState", site.Path("c?ItemID=1"));
        string[] shown = [site.Path("b"), site.Path("c?ItemID=1"), site.Path("a"), site.Path("c?ItemID=1")];
        await page.EvaluateAsync("history.back()");
        await visitor.HasSentAsync(shown[..3]);
        await page.EvaluateAsync("history.forward()");
        await visitor.HasSentAsync(shown);
        await site.HasCountedAsync(shown);
        // Where somebody came from is the address before.
        Assert.Equal(
            [null, site.Url("a"), site.Url("c?ItemID=1"), site.Url("a")],
            visitor.Sent.Select(v => v.Referrer)
        );
    }

    [Fact]
    public async Task A_replaced_path_counts_and_a_replaced_query_does_not()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Put("a"));
        await NavigateAsync(page, "replaceState", site.Path("a?ItemID=2"));
        await NavigateAsync(page, "replaceState", site.Path("b"));
        await visitor.HasSentAsync(site.Path("a"), site.Path("b"));
        await site.HasCountedAsync(site.Path("a"), site.Path("b"));
    }

    [Fact]
    public async Task A_fragment_or_the_same_address_does_not_count()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Put("a"));
        await page.EvaluateAsync("location.hash = 'top'");
        await NavigateAsync(page, "pushState", site.Path("a#end"));
        await NavigateAsync(page, "pushState", site.Path("a"));
        await NavigateAsync(page, "pushState", site.Path("b"));
        await visitor.HasSentAsync(site.Path("a"), site.Path("b"));
        await site.HasCountedAsync(site.Path("a"), site.Path("b"));
    }

    [Fact]
    public async Task Without_the_navigation_interface_navigation_counts_the_same()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.Profile.AddInitScriptAsync("Object.defineProperty(window, 'navigation', { value: undefined })");
        var page = await visitor.OpenAsync(site.Put("a"));
        await page.EvaluateAsync("location.hash = 'top'");
        await NavigateAsync(page, "replaceState", site.Path("a?ItemID=2"));
        await NavigateAsync(page, "replaceState", site.Path("b"));
        await NavigateAsync(page, "pushState", site.Path("c"));
        await page.EvaluateAsync("history.back()");
        string[] shown = [site.Path("a"), site.Path("b"), site.Path("c"), site.Path("b")];
        await visitor.HasSentAsync(shown);
        await site.HasCountedAsync(shown);
    }

    [Fact]
    public async Task A_page_that_comes_back_from_the_back_forward_cache_counts()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        site.Put(
            "b",
            """<script>addEventListener('load', () => { if (!sessionStorage.wasHere) setTimeout(() => history.back()); sessionStorage.wasHere = 1; })</script>"""
        );
        var page = await visitor.OpenAsync(
            site.Put(
                "a",
                $"""<a href="{site.Path("b")}">b</a>""",
                """<script>addEventListener('pageshow', event => { if (event.persisted) document.title = 'kept'; })</script>"""
            )
        );
        await visitor.HasSentAsync(site.Path("a"));
        await page.ClickAsync("a");
        string[] shown = [site.Path("a"), site.Path("b"), site.Path("a")];
        // A page that is left before its view is acknowledged has it sent again, with its id.
        await Eventually.HoldsAsync(
            () => visitor.Sent.DistinctBy(view => view.View).Select(view => view.Page).SequenceEqual(shown),
            "three views sent",
            TestContext.Current.CancellationToken
        );
        await Assertions.Expect(page).ToHaveTitleAsync("kept");
        await site.HasCountedAsync(site.Path("a"), site.Path("b"), site.Path("a"));
    }

    // A page that tools of developers are attached to is never prerendered, so this one is only told that it is.
    [Fact]
    public async Task A_prerendered_page_counts_when_it_is_shown()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.Profile.AddInitScriptAsync(
            "window.isAhead = true; Object.defineProperty(document, 'prerendering', { get: () => window.isAhead })"
        );
        var page = await visitor.OpenAsync(site.Put("a", """<span id="total" data-portal="total">–</span>"""));
        Assert.Empty(visitor.Sent);
        await page.EvaluateAsync(
            "() => { window.isAhead = false; document.dispatchEvent(new Event('prerenderingchange')); }"
        );
        await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync("18.481.240");
        await visitor.HasSentAsync(site.Path("a"));
        await site.HasCountedAsync(site.Path("a"));
    }

    private static async Task NavigateAsync(IPage page, string how, string address) =>
        await page.EvaluateAsync($"address => history.{how}({{}}, '', address)", address);
}
