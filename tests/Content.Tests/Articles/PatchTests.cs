using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>Changes of single fields, and what editors' programs send.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class PatchTests(ContentApps apps) : IClassFixture<ContentApps>
{
    [Theory]
    [EveryDatabase]
    public async Task A_merge_patch_changes_what_it_names_and_nothing_else(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(
            site,
            "Một",
            "Nội dung.",
            more: new
            {
                summary = "Tóm tắt",
                author = "An",
                coverAlt = "Ảnh",
            }
        );

        var patched = (
            await app.EditAsync(
                HttpMethod.Patch,
                site,
                $"articles/{article.Id}",
                """{"title":"Hai","author":null}""",
                article.Tag
            )
        ).Is(HttpStatusCode.OK);

        Assert.Equal(
            ("Hai", "Nội dung.", "Tóm tắt", "", "Ảnh", "mot", "\"3\""),
            (
                Field("title"),
                Field("body"),
                Field("summary"),
                Field("author"),
                Field("coverAlt"),
                Field("slug"),
                patched.Tag
            )
        );
        Assert.Equal("Hai", (await app.GetAsync(site, "articles/mot")).Json.GetProperty("title").GetString());

        string? Field(string name) => patched.Json.GetProperty(name).GetString();
    }

    [Theory]
    [EveryDatabase]
    public async Task A_merge_patch_needs_the_current_version(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Một");
        (await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", """{"title":"Hai"}""", article.Tag)).Is(
            HttpStatusCode.OK
        );

        (await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", "{}", article.Tag)).IsProblem(
            412,
            "version_conflict"
        );
        (await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", "{}")).IsProblem(
            428,
            "if_match_required"
        );
        Assert.Equal("Hai", (await app.GetAsync(site, "articles/mot")).Json.GetProperty("title").GetString());
    }

    [Theory]
    [EveryDatabase]
    public async Task A_wrong_merge_patch_is_refused_and_changes_nothing(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Một");

        Assert.Equal(["title"], (await RefusedAsync("""{"title":null}""", "invalid_fields")).WrongFields);
        Assert.Equal(["titel"], (await RefusedAsync("""{"titel":null}""", "invalid_fields")).WrongFields);
        Assert.Equal(
            "title",
            (await RefusedAsync("""{"title":7}""", "invalid_json")).Json.GetProperty("detail").GetString()
        );
        await RefusedAsync("[]", "invalid_json");
        await RefusedAsync("""{"title":"a","title":"b"}""", "invalid_json");
        Assert.Equal("Một", (await app.GetAsync(site, "articles/mot")).Json.GetProperty("title").GetString());

        async Task<AppReply> RefusedAsync(string patch, string code) =>
            (await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", patch, "*")).IsProblem(400, code);
    }

    [Theory]
    [InlineData("application/merge-patch+json", 200)]
    [InlineData("application/json", 200)]
    [InlineData("application/json-patch+json", 415)]
    public async Task It_is_declared_as_what_it_is(string type, int status)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Một");
        var reply = await app.EditAsync(
            HttpMethod.Patch,
            site,
            $"articles/{article.Id}",
            new StringContent("""{"title":"Hai"}""", Encoding.UTF8, new MediaTypeHeaderValue(type)),
            "*"
        );
        Assert.Equal(status, reply.Status);
    }

    [Theory]
    [EveryDatabase]
    public async Task The_date_of_a_published_article_can_be_changed_and_no_other(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var draft = await app.WriteAsync(site, "Nháp");
        var newer = await app.WriteAndPublishAsync(site, "Mới", at: "2024-06-01T00:00:00Z");
        var article = await app.WriteAndPublishAsync(site, "Một", at: "2024-01-01T00:00:00Z");

        (
            await app.EditAsync(
                HttpMethod.Patch,
                site,
                $"articles/{article.Id}",
                new { publishedAt = "2025-01-01T08:00:00+07:00" },
                "*"
            )
        ).Is(HttpStatusCode.OK);

        var read = await app.GetAsync(site, "articles/mot");
        Assert.Equal("2025-01-01T01:00:00Z", read.Json.GetProperty("publishedAt").GetString());
        Assert.Equal(["mot", newer.Slug], (await app.GetAsync(site, "articles")).Each("slug"));
        foreach (var at in new[] { "2025-01-01T08:00:00", "2999-01-01T00:00:00Z", "hôm qua", "" })
        {
            (
                await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", new { publishedAt = at }, "*")
            ).IsProblem(400, "invalid_publication");
        }
        // From now on until five years ahead is a date for what is published later.
        (
            await app.EditAsync(
                HttpMethod.Patch,
                site,
                $"articles/{article.Id}",
                new { publishedAt = TimeProvider.System.GetUtcNow().AddDays(1).ToString("O") },
                "*"
            )
        ).IsProblem(400, "invalid_publication");
        (
            await app.EditAsync(
                HttpMethod.Patch,
                site,
                $"articles/{draft.Id}",
                new { publishedAt = "2024-01-01T00:00:00Z" },
                "*"
            )
        ).IsProblem(409, "illegal_state");
        (
            await app.EditAsync(
                HttpMethod.Post,
                site,
                "articles",
                new
                {
                    title = "a",
                    body = "b",
                    publishedAt = "2024-01-01T00:00:00Z",
                }
            )
        ).IsProblem(409, "illegal_state");
    }

    [Theory]
    [EveryDatabase]
    public async Task Who_changes_whatever_is_there_is_never_refused_for_what_others_do(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Đua");

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", new { title = $"Đua {i}" }, "*")
                )
        );

        Assert.All(replies, reply => reply.Is(HttpStatusCode.OK));
        Assert.Equal(
            Enumerable.Range(2, 20),
            replies.Select(reply => reply.Json.GetProperty("version").GetInt32()).Order()
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task And_so_are_those_who_change_videos_and_tables(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var video = await Videos.VideoTests.AddAsync(
            app,
            site,
            new { title = "Video", url = "https://video.example/1" }
        );
        await Lookups.LookupTests.PutAsync(
            app,
            site,
            "bang",
            new
            {
                title = "Bảng",
                columns = Lookups.LookupTests.Columns,
                rows = Array.Empty<string[]>(),
            }
        );

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    i % 2 == 0
                        ? app.EditAsync(
                            HttpMethod.Put,
                            site,
                            $"videos/{video.Json.GetProperty("id").GetString()}",
                            new { title = $"Video {i}", url = "https://video.example/1" },
                            "*"
                        )
                        : app.EditAsync(
                            HttpMethod.Put,
                            site,
                            "lookups/bang",
                            new
                            {
                                title = $"Bảng {i}",
                                columns = Lookups.LookupTests.Columns,
                                rows = new[] { new[] { "1", "một" } },
                            },
                            "*"
                        )
                )
        );

        Assert.All(replies, reply => reply.Is(HttpStatusCode.OK));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_line_break_of_a_word_processor_is_one(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(
            site,
            "Một\vhai",
            "Dòng một.\vDòng hai.",
            more: new { summary = "Trên\vdưới" }
        );
        Assert.Equal(
            ("Một hai", "Dòng một.\nDòng hai.", "Trên\ndưới"),
            (
                article.Json.GetProperty("title").GetString(),
                article.Json.GetProperty("body").GetString(),
                article.Json.GetProperty("summary").GetString()
            )
        );
        Assert.Contains(
            "Dòng một.\nDòng hai.",
            (await app.GetAsync(site, "articles/mot-hai")).Json.GetProperty("html").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_longest_texts_are_taken_however_they_are_written()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var body = string.Concat(Enumerable.Repeat("à ", 100_000))[..199_999] + "b";
        var escaped = string.Concat(body.Select(c => $"\\u{(int)c:x4}"));
        var reply = await app.EditAsync(
            HttpMethod.Post,
            site,
            "articles",
            $$"""{"title":"Dài","body":"{{escaped}}"}"""
        );
        Assert.Equal(body, reply.Is(HttpStatusCode.Created).Json.GetProperty("body").GetString());
    }

    [Theory]
    [EveryDatabase]
    public async Task Editors_list_by_category_and_in_their_order(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin" })).Is(HttpStatusCode.Created);
        var first = await app.WriteAsync(site, "Một", more: new { category = "tin" });
        await app.WriteAndPublishAsync(site, "Hai", at: "2024-01-01T00:00:00Z");
        await app.WriteAndPublishAsync(site, "Ba", at: "2024-02-01T00:00:00Z", more: new { category = "tin" });
        await app.ChangeAsync(site, first, "Một lại", more: new { category = "tin" });

        Assert.Equal(["mot", "ba", "hai"], (await app.ReadAsync(site, "articles?sort=newest")).Each("slug"));
        Assert.Equal(["mot", "ba", "hai"], (await app.ReadAsync(site, "articles?sort=changed")).Each("slug"));
        Assert.Equal(["mot", "ba"], (await app.ReadAsync(site, "articles?category=tin")).Each("slug"));
        Assert.Equal(
            ["ba"],
            (await app.ReadAsync(site, "articles?category=tin&state=published&sort=mostViewed")).Each("slug")
        );
        Assert.Empty((await app.ReadAsync(site, "articles?category=%00")).Items);
        (await app.ReadAsync(site, "articles?sort=oldest")).IsProblem(400, "invalid_sort");
    }

    [Fact]
    public async Task Fields_that_do_not_exist_are_named_at_any_depth_but_not_without_end()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var reply = await app.EditAsync(
            HttpMethod.Put,
            site,
            "lookups/bang",
            """{"title":"a","columns":[{"name":"a","title":"A"},{"name":"b","width":1}],"rows":[],"order":1}"""
        );
        Assert.Equal(["columns[1].width", "order"], reply.IsProblem(400, "invalid_fields").WrongFields);
        var many = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"x{i}{new string('y', 300)}\":1"));
        var bounded = (
            await app.EditAsync(HttpMethod.Post, site, "articles", $$"""{"title":"a","body":"b",{{many}}}""")
        ).IsProblem(400, "invalid_fields");
        Assert.Equal(20, bounded.WrongFields.Count());
        Assert.All(bounded.WrongFields, name => Assert.InRange(name.Length, 1, 101));
    }
}
