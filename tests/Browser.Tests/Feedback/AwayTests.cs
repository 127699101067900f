using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;

namespace PortalServices.Browser.Tests.Feedback;

/// <summary>A form that is open while the portal is stopped and started again, and one that needs proof of work.</summary>
[Collection(typeof(OfStoppedProduct))]
public sealed class AwayTests(Chromium chromium, StoppedProduct product)
{
    private const string Form = "<portal-feedback></portal-feedback>";

    [Fact]
    public async Task What_was_typed_survives_a_restart_of_the_portal_and_is_taken_once()
    {
        await product.StartAsync();
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var keys = new HashSet<string>();
        visitor.Profile.Request += (_, request) =>
        {
            if (request.Headers.TryGetValue("idempotency-key", out var key))
            {
                keys.Add(key);
            }
        };
        var page = await visitor.OpenAsync(site.Put("f", Form));
        var form = new FeedbackForm(product, page.Locator("portal-feedback"), FormTexts.Vietnamese);
        await form.FillAsync("Dòng một");
        await form.SolveAsync();

        await product.StopAsync();
        await form.SendAsync();
        await Assertions.Expect(form.Element.GetByRole(AriaRole.Status)).ToContainTextAsync("Đang thử lại");
        await page.ReloadAsync();
        await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("Dòng một");
        await product.StartAsync();

        await form.Code.FocusAsync();
        await form.SolveAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(site);
        Assert.Single(keys);
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task The_browser_computes_when_the_portal_asks_for_proof_of_work()
    {
        await product.StartAsync();
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var asked = 0;
        visitor.Profile.Response += (_, response) => asked += response.Status == 429 ? 1 : 0;
        var page = await visitor.OpenAsync(site.Put("f", Form));
        var form = new FeedbackForm(product, page.Locator("portal-feedback"), FormTexts.Vietnamese);
        await form.FillAsync();
        await form.SolveAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(site);
        Assert.Equal(1, asked);
    }
}
