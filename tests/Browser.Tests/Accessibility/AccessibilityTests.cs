using Microsoft.Playwright;
using PortalServices.Browser.Tests.Feedback;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Browser.Tests.Frozen;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Accessibility;

/// <summary>What axe-core finds by the rules of WCAG 2.2 AA, on the frozen page.</summary>
public sealed class AccessibilityTests(Chromium chromium, Product product)
{
    /// <summary>The style sheet of the page, which sets every variable, and none but a scheme of colours.</summary>
    public static TheoryData<string?, int> Looks =>
        [
            .. Variants.Of<(string?, int)>(
                [(null, 1280), (Scheme("dark"), 320)],
                [(null, 320), (Scheme("light"), 1280), (Scheme("light"), 320), (Scheme("dark"), 1280)]
            ),
        ];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task No_rule_is_violated_by_numbers_form_errors_and_receipt(string? style, int width)
    {
        var frozen = new FrozenPage(product, "v1");
        await using var visitor = await chromium.NewVisitorAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = 900 },
                ColorScheme =
                    style?.Contains("dark", StringComparison.Ordinal) == true ? ColorScheme.Dark : ColorScheme.Light,
            }
        );
        var page = await frozen.OpenAsync(visitor, style);
        var form = new FeedbackForm(product, page.Locator("#feedback"), FormTexts.Vietnamese);
        await Assertions.Expect(page.Locator("#stats")).ToContainTextAsync("18,481,240");
        await form.Fields[0].FocusAsync();
        await Assertions.Expect(form.Image).ToBeVisibleAsync();
        await IsCleanAsync(page);

        await form.SendAsync();
        await Assertions.Expect(form.Fields[0]).ToHaveAttributeAsync("aria-invalid", "true");
        await IsCleanAsync(page);

        await form.FillAsync();
        await form.SolveAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(frozen.Site);
        await form.Button(form.Texts.Copy).ClickAsync();
        await IsCleanAsync(page);
    }

    [Fact]
    public async Task A_violation_is_found_in_the_page_and_in_an_element()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        await page.SetContentAsync(
            """<html lang="vi"><title>Trang</title><main><h1>Trang</h1><input id="page"><div></div></main>"""
        );
        await page.EvaluateAsync(
            "document.querySelector('div').attachShadow({ mode: 'open' }).innerHTML = '<input id=element>'"
        );
        var violations = await AxeRules.ViolationsAsync(page);
        Assert.Equal(2, violations.Count(violation => violation.StartsWith("label:", StringComparison.Ordinal)));
    }

    // Axe takes a page without a background for a white one.
    private static string Scheme(string name) =>
        $":root {{ color-scheme: {name}; background: Canvas; color: CanvasText }}";

    private static async Task IsCleanAsync(IPage page)
    {
        Assert.Empty(await AxeRules.ViolationsAsync(page));
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
            "the page scrolls sideways"
        );
    }
}
