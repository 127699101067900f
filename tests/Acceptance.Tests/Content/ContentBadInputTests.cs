using System.Text.Json;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>Wrong input is told by a code, and leaves nothing behind.</summary>
public sealed class ContentBadInputTests(Portals portals)
{
    private static readonly string Good = Json(new { title = "Đúng", body = "x" });

    // A client that is refused while it still sends does not know what becomes of its connection, and takes another one.
    private static readonly (string Name, string Value) Alone = ("Connection", "close");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string> Questions => new()
    {
        { "articles/khong-co", 404, "unknown_article" },
        { "articles/KHONG%20CO", 404, "unknown_article" },
        { "articles?pageSize=0", 400, "invalid_paging" },
        { "articles?pageSize=1000", 400, "invalid_paging" },
        { "articles?page=0", 400, "invalid_paging" },
        { "articles?page=-1", 400, "invalid_paging" },
        { "articles?page=1.5", 400, "invalid_paging" },
        { "articles?page=99999999999999999999", 400, "invalid_paging" },
        { "articles?sort=oldest", 400, "invalid_sort" },
        { $"articles?q={new string('x', 201)}", 400, "invalid_search" },
        { $"articles?q={new string('x', 1_000)}", 400, "invalid_search" },
        { "categories?pageSize=101", 400, "invalid_paging" },
    };

