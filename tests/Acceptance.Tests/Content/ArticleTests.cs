using System.Text.Json;
using PortalServices.Testing;

namespace PortalServices.Acceptance.Tests.Content;

[Usually(Shape.Services)]
public sealed class ArticleTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_draft_is_nobodys_until_it_is_published_and_nobodys_again_when_withdrawn(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = await editor.WriteAsync(
            new
            {
                title = "Khai giảng năm học mới",
                body = "**Chào** các em.",
                author = "Ban biên tập",
                summary = "Ngày hội.",
            }
        );
        Assert.Equal(
            (201, "\"1\"", "draft"),
            ((int)draft.Status, draft.Header("ETag"), draft.Json.GetProperty("state").GetString())
        );
        Assert.Equal((404, "unknown_article"), await OutcomeAsync(editor, "articles/khai-giang-nam-hoc-moi"));
        Assert.Empty(await editor.SlugsAsync(""));

        var published = await editor.ActAsync(draft.Json, "publish");
        var read = (await editor.ReadAsync("articles/khai-giang-nam-hoc-moi")).Json;
        Assert.Equal(
            (
                "Khai giảng năm học mới",
                "<p><strong>Chào</strong> các em.</p>\n",
                "Ban biên tập",
                "Ngày hội.",
                "/articles/khai-giang-nam-hoc-moi",
                0
            ),
            (
                Text(read, "title"),
                Text(read, "html"),
                Text(read, "author"),
                Text(read, "summary"),
                Text(read, "path"),
                read.GetProperty("views").GetInt64()
            )
        );
        Assert.Equal(["khai-giang-nam-hoc-moi"], await editor.SlugsAsync(""));

        var withdrawn = await editor.ActAsync(published.Json, "withdraw");
        Assert.Equal("withdrawn", Text(withdrawn.Json, "state"));
        Assert.Equal((404, "unknown_article"), await OutcomeAsync(editor, "articles/khai-giang-nam-hoc-moi"));
        Assert.Empty(await editor.SlugsAsync(""));
        Assert.Equal((409, "illegal_state"), Outcome(await editor.ActAsync(withdrawn.Json, "withdraw")));
    }

    [Theory, EveryShape]
    public async Task Of_two_editors_who_save_the_same_version_the_second_is_told(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = (await editor.WriteAsync(new { title = "Một", body = "1" })).Json;
        var saved = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => editor.ChangeAsync(draft, new { title = $"Bản {n}", body = "2" }))
        );
        Assert.Single(saved, reply => (int)reply.Status == 200);
        Assert.All(
            saved.Where(reply => (int)reply.Status != 200),
            reply => Assert.Equal((412, "version_conflict"), Outcome(reply))
        );
        Assert.Equal(
            (428, "if_match_required"),
            Outcome(
                await editor.SendAsync(HttpMethod.Put, $"articles/{Text(draft, "id")}", """{"title":"a","body":"b"}""")
            )
        );
        Assert.Equal(
            (412, "version_conflict"),
            Outcome(await editor.ChangeAsync(draft, new { title = "a", body = "b" }, "\"1\""))
        );
        Assert.Equal(200, (int)(await editor.ChangeAsync(draft, new { title = "a", body = "b" }, "*")).Status);
    }

    [Theory, EveryShape]
    public async Task An_editor_changes_one_field_looks_back_and_has_the_old_text_again(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync("Thông báo", "Bản đầu.");
        var path = $"articles/{Text(article, "id")}";
        var patch = new StringContent(
            """{"body":"Bản sau.","publishedAt":"2025-01-01T00:00:00+07:00"}""",
            System.Text.Encoding.UTF8,
            "application/merge-patch+json"
        );

        var patched = await editor.SendAsync(HttpMethod.Patch, path, patch, ("If-Match", "*"));

        Assert.Equal(
            (200, "Thông báo", "Bản sau.", "2024-12-31T17:00:00Z"),
            (
                (int)patched.Status,
                Text(patched.Json, "title"),
                Text(patched.Json, "body"),
                Text(patched.Json, "publishedAt")
            )
        );
        var versions = (await editor.SendAsync(HttpMethod.Get, path + "/versions", (string?)null)).Json;
        Assert.Equal(
            ["edited", "published", "created"],
            versions.GetProperty("items").EnumerateArray().Select(each => Text(each, "change"))
        );
        var restored = await editor.SendAsync(
            HttpMethod.Post,
            path + "/versions/1/restore",
            (string?)null,
            ("If-Match", patched.Header("ETag")!)
        );
        Assert.Equal(
            (200, "Bản đầu.", "published"),
            ((int)restored.Status, Text(restored.Json, "body"), Text(restored.Json, "state"))
        );
    }

    [Theory, EveryShape]
    public async Task An_article_that_was_public_keeps_its_address_when_its_next_date_is_taken_back(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var withdrawn = await editor.ActAsync(await editor.PublishedAsync("Lịch nghỉ"), "withdraw");
        var scheduled = await editor.ActAsync(withdrawn.Json, "publish", new { publishAt = "2030-01-01T00:00:00Z" });
        var again = await editor.ActAsync(scheduled.Json, "withdraw");
        Assert.Equal("withdrawn", Text(again.Json, "state"));
        Assert.Equal(
            (409, "illegal_state"),
            Outcome(
                await editor.SendAsync(
                    HttpMethod.Delete,
                    $"articles/{Text(again.Json, "id")}",
                    (string?)null,
                    ("If-Match", "*")
                )
            )
        );
        Assert.Equal("lich-nghi-2", Text(await editor.PublishedAsync("Lịch nghỉ"), "slug"));
    }

    [Theory, EveryShape]
    public async Task An_old_address_leads_to_the_article_for_ever_and_to_no_other(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync("Tên cũ");
        var moved = await editor.ChangeAsync(
            article,
            new
            {
                title = "Tên mới",
                body = "x",
                slug = "ten-moi",
            }
        );
        Assert.Equal("ten-moi", Text(moved.Json, "slug"));
        var old = await editor.ReadAsync("articles/ten-cu");
        Assert.Equal((301, $"/api/sites/{editor.Site}/articles/ten-moi"), ((int)old.Status, old.Header("Location")));
        Assert.Equal("ten-cu-2", Text(await editor.PublishedAsync("Tên cũ"), "slug"));
        var back = await editor.ChangeAsync(
            moved.Json,
            new
            {
                title = "Tên cũ",
                body = "x",
                slug = "ten-cu",
            }
        );
        Assert.Equal("ten-cu", Text(back.Json, "slug"));
        Assert.Equal(301, (int)(await editor.ReadAsync("articles/ten-moi")).Status);
    }

    [Theory, EveryShape]
    public async Task Articles_of_the_same_title_have_addresses_of_their_own_also_when_they_come_at_once(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => editor.WriteAsync(new { title = "Thông báo", body = "x" }))
        );
        Assert.All(replies, reply => Assert.Equal(201, (int)reply.Status));
        // Who comes in between takes the next number; which one, nobody promises.
        var slugs = replies.Select(reply => Text(reply.Json, "slug")).ToHashSet();
        Assert.Equal(6, slugs.Count);
        Assert.Contains("thong-bao", slugs);
        Assert.All(slugs, slug => Assert.Matches("^thong-bao(-[0-9]+)?$", slug));
    }

    [Theory, EveryShape]
    public async Task A_scheduled_article_appears_when_its_time_has_come(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var draft = (await editor.WriteAsync(new { title = "Sắp tới", body = "x" })).Json;
        var at = Portal.Now.AddSeconds(2);
        var scheduled = await editor.ActAsync(draft, "publish", new { publishAt = at.ToString("O") });
        Assert.Equal("scheduled", Text(scheduled.Json, "state"));
        Assert.Empty(await editor.SlugsAsync(""));
        await Eventually.HoldsAsync(async () => (await editor.SlugsAsync("")).Length == 1, "it appears", Cancel);
        Assert.True(Portal.Now >= at);
    }

    [Theory, EveryShape]
    public async Task A_date_in_the_past_is_the_date_that_readers_see(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Hôm nay");
        var draft = (await editor.WriteAsync(new { title = "Từ trang cũ", body = "x" })).Json;
        var published = await editor.ActAsync(draft, "publish", new { publishAt = "2019-09-05T07:00:00+07:00" });
        Assert.Equal(
            ("published", "2019-09-05T00:00:00Z"),
            (Text(published.Json, "state"), Text(published.Json, "publishedAt"))
        );
        Assert.Equal(["hom-nay", "tu-trang-cu"], await editor.SlugsAsync("sort=newest"));
    }

    [Theory, EveryShape]
    public async Task What_has_not_changed_is_not_sent_again(Shape shape)
    {
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync("Một");
        foreach (var path in (string[])["articles/mot", "articles"])
        {
            var tag = (await editor.ReadAsync(path)).Header("ETag")!;
            Assert.Equal(304, (int)(await editor.ReadAsync(path, ("If-None-Match", tag))).Status);
            article = (await editor.ChangeAsync(article, new { title = "Một " + path, body = "x" })).Json;
            Assert.Equal(200, (int)(await editor.ReadAsync(path, ("If-None-Match", tag))).Status);
        }
    }

    [Theory, EveryShape]
    public async Task Only_a_key_with_the_scope_may_write(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        foreach (var path in (string[])["articles", $"articles/{Guid.NewGuid()}/publish"])
        {
            Assert.Equal(
                401,
                (int)
                    (
                        await portal.Shape.OperatorsDoor.PostAsync(
                            $"/api/operator/sites/{site}/{path}",
                            "{}",
                            "application/json",
                            Cancel
                        )
                    ).Status
            );
            Assert.Equal(
                404,
                (int)
                    (
                        await portal.Public.PostAsync(
                            $"/api/operator/sites/{site}/{path}",
                            "{}",
                            "application/json",
                            Cancel
                        )
                    ).Status
            );
            var reader = await portal.Shape.OperatorsDoor.PostAsync(
                $"/api/operator/sites/{site}/{path}",
                "{}",
                "application/json",
                Cancel,
                ("Authorization", $"Bearer {portal.Reader.Value}")
            );
            Assert.Equal((403, "operator_scope_missing"), Outcome(reader));
        }
    }

    private static async Task<(int Status, string? Code)> OutcomeAsync(Editor editor, string path) =>
        Outcome(await editor.ReadAsync(path));

    private static (int Status, string? Code) Outcome(PortalServices.Testing.Portal.Reply reply) =>
        ((int)reply.Status, reply.Code);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
