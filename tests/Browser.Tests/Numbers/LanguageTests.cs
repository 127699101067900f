using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Numbers;

/// <summary>Numbers as the language of their element writes them, whatever it is called.</summary>
public sealed class LanguageTests(Chromium chromium, Product product)
{
    private const string Elements = """
        <b id="broken" data-portal="total">–</b>
        <b id="page" data-portal="total">–</b>
        <b id="no-tag" lang="x" data-portal="total">–</b>
        <b id="empty" lang="" data-portal="total">–</b>
        <b id="english" lang="en_US" data-portal="total">–</b>
        <portal-stats id="box" lang="x"></portal-stats>
        <portal-stats id="english-box" lang="en_US"></portal-stats>
        <script>document.querySelector('#broken').closest = () => { throw new Error('of the page'); };</script>
        """;

    [Fact]
    public async Task A_language_that_is_no_tag_and_an_element_that_fails_harm_no_number()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Put("a", Elements, language: "vi_VN"));
        foreach (
            var (id, text) in new[]
            {
                ("page", "18.481.240"),
                ("no-tag", "18.481.240"),
                ("empty", "18.481.240"),
                ("english", "18,481,240"),
            }
        )
        {
            await Assertions.Expect(page.Locator($"#{id}")).ToHaveTextAsync(text);
        }
        await Assertions.Expect(page.Locator("#box")).ToContainTextAsync("18.481.240");
        await Assertions.Expect(page.Locator("#english-box")).ToContainTextAsync("Total views18,481,240");
        Assert.Empty(visitor.Faults);
    }
}
