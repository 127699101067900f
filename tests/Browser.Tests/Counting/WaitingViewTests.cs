using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Counting;

/// <summary>Views that were not acknowledged when the next page was opened.</summary>
public sealed class WaitingViewTests(Chromium chromium, Product product)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_is_sent_again_on_the_next_page_with_its_id_and_its_age()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await LoseAsync(visitor, site);
        await page.GotoAsync(site.Put("b"));
        await site.HasCountedAsync(site.Path("a"), site.Path("b"));
        var sent = visitor.Sent.Where(view => view.Page == site.Path("a")).ToArray();
        Assert.Single(sent.Select(view => view.View).Distinct());
        Assert.True(sent[0].Age < sent[^1].Age, string.Join('\n', sent.AsEnumerable()));
        // It was acknowledged, so nothing of it is left for a third page.
        var before = visitor.Sent.Count;
        await page.GotoAsync(site.Put("c"));
        await site.HasCountedAsync(site.Path("a"), site.Path("b"), site.Path("c"));
        Assert.Equal([site.Path("c")], visitor.Sent.Skip(before).Select(view => view.Page));
    }

    [Theory, Rows]
    [UsualRow("{")]
    [LongRow("null")]
    [UsualRow("""{"view":"elsewhere-0123456789"}""")]
    public async Task What_is_no_view_among_those_that_wait_is_removed_and_holds_up_none(string text)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await LoseAsync(visitor, site);
        await page.EvaluateAsync(
            "([key, text]) => sessionStorage.setItem(key, text)",
            new[] { $"portal:{site.Id}:a", text }
        );
        await page.GotoAsync(site.Put("b"));
        await site.HasCountedAsync(site.Path("a"), site.Path("b"));
        Assert.False(await page.EvaluateAsync<bool>("key => key in sessionStorage", $"portal:{site.Id}:a"));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_view_that_the_portal_says_is_too_old_is_dropped()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await visitor.Profile.Clock.SetFixedTimeAsync(now.AddDays(-1));
        var page = await LoseAsync(visitor, site);
        await visitor.Profile.Clock.SetFixedTimeAsync(now);
        await page.GotoAsync(site.Put("b"));
        await Eventually.HoldsAsync(
            () => visitor.Answered.Any(reply => reply.View.Page == site.Path("a") && reply.Status == 410),
            "410 for the old view",
            Cancel
        );
        await site.HasCountedAsync(site.Path("b"));
        var before = visitor.Sent.Count;
        await page.GotoAsync(site.Put("c"));
        await site.HasCountedAsync(site.Path("b"), site.Path("c"));
        Assert.Equal([site.Path("c")], visitor.Sent.Skip(before).Select(view => view.Page));
    }

    /// <summary>Opens a page from which no view gets through; from the next page they do.</summary>
    private static async Task<IPage> LoseAsync(Visitor visitor, Site site)
    {
        await visitor.Profile.RouteAsync(
            "**/views",
            route => route.Request.Frame.Url == site.Url("a") ? route.AbortAsync() : route.ContinueAsync()
        );
        var page = await visitor.OpenAsync(site.Put("a"));
        await Eventually.HoldsAsync(() => visitor.Sent.Count > 0, "a view sent", Cancel);
        Assert.Equal(0, await site.CountedAsync());
        return page;
    }
}
