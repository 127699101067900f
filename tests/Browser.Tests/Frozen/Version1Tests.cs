using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Feedback;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Frozen;

/// <summary>
/// The markup of version 1 of docs/integration.md, as pages have it today. Neither the page nor what is expected of it
/// is changed by a later version.
/// </summary>
public sealed class Version1Tests(Chromium chromium, Product product)
{
    [Fact]
    public async Task Every_element_is_filled_in_its_format()
    {
        var frozen = new FrozenPage(product, "v1");
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await frozen.OpenAsync(visitor);
        foreach (
            var (id, text) in new[]
            {
                ("online", "1"),
                ("today", "31,315"),
                ("week", "96,101"),
                ("total", "18,481,240"),
                ("page", "1"),
                ("dots", "31.315"),
                ("plain", "31315"),
                ("by-language", "31.315"),
                ("by-english", "31,315"),
            }
        )
        {
            await Assertions.Expect(page.Locator($"#{id}")).ToHaveTextAsync(text);
        }
        await frozen.Site.HasCountedAsync("/frozen/v1?ItemID=42");
        Assert.Empty(visitor.Faults);
    }

    [Theory, Rows]
    [LongRow("stats", "Đang trực tuyến")]
    [UsualRow("stats-en", "Online")]
    public async Task The_box_speaks_its_language(string id, string word)
    {
        var frozen = new FrozenPage(product, "v1");
        await using var visitor = await chromium.NewVisitorAsync();
        var box = (await frozen.OpenAsync(visitor)).Locator($"#{id}");
        foreach (var text in (string[])[word, "31,315", "96,101", "18,481,240"])
        {
            await Assertions.Expect(box).ToContainTextAsync(text);
        }
    }

    [Theory, Rows]
    [LongRow("feedback", "Gửi ý kiến", "Nội dung")]
    [UsualRow("feedback-en", "Send feedback", "Content")]
    public async Task The_form_speaks_its_language(string id, string button, string field)
    {
        var frozen = new FrozenPage(product, "v1");
        await using var visitor = await chromium.NewVisitorAsync();
        var form = (await frozen.OpenAsync(visitor)).Locator($"#{id}");
        await Assertions.Expect(form.GetByRole(AriaRole.Button, new() { Name = button })).ToBeVisibleAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Textbox, new() { Name = field })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Its_policy_is_enough_for_numbers_image_sound_and_receipt()
    {
        var frozen = new FrozenPage(product, "v1");
        await using var visitor = await chromium.NewVisitorAsync();
        var violations = new ConcurrentQueue<string>();
        await visitor.Profile.ExposeFunctionAsync("violated", (string what) => violations.Enqueue(what));
        await visitor.Profile.AddInitScriptAsync(
            "document.addEventListener('securitypolicyviolation', event => violated(event.violatedDirective + ' ' + event.blockedURI))"
        );
        var page = await frozen.OpenAsync(visitor);
        var form = new FeedbackForm(product, page.Locator("#feedback"), FormTexts.Vietnamese);
        await form.FillAsync();
        await form.SolveAsync();
        await form.Button(form.Texts.Listen).ClickAsync();
        await Assertions.Expect(form.Button(form.Texts.StopListening)).ToBeVisibleAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(frozen.Site);
        var follow = form.Element.GetByRole(AriaRole.Link);
        await Assertions.Expect(follow).ToHaveAttributeAsync("href", new Regex("/theo-doi\\?receipt=[0-9A-Z-]+$"));
        Assert.Empty(violations);
        Assert.Empty(visitor.Faults);
        Assert.DoesNotContain(visitor.Console, line => line.StartsWith("error", StringComparison.Ordinal));
    }
}
