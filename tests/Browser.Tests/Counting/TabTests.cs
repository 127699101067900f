using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Counting;

/// <summary>Over HTTP/1.1 a browser has six connections to a host, for all its tabs together.</summary>
public sealed class TabTests(Chromium chromium, Product product)
{
    [Fact]
    public async Task With_seven_tabs_open_the_eighth_loads_and_counts()
    {
        var site = product.NewSite();
        var address = site.Put("a", """<span id="total" data-portal="total">–</span><portal-stats></portal-stats>""");
        await using var visitor = await chromium.NewVisitorAsync();
        for (var tab = 1; tab <= 8; tab++)
        {
            var page = await visitor.OpenAsync(address);
            await Assertions.Expect(page.Locator("#total")).ToHaveTextAsync($"18.481.{239 + tab}");
        }
        await site.HasCountedAsync([.. Enumerable.Repeat(site.Path("a"), 8)]);
    }
}
