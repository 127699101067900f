using System.Text.Json;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>Wrong input is told by a code, and leaves nothing behind.</summary>
public sealed class ContentBadInputTests(Portals portals)
{
    private const string Play = "https://video.example/1";

    private static readonly string Good = Json(new { title = "Đúng", body = "x" });

    // A client that is refused while it still sends does not know what becomes of its connection, and takes another
    // one.
    private static readonly (string Name, string Value) Alone = ("Connection", "close");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string> Questions =>
        new()
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
            { "articles?page=100001", 400, "invalid_paging" },
            { "articles?page=2147483648&pageSize=100", 400, "invalid_paging" },
            { "articles?page=1&page=2", 400, "invalid_paging" },
            { "articles?page=%00", 400, "invalid_paging" },
            { "articles/khong-co/print", 404, "unknown_article" },
            { "articles/khong-co/print/them", 404, "not_found" },
            { "categories?pageSize=101", 400, "invalid_paging" },
            { "categories/tin", 404, "not_found" },
            { "videos?page=0", 400, "invalid_paging" },
            { "videos?pageSize=101", 400, "invalid_paging" },
            { $"videos/{Guid.Empty}", 404, "not_found" },
            { "lookups?page=-1", 400, "invalid_paging" },
            { "lookups/khong-co", 404, "unknown_lookup" },
            { "lookups/KHONG%20CO?q=x", 404, "unknown_lookup" },
            { "lookups/khong-co?page=0", 400, "invalid_paging" },
            { $"lookups/khong-co?q={new string('x', 1_000)}", 400, "invalid_search" },
            { "feed.atom?category=khong-co", 404, "unknown_category" },
            { "feed.rss?category=%00", 404, "unknown_category" },
            { "feed.json", 404, "not_found" },
            { "sitemap", 404, "not_found" },
        };

    /// <summary>What visitors read of a site, all of which needs a site that is known.</summary>
    public static TheoryData<string> Readable =>
        [
            "articles",
            "articles/mot",
            "articles/mot/print",
            "categories",
            "videos",
            "lookups",
            "lookups/bang",
            "feed.atom",
            "feed.rss",
            "sitemap.xml",
        ];

    public static TheoryData<string, int, string> Bodies =>
        new()
        {
            { "", 400, "invalid_json" },
            { "[]", 400, "invalid_json" },
            { """{"title":"a","body":"b" """, 400, "invalid_json" },
            { """{"title":"a","body":"b","titel":"c"}""", 400, "invalid_fields" },
            { """{"title":"a","body":"b","title":"c"}""", 400, "invalid_json" },
            { """{"title":7,"body":"b"}""", 400, "invalid_json" },
            { """{"title":"a","body":"b","format":"rtf"}""", 400, "invalid_json" },
            { """{"title":"a","body":"b","format":1}""", 400, "invalid_json" },
            { "{}", 400, "invalid_fields" },
            { """{"title":" ","body":"b"}""", 400, "invalid_fields" },
            { """{"title":"a","body":""}""", 400, "invalid_fields" },
            { Json(new { title = new string('x', 301), body = "b" }), 400, "invalid_fields" },
            { Json(new { title = "a", body = new string('x', 200_001) }), 400, "invalid_fields" },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        summary = new string('x', 1_001),
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        author = new string('x', 201),
                    }
                ),
                400,
                "invalid_fields"
            },
            { Json(new { title = "a\u0000", body = "b" }), 400, "invalid_fields" },
            { Json(new { title = "a\nb", body = "b" }), 400, "invalid_fields" },
            { """{"title":"\ud800","body":"b"}""", 400, "invalid_json" },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        coverImage = "javascript:alert(1)",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        coverImage = "//evil.example/x.png",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        coverImage = "data:image/png;base64,AAAA",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        slug = "Có Dấu",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        slug = "a--b",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        category = "khong-co",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        category = "\u0000",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        body = "b",
                        category = "",
                    }
                ),
                400,
                "invalid_fields"
            },
            { Json(new { title = "a", body = new string('x', 2 * 1024 * 1024) }), 413, "body_too_large" },
        };

    public static TheoryData<string, int, string> Videos =>
        new()
        {
            { "", 400, "invalid_json" },
            { "null", 400, "invalid_json" },
            { """{"title":"a","url":"https://v.example/1","length":7}""", 400, "invalid_fields" },
            { """{"title":"a","url":"https://v.example/1","url":"https://v.example/2"}""", 400, "invalid_json" },
            { """{"title":"a","url":"https://v.example/1","durationSeconds":"7"}""", 400, "invalid_json" },
            { """{"title":"a","url":"https://v.example/1","durationSeconds":1.5}""", 400, "invalid_json" },
            { """{"title":"a","url":"https://v.example/1","durationSeconds":99999999999}""", 400, "invalid_json" },
            { """{"title":"a","url":"https://v.example/1","publishedAt":7}""", 400, "invalid_json" },
            { "{}", 400, "invalid_fields" },
            { Json(new { title = " ", url = Play }), 400, "invalid_fields" },
            { Json(new { title = new string('x', 301), url = Play }), 400, "invalid_fields" },
            { Json(new { title = "a\u0007", url = Play }), 400, "invalid_fields" },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        summary = new string('x', 1_001),
                    }
                ),
                400,
                "invalid_fields"
            },
            { Json(new { title = "a", url = "/videos/1" }), 400, "invalid_fields" },
            { Json(new { title = "a", url = "ftp://v.example/1" }), 400, "invalid_fields" },
            { Json(new { title = "a", url = "javascript:alert(1)" }), 400, "invalid_fields" },
            { Json(new { title = "a", url = "https://v.example/\u0000" }), 400, "invalid_fields" },
            { Json(new { title = "a", url = "https://v.example/" + new string('x', 2_048) }), 400, "invalid_fields" },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        thumbnail = "data:image/png;base64,AAAA",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        durationSeconds = -1,
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        durationSeconds = 86_401,
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        publishedAt = "2026-01-01T00:00:00",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        publishedAt = "2999-01-01T00:00:00Z",
                    }
                ),
                400,
                "invalid_fields"
            },
            {
                Json(
                    new
                    {
                        title = "a",
                        url = Play,
                        summary = new string('x', 64 * 1024),
                    }
                ),
                413,
                "body_too_large"
            },
        };

    public static TheoryData<string, int, string> Tables =>
        new()
        {
            { "", 400, "invalid_json" },
            { """{"title":"a","columns":[{"name":"a","title":"A"}],"rows":[],"order":1}""", 400, "invalid_fields" },
            { """{"title":"a","columns":[{"name":"a","title":"A","width":1}],"rows":[]}""", 400, "invalid_fields" },
            { """{"title":"a","columns":{"a":"A"},"rows":[]}""", 400, "invalid_json" },
            { """{"title":"a","columns":[{"name":"a","title":"A"}],"rows":[[1]]}""", 400, "invalid_json" },
            { """{"title":"a","columns":[{"name":"a","title":"A"}],"rows":["1"]}""", 400, "invalid_json" },
            { "{}", 400, "invalid_fields" },
            { Table(title: ""), 400, "invalid_fields" },
            { Table(columns: []), 400, "invalid_fields" },
            { Table(columns: [null]), 400, "invalid_fields" },
            { Table(columns: Columns(13), rows: []), 400, "invalid_fields" },
            {
                Table(columns: [new { name = "a", title = "A" }, new { name = "A", title = "B" }], rows: []),
                400,
                "invalid_fields"
            },
            { Table(columns: [new { name = "1a", title = "A" }]), 400, "invalid_fields" },
            { Table(columns: [new { name = "số", title = "A" }]), 400, "invalid_fields" },
            { Table(columns: [new { name = "a\n", title = "A" }]), 400, "invalid_fields" },
            { Table(columns: [new { name = new string('a', 65), title = "A" }]), 400, "invalid_fields" },
            { Table(columns: [new { name = "a", title = " " }]), 400, "invalid_fields" },
            { Table(columns: [new { title = "A" }]), 400, "invalid_fields" },
            { """{"title":"a","columns":[{"name":"a","title":"A"}]}""", 400, "invalid_fields" },
            { Table(rows: [null]), 400, "invalid_fields" },
            {
                Table(
                    rows:
                    [
                        [],
                    ]
                ),
                400,
                "invalid_fields"
            },
            {
                Table(
                    rows:
                    [
                        ["1", "2"],
                    ]
                ),
                400,
                "invalid_fields"
            },
            {
                Table(
                    rows:
                    [
                        [null],
                    ]
                ),
                400,
                "invalid_fields"
            },
            {
                Table(
                    rows:
                    [
                        ["\u0000"],
                    ]
                ),
                400,
                "invalid_fields"
            },
            {
                Table(
                    rows:
                    [
                        [new string('x', 2_001)],
                    ]
                ),
                400,
                "invalid_fields"
            },
            { Table(rows: [.. Enumerable.Repeat((string?[])["x"], 5_001)]), 400, "invalid_fields" },
            { Table(rows: [.. Enumerable.Repeat((string?[])[new string('x', 2_000)], 1_700)]), 413, "body_too_large" },
        };

    public static TheoryData<string, int, string> Categories =>
        new()
        {
            { "", 400, "invalid_json" },
            { """{"name":"a","parent":"b"}""", 400, "invalid_fields" },
            { """{"name":"a","order":"1"}""", 400, "invalid_json" },
            { """{"name":"a","order":1.5}""", 400, "invalid_json" },
            { "{}", 400, "invalid_fields" },
            { Json(new { name = " " }), 400, "invalid_fields" },
            { Json(new { name = "a\u0000" }), 400, "invalid_fields" },
            { Json(new { name = new string('x', 201) }), 400, "invalid_fields" },
            { Json(new { name = "a", order = -1 }), 400, "invalid_fields" },
            { Json(new { name = "a", order = 1_000_001 }), 400, "invalid_fields" },
            { Json(new { name = new string('x', 64 * 1024) }), 413, "body_too_large" },
            { Json(new { name = new string('x', 16 * 1024) }), 413, "body_too_large" },
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

        var portal = await portals.InAsync(shape);
        foreach (var row in Readable)
        {
            foreach (var site in (string[])["nobody", "NOBODY%20%C4%90", new string('x', 500)])
            {
                Assert.Equal(
                    (row.Data, 404, "unknown_site"),
                    With(row.Data, await portal.Public.GetAsync($"/api/sites/{site}/{row.Data}", Cancel))
                );
            }
            var asked = await portal.Public.PostAsync(
                $"/api/sites/{editor.Site}/{row.Data}",
                "{}",
                "application/json",
                Cancel
            );
            Assert.Equal((row.Data, 405, "method_not_allowed"), With(row.Data, asked));
        }
    }

    [Theory, EveryShape]
    public async Task A_question_that_nothing_answers_finds_nothing(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Một");
        Assert.Equal(201, (int)(await editor.SendAsync(HttpMethod.Put, "lookups/bang", Table())).Status);
        foreach (
            var path in (string[])
                [
                    "articles?page=100000&pageSize=100",
                    "articles?category=khong-co",
                    "articles?category=%00",
                    "articles?category=%FF",
                    "articles?q=...",
                    "articles?q=%00",
                    "articles?q=%22%22&sort=mostViewed",
                    "lookups/bang?q=...",
                    "lookups/bang?q=%2F%2F+-+%22",
                    "lookups/bang?q=%00",
                    "lookups/bang?page=100000&pageSize=100",
                    "videos?page=100000&pageSize=100",
                    "lookups?page=100000&pageSize=100",
                    "categories?page=100000&pageSize=100",
                ]
        )
        {
            var reply = await editor.ReadAsync(path);
            Assert.Equal((path, 200), (path, (int)reply.Status));
            Assert.Empty(reply.Json.GetProperty("items").EnumerateArray());
        }
    }

    [Theory, EveryShape]
    public async Task A_wrong_question_of_an_operator_is_told(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        foreach (var list in (string[])["articles", "categories", "videos", "lookups"])
        {
            foreach (
                var query in (string[])
                    ["page=0", "page=100001", "pageSize=101", "pageSize=x", "page=99999999999999999999"]
            )
            {
                Assert.Equal(
                    (list + query, 400, "invalid_paging"),
                    With(list + query, await editor.SendAsync(HttpMethod.Get, $"{list}?{query}", (string?)null))
                );
            }
            Assert.Equal(
                (list, 405, "method_not_allowed"),
                With(list, await editor.SendAsync(HttpMethod.Patch, list, "{}"))
            );
            var nowhere = await (await portals.InAsync(shape)).SendAsOperatorAsync(
                HttpMethod.Get,
                "nobody",
                list,
                null,
                Cancel
            );
            Assert.Equal((list, 404, "unknown_site"), With(list, nowhere));
        }

        foreach (
            var (path, status, code) in ((string, int, string)[])
                [
                    ($"articles?q={new string('x', 201)}", 400, "invalid_search"),
                    ($"articles/{Guid.Empty}", 404, "unknown_article"),
                    ($"videos/{Guid.Empty}", 404, "unknown_video"),
                    ("videos/1", 404, "not_found"),
                    ("lookups/khong-co", 404, "unknown_lookup"),
                    ("categories/khong-co", 405, "method_not_allowed"),
                ]
        )
        {
            Assert.Equal((path, status, code), With(path, await editor.SendAsync(HttpMethod.Get, path, (string?)null)));
        }
    }

    [Theory, EveryShape]
    public async Task A_wrong_article_is_told_and_leaves_nothing_behind(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = (await editor.SendAsync(HttpMethod.Post, "articles", Good)).Json;
        foreach (var row in Bodies)
        {
            var (body, status, code) = row.Data;
            Assert.Equal(
                (body, status, code),
                With(body, await editor.SendAsync(HttpMethod.Post, "articles", body, Alone))
            );
            var changed = await editor.SendAsync(
                HttpMethod.Put,
                $"articles/{draft.GetProperty("id")}",
                body,
                ("If-Match", "\"1\""),
                Alone
            );
            Assert.Equal((body, status, code), With(body, changed));
        }

        var text = new StringContent(Good, System.Text.Encoding.UTF8, "text/plain");
        Assert.Equal(
            (415, "unsupported_media_type"),
            Outcome(await editor.SendAsync(HttpMethod.Post, "articles", text))
        );
        var list = (await editor.SendAsync(HttpMethod.Get, "articles", (string?)null)).Json;
        Assert.Equal(
            (1, 1),
            (list.GetProperty("total").GetInt32(), list.GetProperty("items")[0].GetProperty("version").GetInt32())
        );
    }

    [Theory, EveryShape]
    public async Task A_wrong_video_is_told_and_leaves_nothing_behind(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var video = (await editor.SendAsync(HttpMethod.Post, "videos", Json(new { title = "Đúng", url = Play }))).Json;
        var path = $"videos/{video.GetProperty("id")}";
        await AssertAllAsync(editor, Videos, HttpMethod.Post, "videos");
        await AssertAllAsync(editor, Videos, HttpMethod.Put, path, ("If-Match", "\"1\""));
        await AssertVersionedAsync(editor, path, Json(new { title = "b", url = Play }), "unknown_video");
        Assert.Equal(
            (404, "unknown_video"),
            Outcome(
                await editor.SendAsync(HttpMethod.Delete, $"videos/{Guid.NewGuid()}", (string?)null, ("If-Match", "*"))
            )
        );
        Assert.Equal(
            (404, "not_found"),
            Outcome(
                await editor.SendAsync(
                    HttpMethod.Put,
                    "videos/1",
                    Json(new { title = "b", url = Play }),
                    ("If-Match", "*")
                )
            )
        );

        var list = (await editor.SendAsync(HttpMethod.Get, "videos", (string?)null)).Json;
        Assert.Equal(
            (1, "Đúng", 1),
            (
                list.GetProperty("total").GetInt32(),
                list.GetProperty("items")[0].GetProperty("title").GetString(),
                list.GetProperty("items")[0].GetProperty("version").GetInt32()
            )
        );
    }

    [Theory, EveryShape]
    public async Task A_wrong_lookup_table_is_told_and_leaves_nothing_behind(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var table = (await editor.SendAsync(HttpMethod.Put, "lookups/bang", Table())).Json.ToString();
        await AssertAllAsync(editor, Tables, HttpMethod.Put, "lookups/moi");
        await AssertAllAsync(editor, Tables, HttpMethod.Put, "lookups/bang", ("If-Match", "\"1\""));
        await AssertVersionedAsync(editor, "lookups/bang", Table(title: "Khác"), "unknown_lookup");
        foreach (var slug in (string[])["Bang", "bang_moi", "b%E1%BA%A3ng", "-bang", new string('x', 121)])
        {
            Assert.Equal(
                (slug, 400, "invalid_fields"),
                With(slug, await editor.SendAsync(HttpMethod.Put, $"lookups/{slug}", Table()))
            );
        }
        Assert.Equal(
            (412, "version_conflict"),
            Outcome(await editor.SendAsync(HttpMethod.Put, "lookups/moi", Table(), ("If-Match", "\"1\"")))
        );
        Assert.Equal(
            (412, "version_conflict"),
            Outcome(await editor.SendAsync(HttpMethod.Put, "lookups/bang", Table(), ("If-None-Match", "*")))
        );
        Assert.Equal(
            (404, "unknown_lookup"),
            Outcome(await editor.SendAsync(HttpMethod.Delete, "lookups/moi", (string?)null, ("If-Match", "*")))
        );

        Assert.Equal(
            1,
            (await editor.SendAsync(HttpMethod.Get, "lookups", (string?)null)).Json.GetProperty("total").GetInt32()
        );
        Assert.Equal(table, (await editor.SendAsync(HttpMethod.Get, "lookups/bang", (string?)null)).Json.ToString());
    }

    [Theory, EveryShape]
    public async Task A_wrong_category_is_told_and_leaves_nothing_behind(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        Assert.Equal(
            201,
            (int)(await editor.SendAsync(HttpMethod.Put, "categories/tin", Json(new { name = "Tin" }))).Status
        );
        await editor.PublishedAsync("Một", category: "tin");
        await AssertAllAsync(editor, Categories, HttpMethod.Put, "categories/moi");
        await AssertAllAsync(editor, Categories, HttpMethod.Put, "categories/tin");
        foreach (var slug in (string[])["Tin", "tin_moi", "-", new string('x', 121)])
        {
            Assert.Equal(
                (slug, 400, "invalid_fields"),
                With(slug, await editor.SendAsync(HttpMethod.Put, $"categories/{slug}", Json(new { name = "a" })))
            );
        }
        Assert.Equal(
            (405, "method_not_allowed"),
            Outcome(await editor.SendAsync(HttpMethod.Post, "categories", Json(new { name = "a" })))
        );
        Assert.Equal(
            (409, "name_taken"),
            Outcome(await editor.SendAsync(HttpMethod.Delete, "categories/tin", (string?)null))
        );
        Assert.Equal(
            (404, "unknown_category"),
            Outcome(await editor.SendAsync(HttpMethod.Delete, "categories/moi", (string?)null))
        );

        var list = (await editor.SendAsync(HttpMethod.Get, "categories", (string?)null)).Json;
        Assert.Equal(
            """[{"slug":"tin","name":"Tin","order":0,"articles":1}]""",
            list.GetProperty("items").GetRawText()
        );
    }

    [Theory, EveryShape]
    public async Task Mistakes_are_named_field_by_field_in_the_language_that_was_asked_for(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var body = Json(
            new
            {
                title = "",
                body = "b",
                coverImage = "x",
            }
        );
        var vietnamese = (await editor.SendAsync(HttpMethod.Post, "articles", body)).Json.GetProperty("errors");
        Assert.Equal("Bắt buộc nhập.", vietnamese.GetProperty("title")[0].GetString());
        var english = (
            await editor.SendAsync(HttpMethod.Post, "articles", body, ("Accept-Language", "en"))
        ).Json.GetProperty("errors");
        Assert.Equal("Required.", english.GetProperty("title")[0].GetString());
        Assert.Equal(
            ["coverImage", "title"],
            english.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)
        );
    }

    [Theory, EveryShape]
    public async Task A_wrong_step_is_told(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = (await editor.SendAsync(HttpMethod.Post, "articles", Good)).Json;
        var path = $"articles/{draft.GetProperty("id")}";
        var match = ("If-Match", "\"1\"");
        foreach (
            var at in (string[])
                ["tomorrow", "2026-01-01", "2026-01-01T00:00:00", "1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]
        )
        {
            Assert.Equal(
                (at, 400, "invalid_publication"),
                With(
                    at,
                    await editor.SendAsync(HttpMethod.Post, $"{path}/publish", Json(new { publishAt = at }), match)
                )
            );
        }
        Assert.Equal(
            (428, "if_match_required"),
            Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null))
        );
        Assert.Equal(
            (412, "version_conflict"),
            Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null, ("If-Match", "\"7\"")))
        );
        Assert.Equal(
            (409, "illegal_state"),
            Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/withdraw", (string?)null, match))
        );
        Assert.Equal(
            (404, "unknown_article"),
            Outcome(await editor.SendAsync(HttpMethod.Post, $"articles/{Guid.NewGuid()}/publish", (string?)null, match))
        );
        Assert.Equal(
            (404, "not_found"),
            Outcome(await editor.SendAsync(HttpMethod.Post, "articles/1/publish", (string?)null, match))
        );
        Assert.Equal(
            (400, "invalid_state"),
            Outcome(await editor.SendAsync(HttpMethod.Get, "articles?state=lost", (string?)null))
        );
        Assert.Equal(
            (400, "invalid_state"),
            Outcome(await editor.SendAsync(HttpMethod.Get, "articles?state=1", (string?)null))
        );

        var published = (await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null, match)).Json;
        match = ("If-Match", $"\"{published.GetProperty("version")}\"");
        Assert.Equal(
            (409, "illegal_state"),
            Outcome(await editor.SendAsync(HttpMethod.Post, $"{path}/publish", (string?)null, match))
        );
        Assert.Equal(
            (409, "illegal_state"),
            Outcome(await editor.SendAsync(HttpMethod.Delete, path, (string?)null, match))
        );
    }

    [Theory, EveryShape]
    public async Task What_could_do_harm_in_a_page_is_taken_out_and_its_text_stays(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        const string Evil = """
            <font>bảy</font><p onclick="steal()">một <a href="javascript:steal()">hai</a> <a href=" java&#x0A;script:steal()">ba</a> <a href="data:text/html,x">bốn</a></p>
            <script>steal()</script><style>p{}</style><svg onload="steal()"><a href="x">s</a></svg><iframe src="https://evil.example"></iframe>
            <img src="x" onerror="steal()"><form action="https://evil.example"><input name="p"></form><div style="position:fixed">năm</div>
            <a href="https://portal.example/a?b=1&amp;c=2" target="_blank">sáu</a><math><mtext><table><mglyph><style><img src=x onerror=steal()></style></mglyph></table></mtext></math>
            <noscript><p title="</noscript><img src=x onerror=steal()>"></noscript>
            """;
        foreach (var format in (string[])["html", "markdown"])
        {
            var draft = (
                await editor.SendAsync(
                    HttpMethod.Post,
                    "articles",
                    Json(
                        new
                        {
                            title = "Thử",
                            body = Evil,
                            format,
                        }
                    )
                )
            ).Json;
            var html = draft.GetProperty("html").GetString()!;
            Assert.DoesNotMatch("(?i)steal|script|onclick|onerror|onload|style|iframe|form|input|svg|math|data:", html);
            Assert.All(
                (string[])["một", "hai", "ba", "bốn", "năm", "sáu", "bảy"],
                word => Assert.Contains(word, html, StringComparison.Ordinal)
            );
            Assert.Contains("href=\"https://portal.example/a?b=1&amp;c=2\"", html, StringComparison.Ordinal);
            Assert.Equal(Evil, draft.GetProperty("body").GetString());
        }
    }

    /// <summary>Each body with what it is answered, which is the same whatever its kind of length.</summary>
    private static async Task AssertAllAsync(
        Editor editor,
        TheoryData<string, int, string> bodies,
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        foreach (var row in bodies)
        {
            var (body, status, code) = row.Data;
            Assert.Equal(
                (body, status, code),
                With(body, await editor.SendAsync(method, path, body, [.. headers, Alone]))
            );
            Assert.Equal(
                (body, status, code),
                With(
                    body,
                    await editor.SendAsync(method, path, body, [.. headers, Alone, ("Transfer-Encoding", "chunked")])
                )
            );
        }

        foreach (var type in (string[])["text/plain", "application/xml", "multipart/form-data; boundary=x"])
        {
            using var wrong = new ByteArrayContent("{}"u8.ToArray());
            wrong.Headers.TryAddWithoutValidation("Content-Type", type);
            Assert.Equal(
                (type, 415, "unsupported_media_type"),
                With(type, await editor.SendAsync(method, path, wrong, headers))
            );
        }
    }

    /// <summary>
    /// Neither changed nor deleted without the version that was read, or with another one; it is at version 1.
    /// </summary>
    private static async Task AssertVersionedAsync(Editor editor, string path, string body, string unknown)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Put, HttpMethod.Delete])
        {
            var content = method == HttpMethod.Put ? body : null;
            Assert.Equal((428, "if_match_required"), Outcome(await editor.SendAsync(method, path, content)));
            foreach (var stale in (string[])["\"0\"", "\"2\"", "W/\"1\"", "\"one\"", "\"01\""])
            {
                Assert.Equal(
                    (stale, 412, "version_conflict"),
                    With(stale, await editor.SendAsync(method, path, content, ("If-Match", stale)))
                );
            }
        }

        Assert.NotEqual(unknown, (await editor.SendAsync(HttpMethod.Get, path, (string?)null)).Code);
    }

    private static string Table(string title = "Bảng", object?[]? columns = null, string?[]?[]? rows = null) =>
        Json(
            new
            {
                title,
                columns = columns ?? Columns(1),
                rows = rows
                    ??
                    [
                        ["một"],
                    ],
            }
        );

    private static object[] Columns(int count) =>
        [.. Enumerable.Range(1, count).Select(n => new { name = $"c{n}", title = $"Cột {n}" })];

    private static string Json(object value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    private static (int Status, string? Code) Outcome(PortalServices.Testing.Portal.Reply reply) =>
        ((int)reply.Status, reply.Code);

    private static (string Of, int Status, string? Code) With(string of, PortalServices.Testing.Portal.Reply reply) =>
        (of, (int)reply.Status, reply.Code);
}
