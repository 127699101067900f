using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>The portal in a browser that runs no scripts.</summary>
public sealed class WithoutScriptsTests(Chromium chromium, SeededPortal portal)
{
    [Theory, Rows]
    [LongRow("vi", "Tiếp tục: nhập mã xác nhận", "Mã xác nhận", "Gửi ý kiến", "Đã tiếp nhận ý kiến của bạn.")]
    [UsualRow("en", "Continue: verification code", "Verification code", "Send feedback", "Your feedback was received.")]
    public async Task Feedback_is_sent_and_followed(
        string language,
        string next,
        string code,
        string send,
        string received
    )
    {
        await using var visitor = await chromium.NewVisitorAsync(new() { JavaScriptEnabled = false });
        var page = await visitor.OpenAsync(portal.Url($"/gop-y?lang={language}"));
        await page.Locator("[name=fullName]").FillAsync("Nguyễn Văn An");
        await page.Locator("[name=title]").FillAsync(new string('x', 300));
        await page.Locator("[name=content]").FillAsync("Dòng một\nDòng hai");
        await page.GetByRole(AriaRole.Button, new() { Name = next }).ClickAsync();

        // A mistake comes back with what was typed.
        var field = page.GetByRole(AriaRole.Textbox, new() { Name = code });
        await field.FillAsync(await portal.CodeAsync(page.Locator("form img")));
        await page.GetByRole(AriaRole.Button, new() { Name = send }).ClickAsync();
        await Assertions.Expect(page.Locator("[name=title]")).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("[name=content]")).ToHaveValueAsync("Dòng một\nDòng hai");
        await page.Locator("[name=title]").FillAsync("Hỏi về học phí");
        // A wrong code costs nothing but another one.
        await field.FillAsync("------");
        await page.GetByRole(AriaRole.Button, new() { Name = send }).ClickAsync();
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("[name=title]")).ToHaveValueAsync("Hỏi về học phí");
        await field.FillAsync(await portal.CodeAsync(page.Locator("form img")));
        await page.GetByRole(AriaRole.Button, new() { Name = send }).ClickAsync();

        await Assertions.Expect(page.GetByText(received)).ToBeVisibleAsync();
        Assert.Contains("/theo-doi?receipt=", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".receipt")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_article_is_rated()
    {
        await using var visitor = await chromium.NewVisitorAsync(new() { JavaScriptEnabled = false });
        var page = await visitor.OpenAsync(portal.Url(SeededPortal.Article));
        await page.GetByLabel("Không", new() { Exact = true }).CheckAsync();
        await page.Locator("[name=words]").FillAsync("Thiếu mẫu đơn.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Gửi đánh giá" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Cảm ơn bạn đã đánh giá");
    }

    [Fact]
    public async Task Look_ups_and_searches_work_and_mark_what_they_found()
    {
        await using var visitor = await chromium.NewVisitorAsync(new() { JavaScriptEnabled = false });
        var page = await visitor.OpenAsync(portal.Url("/"));
        await page.Locator("form[action='/tra-cuu/van-ban'] input").FillAsync("khuyen hoc");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("table.data")).ToContainTextAsync("162-KH/TU");
        await page.Locator("#q").FillAsync("chuyen doi so");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("mark", new() { HasText = "chuyển" }).First).ToBeVisibleAsync();
    }
}
