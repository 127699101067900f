using System.Text.Json.Nodes;

namespace PortalServices.Portal.Tests;

/// <summary>The forms as they work without scripts.</summary>
public sealed class FormTests
{
    private static readonly Dictionary<string, string> Typed = new()
    {
        ["fullName"] = "Nguyễn Văn An",
        ["email"] = "an@example.vn",
        ["phone"] = "",
        ["category"] = "hoc-phi",
        ["title"] = "Hỏi về học phí",
        ["content"] = "Dòng một\r\nDòng hai",
        ["page"] = "/articles/mot",
    };

    private static Dictionary<string, string> With(params (string Name, string Value)[] more)
    {
        var form = new Dictionary<string, string>(Typed);
        foreach (var (name, value) in more)
        {
            form[name] = value;
        }
        return form;
    }

    private static Dictionary<string, string> Coded(params (string Name, string Value)[] more) =>
        With([("captcha.id", "ma-1"), ("captcha.answer", "7HM4TW"), ("idempotencyKey", "5f0c8e9a4b570190"), .. more]);

    [Fact]
    public async Task The_first_step_asks_for_a_code_and_keeps_what_was_typed()
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.PostAsync("/gop-y", Typed);
        Assert.Equal((200, "no-store"), ((int)reply.StatusCode, reply.Headers.CacheControl!.ToString()));
        using var page = await PortalApp.ReadAsync(reply);
        foreach (var (name, value) in Typed)
        {
            var field = page.QuerySelector($"[name={name}]")!;
            Assert.Equal(
                value.ReplaceLineEndings("\n"),
                field switch
                {
                    AngleSharp.Html.Dom.IHtmlTextAreaElement area => area.Value.ReplaceLineEndings("\n"),
                    AngleSharp.Html.Dom.IHtmlSelectElement select => select.Value,
                    _ => field.GetAttribute("value"),
                }
            );
        }
        Assert.Equal("ma-1", page.QuerySelector("[name='captcha.id']")!.GetAttribute("value"));
        Assert.Equal("/api/captchas/ma-1/image.png", page.QuerySelector("form img")!.GetAttribute("src"));
        Assert.Matches("^[0-9a-f]{32}$", page.QuerySelector("[name=idempotencyKey]")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelector(".similar details"));
    }

    [Fact]
    public async Task Feedback_that_is_taken_leads_to_the_page_of_its_receipt()
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.PostAsync(
            "/gop-y?lang=en",
            Coded(),
            ("X-Forwarded-For", "203.0.113.9"),
            ("User-Agent", "Trình duyệt"),
            ("Origin", "https://portal.example")
        );
        Assert.Equal(303, (int)reply.StatusCode);
        Assert.Equal("/theo-doi?receipt=7KQ2-M0XA-T9RD&new=1&lang=en", reply.Headers.Location!.OriginalString);
        var sent = Assert.Single(app.Services.Posted);
        Assert.Equal(
            ("/api/sites/sonla/feedback", "203.0.113.9", "en", "5f0c8e9a4b570190"),
            (sent.Path, sent.Client, sent.Language, sent.Key)
        );
        Assert.Equal("Trình duyệt", sent.UserAgent);
        Assert.Equal("Dòng một\nDòng hai", (string?)sent.Body!["content"]);
        Assert.Equal("ma-1", (string?)sent.Body!["captcha"]!["id"]);
        Assert.False(sent.Body!.AsObject().ContainsKey("phone"));

        using var receipt = await app.PageAsync("/theo-doi?receipt=7KQ2-M0XA-T9RD&new=1");
        Assert.Equal("7KQ2-M0XA-T9RD", receipt.QuerySelector(".receipt")!.TextContent);
        Assert.Equal("/theo-doi", receipt.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Mistakes_stand_beside_their_fields_and_nothing_typed_is_lost()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Refusals.Enqueue(
            (
                400,
                new JsonObject
                {
                    ["title"] = "Có trường chưa đúng.",
                    ["code"] = "invalid_fields",
                    ["errors"] = new JsonObject
                    {
                        ["title"] = new JsonArray("Tối đa 200 ký tự."),
                        ["email"] = new JsonArray("Địa chỉ thư điện tử."),
                    },
                }
            )
        );
        var longText = new string('ă', 10_000);
        using var reply = await app.PostAsync("/gop-y", Coded(("title", longText)));
        Assert.Equal(400, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        var title = page.QuerySelector("[name=title]")!;
        Assert.Equal(("true", longText), (title.GetAttribute("aria-invalid"), title.GetAttribute("value")));
        Assert.Equal("Tối đa 200 ký tự.", page.GetElementById(title.GetAttribute("aria-describedby")!)!.TextContent);
        Assert.Equal(
            ["Thư điện tử: Địa chỉ thư điện tử.", "Tiêu đề: Tối đa 200 ký tự."],
            page.QuerySelectorAll(".notice.bad li").Select(each => each.TextContent).Order(StringComparer.Ordinal)
        );
        // Fields are looked at before the code, which is still good.
        Assert.Equal("ma-1", page.QuerySelector("[name='captcha.id']")!.GetAttribute("value"));
        Assert.Equal("7HM4TW", page.QuerySelector("[name='captcha.answer']")!.GetAttribute("value"));
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("ma-1", 413)]
    public async Task Ten_thousand_letters_in_each_field_come_back(string captcha, int status)
    {
        await using var app = await PortalApp.StartAsync();
        string[] fields = ["fullName", "email", "phone", "title", "content"];
        var letters = new string('ế', 10_000);
        using var reply = await app.PostAsync(
            "/gop-y",
            Coded([.. fields.Select(field => (field, letters)), ("captcha.id", captcha)])
        );
        Assert.Equal(status, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.All(
            fields,
            field =>
            {
                var typed = page.QuerySelector($"[name={field}]")!;
                Assert.Equal(letters, typed.GetAttribute("value") ?? typed.TextContent);
            }
        );
        Assert.Equal(
            status == 413,
            page.QuerySelector("[role=alert]")?.TextContent.Contains("dài quá", StringComparison.Ordinal) is true
        );
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=a", 415)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8", 200)]
    public async Task A_form_is_one_as_browsers_send_it(string type, int status)
    {
        await using var app = await PortalApp.StartAsync();
        using var body = new StringContent("fullName=An");
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        using var reply = await app.PostBodyAsync("/gop-y", body);
        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Fact]
    public async Task A_form_of_too_many_fields_is_refused()
    {
        await using var app = await PortalApp.StartAsync();
        using var body = new StringContent(
            string.Join('&', Enumerable.Range(0, 2_000).Select(i => $"a{i}=1")),
            System.Text.Encoding.UTF8,
            "application/x-www-form-urlencoded"
        );
        using var reply = await app.PostBodyAsync("/gop-y", body);
        Assert.Equal(400, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData("/gop-y", "--Edge:FeedbackPerMinute=1")]
    [InlineData("/articles/mot/danh-gia", "--Edge:RatingsPerMinute=1")]
    public async Task Forms_of_another_website_use_up_nobodys_share(string path, string limit)
    {
        await using var app = await PortalApp.StartAsync(limit);
        var form = Coded(("helpful", "true"));
        for (var i = 0; i < 3; i++)
        {
            using var foreign = await app.PostAsync(path, form, ("Origin", "https://evil.example"));
            Assert.Equal(403, (int)foreign.StatusCode);
        }
        using var own = await app.PostAsync(path, form);
        Assert.Equal(303, (int)own.StatusCode);
    }

    [Theory]
    [InlineData("post")]
    [InlineData("captchas")]
    public async Task A_form_comes_back_before_the_edge_gives_it_up_whatever_hangs(string hung)
    {
        // The edge's own time, which no test moves, is far away.
        await using var app = await PortalApp.StartAsync("--Edge:RequestTimeout=00:01:00");
        app.Services.Hung.UnionWith([hung, "stats", "feedback"]);
        var form = hung == "post" ? Coded() : Typed;
        using var reply = await app.WaitForAsync(app.PostAsync("/gop-y", form), most: TimeSpan.FromSeconds(10));
        Assert.Equal(503, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("Hỏi về học phí", page.QuerySelector("[name=title]")!.GetAttribute("value"));
        if (hung == "post")
        {
            // It may have been taken: the same key finds it.
            Assert.Equal("5f0c8e9a4b570190", page.QuerySelector("[name=idempotencyKey]")!.GetAttribute("value"));
        }
    }

    [Fact]
    public async Task The_second_step_says_what_is_left_and_leads_there()
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.PostAsync("/gop-y", Typed);
        using var page = await PortalApp.ReadAsync(reply);
        var link = page.QuerySelector("[role=status] a")!.GetAttribute("href")!;
        Assert.Equal("captcha.answer", page.QuerySelector(link)!.GetAttribute("name"));
    }

    [Fact]
    public async Task A_rating_of_an_article_that_has_moved_leads_to_where_it_is()
    {
        await using var app = await PortalApp.StartAsync();
        using var taken = await app.PostAsync("/articles/cu/danh-gia", new() { ["helpful"] = "true" });
        using var moved = await app.GetAsync(taken.Headers.Location!.OriginalString);
        Assert.Equal((303, "/articles/mot/danh-gia"), ((int)moved.StatusCode, moved.Headers.Location!.OriginalString));
        using var thanks = await app.GetAsync(moved.Headers.Location.OriginalString);
        Assert.Equal(200, (int)thanks.StatusCode);
    }

    [Fact]
    public async Task A_wrong_code_brings_a_new_one_under_the_same_key()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Refusals.Enqueue(
            (400, new JsonObject { ["title"] = "Mã chưa đúng.", ["code"] = "captcha_wrong" })
        );
        using var reply = await app.PostAsync("/gop-y", Coded());
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("ma-2", page.QuerySelector("[name='captcha.id']")!.GetAttribute("value"));
        Assert.Equal("", page.QuerySelector("[name='captcha.answer']")!.GetAttribute("value") ?? "");
        Assert.Equal("5f0c8e9a4b570190", page.QuerySelector("[name=idempotencyKey]")!.GetAttribute("value"));
        Assert.Equal("Mã chưa đúng.", page.QuerySelector(".form .error")!.TextContent);
    }

    [Theory]
    [InlineData("post")]
    [InlineData("captchas")]
    public async Task While_the_service_is_away_what_was_typed_is_kept(string away)
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Away.Add(away);
        using var reply = await app.PostAsync("/gop-y", away == "post" ? Coded() : Typed);
        Assert.NotEqual(200, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("Hỏi về học phí", page.QuerySelector("[name=title]")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelector(".notice.bad"));
    }

    [Theory]
    [InlineData("https://evil.example", 403, "foreign_origin")]
    [InlineData("null", 403, "foreign_origin")]
    public async Task A_form_of_another_website_is_refused(string origin, int status, string code)
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.PostAsync("/gop-y", Coded(), ("Origin", origin), ("Accept", PortalApp.Browser));
        Assert.Equal(status, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal(code, page.QuerySelector("code")!.TextContent);
        Assert.Empty(app.Services.Posted);
    }

    [Fact]
    public async Task A_rating_leads_to_thanks_and_a_refused_one_says_why()
    {
        await using var app = await PortalApp.StartAsync();
        using var taken = await app.PostAsync(
            "/articles/mot/danh-gia",
            new() { ["helpful"] = "false", ["words"] = " Thiếu mẫu đơn. " },
            ("X-Forwarded-For", "203.0.113.9")
        );
        Assert.Equal("/articles/mot/danh-gia", taken.Headers.Location!.OriginalString);
        var sent = Assert.Single(app.Services.Posted);
        Assert.Equal(("/api/sites/sonla/articles/mot/rating", "203.0.113.9"), (sent.Path, sent.Client));
        Assert.Equal("""{"helpful":false,"words":"Thiếu mẫu đơn."}""", JsonOf(sent.Body!));

        app.Services.Refusals.Enqueue(
            (400, new JsonObject { ["title"] = "Có trường chưa đúng.", ["code"] = "invalid_fields" })
        );
        using var refused = await app.PostAsync(
            "/articles/mot/danh-gia",
            new() { ["helpful"] = "false", ["words"] = "Thiếu" }
        );
        Assert.Equal(400, (int)refused.StatusCode);
        using var page = await PortalApp.ReadAsync(refused);
        Assert.Equal("invalid_fields", page.QuerySelector("code")!.TextContent);
        Assert.Equal("Thiếu", page.QuerySelector("[name=words]")!.TextContent);
        using var unsaid = await app.PostAsync("/articles/mot/danh-gia", new() { ["words"] = "Còn đây" });
        using var again = await PortalApp.ReadAsync(unsaid);
        Assert.Equal((400, "Còn đây"), ((int)unsaid.StatusCode, again.QuerySelector("[name=words]")!.TextContent));
    }

    [Fact]
    public async Task An_article_that_was_deleted_while_it_was_read_takes_no_rating_and_the_words_stay()
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.PostAsync(
            "/articles/da-xoa/danh-gia",
            new() { ["helpful"] = "true", ["words"] = "Còn đây" }
        );
        Assert.Equal(404, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("unknown_article", page.QuerySelector("code")!.TextContent);
        Assert.Equal("Còn đây", page.QuerySelector("[name=words]")!.TextContent);
    }

    [Fact]
    public async Task What_answers_a_form_has_no_link_that_would_lose_what_was_typed()
    {
        await using var app = await PortalApp.StartAsync();
        using var before = await app.PageAsync("/gop-y");
        Assert.NotNull(before.QuerySelector("a.language"));
        using var reply = await app.PostAsync("/gop-y", Typed);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Null(page.QuerySelector("a.language"));
    }

    [Theory]
    [InlineData("/gop-y", "--Edge:FeedbackPerMinute=1")]
    [InlineData("/articles/mot/danh-gia", "--Edge:RatingsPerMinute=1")]
    public async Task A_form_that_comes_too_often_takes_nothing_and_keeps_what_was_typed(string path, string limit)
    {
        await using var app = await PortalApp.StartAsync(limit);
        var form = Coded(("helpful", "true"), ("words", "Còn đây"), ("content", "Còn đây"));
        using var first = await app.PostAsync(path, form);
        Assert.Equal(303, (int)first.StatusCode);
        using var second = await app.PostAsync(path, form);
        Assert.Equal(429, (int)second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter);
        using var page = await PortalApp.ReadAsync(second);
        Assert.Equal("Còn đây", page.QuerySelector("textarea")!.TextContent);
        Assert.Single(app.Services.Posted);
    }

    [Theory]
    [InlineData("\r\nX-Evil: a")]
    [InlineData("\r\nContent-Length: 0\r\n\r\nPOST /api/captchas HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\n")]
    public async Task No_field_reaches_into_the_head_of_a_request(string attack)
    {
        await using var app = await PortalApp.StartAsync("--Edge:FeedbackPerMinute=0");
        foreach (
            var field in new[]
            {
                "fullName",
                "email",
                "phone",
                "category",
                "title",
                "content",
                "page",
                "idempotencyKey",
                "captcha.id",
                "captcha.answer",
                "website",
            }
        )
        {
            app.Services.Posted.Clear();
            using var reply = await app.PostAsync("/gop-y", Coded((field, $"5f0c8e9a4b570190{attack}")));
            var sent = Assert.Single(app.Services.Posted);
            Assert.Equal("/api/sites/sonla/feedback", sent.Path);
            Assert.False(sent.HasEvil);
            Assert.Matches("^[0-9a-f]{16,32}$", sent.Key!);
        }
    }

    [Fact]
    public async Task The_other_language_shows_the_same_receipt()
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync("/theo-doi?receipt=7KQ2-M0XA-T9RD&new=1");
        using var other = await app.PageAsync(page.QuerySelector("a.language")!.GetAttribute("href")!);
        Assert.Equal(
            ("en", "7KQ2-M0XA-T9RD"),
            (other.DocumentElement.GetAttribute("lang"), other.QuerySelector(".receipt")!.TextContent)
        );
    }

    [Theory]
    [InlineData("/theo-doi?receipt=7KQ2-M0XA-T9RD&new=1", "/theo-doi")]
    [InlineData("/tim-kiem?q=hoc", "/tim-kiem")]
    [InlineData("/hoi-dap?q=hoc", "/hoi-dap")]
    public async Task No_receipt_and_no_searched_word_is_part_of_a_page_that_is_counted(string path, string counted)
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync(path);
        Assert.NotNull(page.QuerySelector("script[data-site]"));
        Assert.Equal(counted, page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_receipt_is_asked_for_the_visitor_and_kept_nowhere()
    {
        await using var app = await PortalApp.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            using var reply = await app.GetAsync(
                "/theo-doi?receipt=7KQ2-M0XA-T9RD",
                ("X-Forwarded-For", "203.0.113.9")
            );
            Assert.Equal(
                ("no-store", "strict-origin"),
                (reply.Headers.CacheControl!.ToString(), reply.Headers.GetValues("Referrer-Policy").Single())
            );
        }
        Assert.Equal(["203.0.113.9", "203.0.113.9"], app.Services.Read.Select(each => each.Client));
        foreach (var none in new[] { new string('A', 65), new string('"', 13_000) })
        {
            using var unknown = await app.GetAsync("/theo-doi?receipt=" + none);
            Assert.Equal(404, (int)unknown.StatusCode);
        }
        Assert.Equal(2, app.Services.Read.Count);
    }

    private static string JsonOf(JsonNode node) =>
        node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
