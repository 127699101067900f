using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Feedback;

/// <summary><c>portal-feedback</c> on a page of another origin.</summary>
public sealed class FormTests(Chromium chromium, Product product)
{
    [Theory, Rows]
    [UsualRow("vi")]
    [LongRow("en")]
    public async Task Feedback_is_sent_by_keyboard_alone(string language)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (page, form) = await OpenAsync(visitor, site, language);
        var keys = page.Keyboard;
        string[] typed =
        [
            "Nguyễn Văn An",
            "an@example.vn",
            "0212 3852 000",
            "Hỏi về học phí",
            "Trường thu học phí thế nào?",
        ];
        foreach (var (field, text) in form.Fields.Zip(typed))
        {
            await keys.PressAsync("Tab");
            await Assertions.Expect(field).ToBeFocusedAsync();
            await keys.InsertTextAsync(text);
        }
        await keys.PressAsync("Tab");
        await Assertions.Expect(form.Code).ToBeFocusedAsync();
        await Assertions.Expect(form.Image).ToBeVisibleAsync();
        await keys.TypeAsync((await product.AnswerAsync(form.Image)).ToLowerInvariant());
        foreach (var button in (string[])[form.Texts.Listen, form.Texts.NewCode])
        {
            await keys.PressAsync("Tab");
            await Assertions.Expect(form.Button(button)).ToBeFocusedAsync();
        }
        await keys.PressAsync("Tab");
        await Assertions.Expect(form.UseWork).ToBeFocusedAsync();
        await keys.PressAsync("Tab");
        await Assertions.Expect(form.Button(form.Texts.Send)).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await form.HasReceiptAsync(site);
        await keys.PressAsync("Tab");
        await Assertions.Expect(form.Receipt).ToBeFocusedAsync();
        Assert.Empty(visitor.Faults);
    }

    [Theory, Rows]
    [LongRow("vi", "Hãy nhập")]
    [UsualRow("en", "Enter the")]
    public async Task What_is_missing_is_said_beside_its_field(string language, string words)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (_, form) = await OpenAsync(visitor, site, language);
        await form.Fields[0].FocusAsync();
        await Assertions.Expect(form.Image).ToBeVisibleAsync();
        await form.SendAsync();
        ILocator[] missing = [form.Fields[0], form.Fields[3], form.Fields[4], form.Code];
        foreach (var field in missing)
        {
            await IsWrongAsync(field, words);
        }
        await Assertions.Expect(form.Fields[1]).Not.ToHaveAttributeAsync("aria-invalid", "true");
        // The summary has a button for each, which leads to the field.
        await form.Element.GetByRole(AriaRole.Button, new() { Name = form.Texts.Fields[3] }).ClickAsync();
        await Assertions.Expect(form.Fields[3]).ToBeFocusedAsync();
    }

    [Theory, Rows]
    [UsualRow("vi", "ví dụ")]
    [LongRow("en", "address")]
    public async Task What_the_portal_refuses_is_said_beside_its_field_and_costs_no_code(string language, string words)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (_, form) = await OpenAsync(visitor, site, language);
        await form.FillAsync();
        await form.Fields[1].FillAsync("no address");
        await form.SolveAsync();
        await form.SendAsync();
        await IsWrongAsync(form.Fields[1], words);
        await form.Fields[1].FillAsync("an@example.vn");
        await form.SendAsync();
        await form.HasReceiptAsync(site);
    }

    [Fact]
    public async Task Of_ten_thousand_characters_in_each_field_none_is_lost()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (page, form) = await OpenAsync(visitor, site);
        var much = string.Concat(Enumerable.Repeat("Học phí. ", 1_112))[..10_000];
        foreach (var field in form.Fields)
        {
            // As by a keyboard: a limit of the field's own would cut it off.
            await field.FocusAsync();
            await page.Keyboard.InsertTextAsync(much);
        }
        await form.SolveAsync();
        await form.SendAsync();
        foreach (var field in form.Fields)
        {
            await IsWrongAsync(field, "Tối đa");
            await Assertions.Expect(field).ToHaveValueAsync(much);
        }
        await page.ReloadAsync();
        foreach (var field in form.Fields)
        {
            await Assertions.Expect(field).ToHaveValueAsync(much);
        }
    }

    [Fact]
    public async Task A_reload_keeps_what_was_typed_until_there_is_a_receipt_and_then_the_receipt()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (page, form) = await OpenAsync(visitor, site);
        await form.FillAsync("Dòng một\nDòng hai");
        await page.ReloadAsync();
        await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("Dòng một\nDòng hai");
        await form.Fields[4].FocusAsync();
        await form.SolveAsync();
        await form.SendAsync();
        var receipt = await form.HasReceiptAsync(site);
        await page.ReloadAsync();
        await Assertions.Expect(form.Receipt).ToHaveValueAsync(receipt);
        // As the pages of the portal write a day.
        await Assertions
            .Expect(form.Element.GetByText("Hạn trả lời:"))
            .ToHaveTextAsync(new Regex(@"Hạn trả lời: \d{2}/\d{2}/\d{4}\.$"));
    }

    [Fact]
    public async Task What_was_typed_stays_with_its_page_in_whatever_language_and_wherever_from_it_is_opened()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (page, form) = await OpenAsync(visitor, site);
        await page.GotoAsync($"{site.Url("f")}?ItemID=9&lang=en&utm_source=zalo");
        await form.FillAsync("Dòng một");
        await page.GotoAsync($"{site.Url("f")}?lang=vi&ItemID=9&fbclid=Iw-1#y-kien");
        await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("Dòng một");
        await page.GotoAsync($"{site.Url("f")}?ItemID=8");
        await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("");

        // Nor do they change what is sent, so that a text that was sent in the other language keeps its key.
        await page.GotoAsync($"{site.Url("f")}?ItemID=9&gclid=1");
        await form.Fields[4].FocusAsync();
        await Assertions.Expect(form.Image).ToBeVisibleAsync();
        await form.Code.FillAsync("------");
        var sent = await page.RunAndWaitForRequestAsync(form.SendAsync, "**/feedback");
        Assert.Equal(site.Path("f?ItemID=9"), JsonElement.Parse(sent.PostData!).GetProperty("page").GetString());
    }

    [Fact]
    public async Task A_draft_that_cannot_be_read_leaves_an_empty_form()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (page, form) = await OpenAsync(visitor, site);
        foreach (var draft in (string[])["{", "5", """{"values":null}"""])
        {
            await page.EvaluateAsync(
                "([key, draft]) => sessionStorage.setItem(key, draft)",
                new[] { $"portal-form:{site.Id}:{site.Path("f")}", draft }
            );
            await page.ReloadAsync();
            await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("");
            await form.FillAsync("Dòng một");
            await page.ReloadAsync();
            await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("Dòng một");
        }
        Assert.Empty(visitor.Faults);
    }

    [Theory, Rows]
    [LongRow("vi")]
    [UsualRow("en")]
    public async Task The_receipt_is_copied_by_a_button(string language)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync(
            new() { Permissions = ["clipboard-read", "clipboard-write"] }
        );
        var (page, form) = await OpenAsync(visitor, site, language);
        await form.FillAsync();
        await form.SolveAsync();
        await form.SendAsync();
        var receipt = await form.HasReceiptAsync(site);
        await form.Button(form.Texts.Copy).ClickAsync();
        await Assertions.Expect(form.Element.GetByText(form.Texts.Copied)).ToBeVisibleAsync();
        Assert.Equal(receipt, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task A_new_code_takes_the_place_of_the_old_one()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (_, form) = await OpenAsync(visitor, site);
        await form.FillAsync();
        await form.SolveAsync();
        var old = await form.Image.GetAttributeAsync("src");
        await form.Button(form.Texts.NewCode).ClickAsync();
        await Assertions.Expect(form.Image).Not.ToHaveAttributeAsync("src", old!);
        await Assertions.Expect(form.Code).ToHaveValueAsync("");
        await Assertions.Expect(form.Code).ToBeFocusedAsync();
        await form.SolveAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(site);
    }

    [Fact]
    public async Task A_wrong_code_is_said_beside_it_with_a_new_one_and_the_text_stays()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (_, form) = await OpenAsync(visitor, site);
        await form.FillAsync("Dòng một");
        await form.SolveAsync();
        var old = await form.Image.GetAttributeAsync("src");
        await form.Code.FillAsync("------");
        await form.SendAsync();
        await IsWrongAsync(form.Code, "");
        await Assertions.Expect(form.Image).Not.ToHaveAttributeAsync("src", old!);
        await Assertions.Expect(form.Fields[4]).ToHaveValueAsync("Dòng một");
        await form.SolveAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(site);
    }

    [Theory, Rows]
    [UsualRow("vi")]
    [LongRow("en")]
    public async Task The_code_is_read_out_in_the_language_of_the_page(string language)
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        // The form makes its audio element out of sight.
        await visitor.Profile.AddInitScriptAsync(
            """
            const play = HTMLMediaElement.prototype.play;
            HTMLMediaElement.prototype.play = function () {
              this.addEventListener('playing', () => { window.played = { name: this.localName, address: this.currentSrc, seconds: this.duration }; });
              return play.call(this);
            };
            """
        );
        var (page, form) = await OpenAsync(visitor, site, language);
        await form.Button(form.Texts.Listen).ClickAsync();
        var handle = await page.WaitForFunctionAsync("window.played && JSON.stringify(window.played)");
        var played = JsonElement.Parse(await handle.JsonValueAsync<string>());
        Assert.Equal("audio", played.GetProperty("name").GetString());
        Assert.Contains(
            $"audio.wav?lang={language}",
            played.GetProperty("address").GetString(),
            StringComparison.Ordinal
        );
        Assert.InRange(played.GetProperty("seconds").GetDouble(), 3, 60);
        await form.Button(form.Texts.StopListening).ClickAsync();
        await Assertions.Expect(form.Button(form.Texts.Listen)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_browser_computes_for_whoever_asks_for_it_and_no_code_is_needed()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var (_, form) = await OpenAsync(visitor, site);
        await form.UseWork.CheckAsync();
        await form.FillAsync();
        await Assertions.Expect(form.Code).ToBeHiddenAsync();
        await form.SendAsync();
        await form.HasReceiptAsync(site);
    }

    [Fact]
    public async Task No_code_is_made_before_somebody_begins_to_use_the_form()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var made = 0;
        visitor.Profile.Request += (_, request) =>
            made += request.Url.Contains("/api/captchas", StringComparison.Ordinal) ? 1 : 0;
        var (_, form) = await OpenAsync(visitor, site);
        await site.HasCountedAsync(site.Path("f"));
        Assert.Equal(0, made);
        await form.Fields[0].FocusAsync();
        await Assertions.Expect(form.Image).ToBeVisibleAsync();
        Assert.True(made > 0, "no code was asked for");
    }

    [Fact]
    public async Task What_was_typed_into_the_plain_form_is_taken_over()
    {
        var site = product.NewSite();
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync(
            "**/portal-form.js",
            async route =>
            {
                await released.Task;
                await route.ContinueAsync();
            }
        );
        await page.GotoAsync(
            site.Put(
                "f",
                """<portal-feedback><form><label>Họ và tên <input id="plain" name="fullName"></label></form></portal-feedback>"""
            ),
            new() { WaitUntil = WaitUntilState.DOMContentLoaded }
        );
        await page.Locator("#plain").FillAsync("Nguyễn Văn An");
        released.SetResult();
        var form = new FeedbackForm(product, page.Locator("portal-feedback"), FormTexts.Vietnamese);
        await Assertions.Expect(form.Fields[4]).ToBeVisibleAsync();
        await Assertions.Expect(form.Fields[0]).ToHaveValueAsync("Nguyễn Văn An");
        await Assertions.Expect(form.Fields[0]).ToBeFocusedAsync();
    }

    private static async Task IsWrongAsync(ILocator field, string words)
    {
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(field).ToHaveAccessibleDescriptionAsync(new Regex($"{words}.*"));
    }

    private async Task<(IPage Page, FeedbackForm Form)> OpenAsync(Visitor visitor, Site site, string language = "vi")
    {
        var page = await visitor.OpenAsync(site.Put("f", "<portal-feedback></portal-feedback>", language: language));
        return (page, new FeedbackForm(product, page.Locator("portal-feedback"), FormTexts.In(language)));
    }
}
