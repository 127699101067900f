using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>Pages on paper.</summary>
public sealed class PrintTests(Chromium chromium, SeededPortal portal)
{
    private const string Shown = """
        selector => [...document.querySelectorAll(selector)].filter(each => each.checkVisibility()).map(each => `${each.localName} ${each.textContent.trim()}`)
        """;

    [Fact]
    public async Task An_article_is_printed_with_the_name_of_its_website_and_nothing_else()
    {
        await using var visitor = await chromium.NewVisitorAsync(new() { ColorScheme = ColorScheme.Dark });
        var page = await visitor.OpenAsync(portal.Url(SeededPortal.Article));
        await Assertions.Expect(page.Locator("portal-feedback")).ToBeVisibleAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".prose")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".brand-name")).ToBeVisibleAsync();
        Assert.Empty(
            await page.EvaluateAsync<string[]>(Shown, "main section, aside, .actions, main form, main button")
        );
        // Dark on paper, whatever the screen has.
        Assert.Equal("rgb(0, 0, 0)", await page.EvaluateAsync<string>("getComputedStyle(document.body).color"));
        Assert.Equal(
            "rgb(0, 0, 0)",
            await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.brand-name')).color")
        );
    }

    [Fact]
    public async Task Nothing_that_can_only_be_used_on_a_screen_is_printed()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        foreach (
            var path in (string[])
                [
                    "/",
                    "/tin-tuc",
                    SeededPortal.Article,
                    "/tra-cuu/van-ban?q=ke",
                    "/hoi-dap",
                    "/gop-y",
                    $"/theo-doi?receipt={portal.Receipt}",
                    "/thong-ke",
                ]
        )
        {
            await page.GotoAsync(portal.Url(path));
            Assert.Empty(
                await page.EvaluateAsync<string[]>(
                    Shown,
                    "form, nav, button, .button, input, portal-feedback, footer, .skip"
                )
            );
            Assert.NotEmpty(await page.EvaluateAsync<string[]>(Shown, "h1, h2"));
        }
    }
}
