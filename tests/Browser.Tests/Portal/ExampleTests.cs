using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>The example of docs/integration.md that shows articles and answers, as it stands there.</summary>
public sealed class ExampleTests(Chromium chromium, Product product)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_listed_origin_it_shows_the_answers_of_the_last_search()
    {
        var site = await PutAsync();
        await new Operators(product.Shape).PublishAsync(site.Id, "Lịch tiếp dân", "<b>Sáng</b> thứ Hai.");
        await Eventually.HoldsAsync(
            async () =>
                (await product.Shape.PublicDoor.GetAsync($"/api/sites/{site.Id}/feedback?q=lich", Cancel))
                    .Json.GetProperty("items")
                    .GetArrayLength() > 0,
            "the answer is found",
            Cancel
        );
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(site.Url("example"));
        await SearchAsync(page, "zzz");
        await Assertions.Expect(page.Locator("#message")).ToHaveTextAsync("Không tìm thấy.");
        await Assertions.Expect(page.Locator("dt")).ToHaveCountAsync(0);

        // The first of two searches is answered last.
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync(
            "**/feedback?q=lich",
            async route =>
            {
                await released.Task;
                await route.ContinueAsync();
            }
        );
        await SearchAsync(page, "lich");
        await SearchAsync(page, "tiep dan");
        await Assertions.Expect(page.Locator("dt")).ToHaveTextAsync("Lịch tiếp dân");
        await page.RunAndWaitForRequestFinishedAsync(
            () =>
            {
                released.SetResult();
                return Task.CompletedTask;
            },
            new() { Predicate = request => request.Url.EndsWith("q=lich", StringComparison.Ordinal) }
        );
        // A reply that is read after it.
        await page.EvaluateAsync("fetch(location.href).then(reply => reply.text())");
        Assert.Equal(["Lịch tiếp dân"], await page.Locator("dt").AllTextContentsAsync());
        Assert.Equal(["<b>Sáng</b> thứ Hai."], await page.Locator("dd").AllTextContentsAsync());
        await Assertions.Expect(page.Locator("#message")).ToHaveTextAsync("");
        Assert.Empty(visitor.Faults);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_it_is_refused_or_gets_no_reply_it_says_so(bool isBlocked)
    {
        var site = await PutAsync();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        if (isBlocked)
        {
            await page.RouteAsync("**/api/**", route => route.AbortAsync());
        }
        await page.GotoAsync((isBlocked ? product.Pages.Listed : product.Pages.Foreign) + site.Path("example"));
        var message = page.Locator("#message");
        await Assertions.Expect(message).Not.ToHaveTextAsync("");
        await page.EvaluateAsync("document.querySelector('#message').textContent = ''");
        await SearchAsync(page, "lich");
        await Assertions.Expect(message).Not.ToHaveTextAsync("");
        Assert.Empty(visitor.Faults);
    }

    private static async Task SearchAsync(IPage page, string words)
    {
        await page.Locator("[name=q]").FillAsync(words);
        await page.Keyboard.PressAsync("Enter");
    }

    private async Task<Site> PutAsync()
    {
        var site = product.NewSite();
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/integration.md"), Cancel);
        var chapter = document[document.IndexOf("\n## Articles and answers", StringComparison.Ordinal)..];
        const string begin = "```html\n";
        var example = chapter[(chapter.IndexOf(begin, StringComparison.Ordinal) + begin.Length)..];
        example = example[..example.IndexOf("```", StringComparison.Ordinal)];
        product.Pages.Put(
            site.Path("example"),
            "<!doctype html><html lang=\"vi\"><title>Ví dụ</title>"
                + example
                    .Replace("https://HOST", product.Door, StringComparison.Ordinal)
                    .Replace("sonla", site.Id, StringComparison.Ordinal)
        );
        return site;
    }
}