    public static TheoryData<string, int, string> Bodies => new()
    {
        { "", 400, "invalid_json" },
        { "[]", 400, "invalid_json" },
        { """{"title":"a","body":"b" """, 400, "invalid_json" },
        { """{"title":"a","body":"b","titel":"c"}""", 400, "invalid_json" },
        { """{"title":"a","body":"b","title":"c"}""", 400, "invalid_json" },
        { """{"title":7,"body":"b"}""", 400, "invalid_json" },
        { """{"title":"a","body":"b","format":"rtf"}""", 400, "invalid_json" },
        { """{"title":"a","body":"b","format":1}""", 400, "invalid_json" },
        { "{}", 400, "invalid_fields" },
        { """{"title":" ","body":"b"}""", 400, "invalid_fields" },
        { """{"title":"a","body":""}""", 400, "invalid_fields" },
        { Json(new { title = new string('x', 301), body = "b" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = new string('x', 200_001) }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", summary = new string('x', 1_001) }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", author = new string('x', 201) }), 400, "invalid_fields" },
        { Json(new { title = "a\u0000", body = "b" }), 400, "invalid_fields" },
        { Json(new { title = "a\nb", body = "b" }), 400, "invalid_fields" },
        { """{"title":"\ud800","body":"b"}""", 400, "invalid_json" },
        { Json(new { title = "a", body = "b", coverImage = "javascript:alert(1)" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", coverImage = "//evil.example/x.png" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", coverImage = "data:image/png;base64,AAAA" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", slug = "Có Dấu" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", slug = "a--b" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = "b", category = "khong-co" }), 400, "invalid_fields" },
        { Json(new { title = "a", body = new string('x', 1024 * 1024) }), 413, "body_too_large" },
    };

    [Theory, EveryShape]
    public async Task A_wrong_question_is_told(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        foreach (var row in Questions)
        {
            var reply = await editor.ReadAsync(row.Data.Item1);
            Assert.Equal(row.Data, (row.Data.Item1, (int)reply.Status, reply.Code!));
        }

        Assert.Equal((404, "unknown_site"), Outcome(await (await portals.InAsync(shape)).Public.GetAsync("/api/sites/nobody/articles", Cancel)));
    }

    [Theory, EveryShape]
    public async Task A_wrong_article_is_told_and_leaves_nothing_behind(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = (await editor.SendAsync(HttpMethod.Post, "articles", Good)).Json;
        foreach (var row in Bodies)
        {
            var (body, status, code) = row.Data;
            Assert.Equal((body, status, code), With(body, await editor.SendAsync(HttpMethod.Post, "articles", body, Alone)));
            var changed = await editor.SendAsync(HttpMethod.Put, $"articles/{draft.GetProperty("id")}", body, ("If-Match", "\"1\""), Alone);
            Assert.Equal((body, status, code), With(body, changed));
        }

        var text = new StringContent(Good, System.Text.Encoding.UTF8, "text/plain");
        Assert.Equal((415, "unsupported_media_type"), Outcome(await editor.SendAsync(HttpMethod.Post, "articles", text)));
        var list = (await editor.SendAsync(HttpMethod.Get, "articles", (string?)null)).Json;
        Assert.Equal((1, 1), (list.GetProperty("total").GetInt32(), list.GetProperty("items")[0].GetProperty("version").GetInt32()));
    }

    [Theory, EveryShape]
    public async Task Mistakes_are_named_field_by_field_in_the_language_that_was_asked_for(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var body = Json(new { title = "", body = "b", coverImage = "x" });
        var vietnamese = (await editor.SendAsync(HttpMethod.Post, "articles", body)).Json.GetProperty("errors");
        Assert.Equal("Bắt buộc nhập.", vietnamese.GetProperty("title")[0].GetString());
        var english = (await editor.SendAsync(HttpMethod.Post, "articles", body, ("Accept-Language", "en"))).Json.GetProperty("errors");
        Assert.Equal("Required.", english.GetProperty("title")[0].GetString());
        Assert.Equal(["coverImage", "title"], english.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Theory, EveryShape]
    public async Task A_wrong_step_is_told(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = (await editor.SendAsync(HttpMethod.Post, "articles", Good)).Json;
        var path = $"articles/{draft.GetProperty("id")}";
        var match = ("If-Match", "\"1\"");
        foreach (var at in (string[])["tomorrow", "2026-01-01", "2026-01-01T00:00:00", "1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
            Assert.Equal((at, 400, "invalid_publication"), With(at, await editor.SendAsync(HttpMethod.Post, $"{path}/publish", Json(new { publishAt = at }), match)));
        Assert.Equal((428, "if_match_required"), Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null)));
        Assert.Equal((412, "version_conflict"), Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null, ("If-Match", "\"7\""))));
        Assert.Equal((409, "illegal_state"), Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/withdraw", (string?)null, match)));
        Assert.Equal((404, "unknown_article"), Outcome(await editor.SendAsync(HttpMethod.Post, $"articles/{Guid.NewGuid()}/publish", (string?)null, match)));
        Assert.Equal((404, "not_found"), Outcome(await editor.SendAsync(HttpMethod.Post, "articles/1/publish", (string?)null, match)));
        Assert.Equal((400, "invalid_state"), Outcome(await editor.SendAsync(HttpMethod.Get, "articles?state=lost", (string?)null)));
        Assert.Equal((400, "invalid_state"), Outcome(await editor.SendAsync(HttpMethod.Get, "articles?state=1", (string?)null)));

        var published = (await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null, match)).Json;
        match = ("If-Match", $"\"{published.GetProperty("version")}\"");
        Assert.Equal((409, "illegal_state"), Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null, match)));
        Assert.Equal((409, "illegal_state"), Outcome(await editor.SendAsync(HttpMethod.Delete, path, (string?)null, match)));
    }

    [Theory, EveryShape]
    public async Task What_could_do_harm_in_a_page_is_taken_out_and_its_text_stays(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        const string Evil =
            """
            <font>bảy</font><p onclick="steal()">một <a href="javascript:steal()">hai</a> <a href=" java&#x0A;script:steal()">ba</a> <a href="data:text/html,x">bốn</a></p>
            <script>steal()</script><style>p{}</style><svg onload="steal()"><a href="x">s</a></svg><iframe src="https://evil.example"></iframe>
            <img src="x" onerror="steal()"><form action="https://evil.example"><input name="p"></form><div style="position:fixed">năm</div>
            <a href="https://portal.example/a?b=1&amp;c=2" target="_blank">sáu</a><math><mtext><table><mglyph><style><img src=x onerror=steal()></style></mglyph></table></mtext></math>
            <noscript><p title="</noscript><img src=x onerror=steal()>"></noscript>
            """;
        foreach (var format in (string[])["html", "markdown"])
        {
            var draft = (await editor.SendAsync(HttpMethod.Post, "articles", Json(new { title = "Thử", body = Evil, format }))).Json;
            var html = draft.GetProperty("html").GetString()!;
            Assert.DoesNotMatch("(?i)steal|script|onclick|onerror|onload|style|iframe|form|input|svg|math|data:", html);
            Assert.All((string[])["một", "hai", "ba", "bốn", "năm", "sáu", "bảy"], word => Assert.Contains(word, html, StringComparison.Ordinal));
            Assert.Contains("href=\"https://portal.example/a?b=1&amp;c=2\"", html, StringComparison.Ordinal);
            Assert.Equal(Evil, draft.GetProperty("body").GetString());
        }
    }

    private static string Json(object value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    private static (int Status, string? Code) Outcome(PortalServices.Testing.Portal.Reply reply) => ((int)reply.Status, reply.Code);

    private static (string Of, int Status, string? Code) With(string of, PortalServices.Testing.Portal.Reply reply) => (of, (int)reply.Status, reply.Code);
}
