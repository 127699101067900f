using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Counting;

/// <summary>A portal that is stopped and started again, with everything that it keeps.</summary>
[Collection(typeof(OfStoppedProduct))]
public sealed class AwayTests(Chromium chromium, StoppedProduct product)
{
    private const string Box = """<span id="total" data-portal="total">–</span><portal-stats></portal-stats>""";

    // In each frame that is painted.
    private const string WatchForZero = """
        (function look() {
          const shown = [...document.querySelectorAll('#total')].map(element => element.textContent)
            .concat([...document.querySelectorAll('portal-stats')].map(box => box.shadowRoot ? box.shadowRoot.textContent : ''));
          const zero = shown.find(text => /(?<![\d.,:/])0(?![\d.,:/])/.test(text));
          if (zero) zeroWasShown(zero); else requestAnimationFrame(look);
        })();
        """;

    [Fact]
    public async Task Of_ten_pages_walked_through_while_it_is_away_each_counts_once_and_no_number_is_zero()
    {
        await product.StartAsync();
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var zeros = new List<string>();
        await visitor.Profile.ExposeFunctionAsync("zeroWasShown", (string text) => zeros.Add(text));
        await visitor.Profile.AddInitScriptAsync(WatchForZero);
        var page = await visitor.Profile.NewPageAsync();
        var total = page.Locator("#total");
        var box = page.Locator("portal-stats");

        for (var number = 1; number <= 10; number++)
        {
            var isAway = number is > 3 and < 8;
            if (number == 4)
            {
                await product.StopAsync();
            }
            if (number == 8)
            {
                await product.StartAsync();
            }
            await page.GotoAsync(site.Put($"{number}", Box));
            if (isAway)
            {
                await Assertions.Expect(box).ToContainTextAsync("Số liệu lúc ");
                await Assertions.Expect(total).ToHaveTextAsync("18.481.242");
                var stale = await total.GetAttributeAsync("data-portal-stale");
                Assert.True(
                    DateTimeOffset.TryParse(stale, CultureInfo.InvariantCulture, out _) && stale.EndsWith('Z'),
                    stale
                );
            }
            else
            {
                await Assertions.Expect(box).Not.ToContainTextAsync("Số liệu lúc ");
                await Assertions.Expect(total).ToHaveTextAsync(new Regex(@"^18\.481\.2"));
                await Assertions.Expect(total).Not.ToHaveAttributeAsync("data-portal-stale", new Regex(""));
            }
        }

        await site.HasCountedAsync([.. Enumerable.Range(1, 10).Select(number => site.Path($"{number}"))]);
        Assert.Empty(zeros);
        Assert.Empty(visitor.Faults);
    }
}
