using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>The way of a person through the portal.</summary>
public sealed class PersonTests(Chromium chromium, SeededPortal portal)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_reads_asks_by_keyboard_follows_and_finds_the_answer()
    {
        await using var visitor = await chromium.NewVisitorAsync(
            new() { Permissions = ["clipboard-read", "clipboard-write"] }
        );
        // Reads an article.
        var page = await visitor.OpenAsync(portal.Url("/"));
        await page.Locator(".ranked a").First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("chuyển đổi số");

        // Sends feedback, by keyboard alone.
        var form = page.Locator("portal-feedback");
        var name = form.GetByRole(AriaRole.Textbox, new() { Name = "Họ và tên" });
        await name.FocusAsync();
        await page.Keyboard.InsertTextAsync("Lò Thị Hoa");
        foreach (var text in (string[])["hoa@example.vn", "0212 3852 000"])
        {
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.InsertTextAsync(text);
        }
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(form.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        foreach (var text in (string[])["Hướng dẫn ký số cho người cao tuổi", "Bản tôi có được hướng dẫn không?"])
        {
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.InsertTextAsync(text);
        }
        await page.Keyboard.PressAsync("Tab");
        var image = form.GetByRole(AriaRole.Img);
        await Assertions.Expect(image).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync(await portal.CodeAsync(image));
        await page.Keyboard.PressAsync("Enter");
        var receipt = form.GetByRole(AriaRole.Textbox, new() { Name = "Mã biên nhận" });
        await Assertions.Expect(receipt).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(form.GetByText("Đã sao chép.")).ToBeVisibleAsync();
        var copied = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Equal(await receipt.InputValueAsync(), copied);

        // Follows it by its receipt.
        await page.GotoAsync(portal.Url("/theo-doi"));
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Mã biên nhận" }).FillAsync(copied);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".steps")).ToContainTextAsync("Hạn trả lời");
        await portal.AnswerAsync("Hướng dẫn ký số cho người cao tuổi", "Mỗi bản có một buổi trong tháng 12.");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".answer")).ToHaveTextAsync("Mỗi bản có một buổi trong tháng 12.");
        Assert.Equal(
            ["Đã tiếp nhận", "Đang xử lý", "Đã trả lời", "Đã công khai"],
            await page.Locator(".steps strong").AllTextContentsAsync()
        );

        // It is found by everybody, without diacritics.
        await page.GetByRole(AriaRole.Searchbox).First.FillAsync("huong dan ky so");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".answers")).ToContainTextAsync("Hướng dẫn ký số cho người cao tuổi");
        await Assertions.Expect(page.Locator("body")).Not.ToContainTextAsync("Lò Thị Hoa");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task Answers_under_similar_titles_are_shown_while_a_title_is_typed()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        // What was published a moment ago may be missing for a minute.
        await Eventually.HoldsAsync(
            async () =>
                (
                    await portal.PublicDoor.GetAsync(
                        $"/api/sites/{SeededPortal.Site}/feedback/similar?title=lich%20tiep%20dan",
                        Cancel
                    )
                )
                    .Json.GetProperty("items")
                    .GetArrayLength() > 0,
            "a similar title",
            Cancel
        );
        var page = await visitor.OpenAsync(portal.Url("/gop-y"));
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Tiêu đề" }).PressSequentiallyAsync("lich tiep dan");
        await page.Locator(".similar summary").ClickAsync();
        var (form, heading) = (
            await page.Locator("portal-feedback").BoundingBoxAsync(),
            await page.Locator(".similar h2").BoundingBoxAsync()
        );
        Assert.InRange(heading!.Y - form!.Y - form.Height, 16, 64);
        await Assertions.Expect(page.Locator(".similar details p")).ToContainTextAsync("sáng thứ Hai");
    }

    [Fact]
    public async Task Pages_of_the_portal_count_by_their_own_script_and_a_receipt_is_told_to_nobody()
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.OpenAsync(portal.Url("/tiep-can?lang=en"));
        // The language is no part of what counting calls a page.
        await AnsweredAsync("/tiep-can?lang=en");
        await page.GotoAsync(portal.Url("/theo-doi?receipt=7KQ2-M0XA-T9RD"));
        // Nothing is there, which is no view.
        await page.GetByRole(AriaRole.Link, new() { Name = "Trang chủ" }).First.ClickAsync();
        await AnsweredAsync("/tiep-can?lang=en", "/");
        Assert.DoesNotContain(
            visitor.Sent,
            view => view.Referrer?.Contains("receipt", StringComparison.Ordinal) == true
        );

        async Task AnsweredAsync(params string[] pages)
        {
            await Eventually.HoldsAsync(() => visitor.Answered.Count >= pages.Length, "views answered", Cancel);
            Assert.Equal(
                pages.Select(each => (each, 200)),
                visitor.Answered.Select(each => (each.View.Page, each.Status))
            );
        }
    }

    [Fact]
    public async Task Numbers_of_the_box_are_those_of_the_API()
    {
        await using var visitor = await chromium.NewVisitorAsync(new() { JavaScriptEnabled = false });
        var page = await visitor.OpenAsync(portal.Url("/"));
        // Most viewed is only what was viewed.
        Assert.DoesNotContain(
            await page.Locator(".ranked .muted").AllTextContentsAsync(),
            views => views.StartsWith("0 ", StringComparison.Ordinal)
        );
        var shown = await page.Locator(".stats [data-portal=total]").TextContentAsync();
        Assert.Matches(new Regex("^18,4[0-9]{2},[0-9]{3}$"), shown!);
        await Eventually.HoldsAsync(
            async () =>
            {
                var stats = (await portal.PublicDoor.StatsAsync(SeededPortal.Site, Cancel)).Stats;
                await page.ReloadAsync();
                return await page.Locator(".stats [data-portal=total]").TextContentAsync()
                    == stats.Views.Total.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture);
            },
            "the total of the API",
            Cancel
        );
    }
}
