using PortalServices.Content.Tests.Lookups;
using PortalServices.Database;

namespace PortalServices.Content.Tests.ApiDocument;

/// <summary>What content answers is what the document tells: status, headers, media type, every field.</summary>
public sealed class ReplyTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static readonly object Draft = new { title = "Bài một", body = "Nội dung." };

    private static readonly object Full = new
    {
        title = "Bài hai",
        body = "<p>Nội dung.</p>",
        format = "html",
        summary = "Tóm tắt.",
        author = "Tác giả",
        category = "tin",
        coverImage = "/a.jpg",
        coverAlt = "Ảnh",
        slug = "bai-hai",
    };

    private static readonly object Table = new
    {
        title = "Văn bản",
        columns = LookupTests.Columns,
        rows = new[] { new[] { "1", "một" } },
    };

    [Fact]
    public async Task Every_answer_that_is_told_of_is_given_as_it_is_told()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var told = new ToldReplies(
            (await app.SendAsync(Door.Operators, HttpMethod.Get, "/openapi/content.json", null)).Json
        );
        List<string> mistakes = [];

        await EditAsync(HttpMethod.Put, "categories/tin", new { name = "Tin" });
        await EditAsync(HttpMethod.Put, "categories/tin", new { name = "Tin mới", order = 1 });
        await EditAsync(HttpMethod.Put, "categories/khac", new { name = "Khác" });
        await EditAsync(HttpMethod.Delete, "categories/tin-gi");
        var first = await EditAsync(HttpMethod.Post, "articles", Draft);
        var second = await EditAsync(HttpMethod.Post, "articles", Full);
        await EditAsync(HttpMethod.Put, Path(first), Draft);
        await EditAsync(HttpMethod.Put, Path(first), Draft, first.Tag);
        first = await EditAsync(HttpMethod.Put, Path(first), Draft, "*");
        first = await EditAsync(HttpMethod.Post, $"{Path(first)}/publish", null, first.Tag);
        second = await EditAsync(
            HttpMethod.Post,
            $"{Path(second)}/publish",
            new { publishAt = "2024-01-01T00:00:00Z" },
            second.Tag
        );
        await EditAsync(
            HttpMethod.Put,
            Path(second),
            new
            {
                title = "Bài hai",
                body = "x",
                category = "tin",
                slug = "bai-ba",
                coverImage = "/a.jpg",
            },
            second.Tag
        );
        second = await EditAsync(HttpMethod.Patch, Path(second), new { summary = "Mới.", title = "Bài hai" }, "*");
        await EditAsync(HttpMethod.Post, $"{Path(second)}/versions/1/restore", null, second.Tag);
        await EditAsync(HttpMethod.Post, $"{Path(second)}/versions/99/restore", null, "*");
        await EditAsync(HttpMethod.Post, "articles", new { title = "", slug = "A" });
        var draft = await EditAsync(HttpMethod.Post, "articles", Draft);
        await EditAsync(HttpMethod.Delete, Path(first), null, "*");
        await EditAsync(HttpMethod.Delete, Path(draft), null, draft.Tag);
        var video = await EditAsync(
            HttpMethod.Post,
            "videos",
            new
            {
                title = "Video",
                url = "https://video.example/1",
                thumbnail = "/1.jpg",
            }
        );
        var other = await EditAsync(
            HttpMethod.Post,
            "videos",
            new { title = "Video", url = "https://video.example/2" }
        );
        await EditAsync(
            HttpMethod.Put,
            $"videos/{Id(video)}",
            new { title = "Video hai", url = "https://video.example/1" },
            video.Tag
        );
        await EditAsync(HttpMethod.Put, "lookups/van-ban", Table);
        await EditAsync(HttpMethod.Put, "lookups/van-ban", Table, "*");
        await EditAsync(HttpMethod.Put, "lookups/khac", Table);

        string[] read =
        [
            "articles",
            "articles?q=bai&category=tin",
            "articles?sort=x",
            "articles/bai-mot",
            "articles/bai-hai",
            "articles/bai-ba",
            "articles/khong",
            "articles/bai-ba/print",
            "articles/bai-hai/print",
            "categories",
            "videos",
            "lookups",
            "lookups/van-ban",
            "lookups/van-ban?q=mot",
            "feed.atom",
            "feed.rss?category=tin",
            "sitemap.xml",
            "sitemap-1.xml",
        ];
        foreach (var path in read)
        {
            await ReadAsync(path);
        }
        foreach (
            var path in (string[])
                [
                    "articles",
                    Path(first),
                    Path(second),
                    "articles?state=x",
                    $"{Path(second)}/versions",
                    $"{Path(second)}/versions/2",
                    "categories",
                    "videos",
                    $"videos/{Id(video)}",
                    "lookups",
                    "lookups/van-ban",
                ]
        )
        {
            await ReadForEditorsAsync(path);
        }

        await EditAsync(HttpMethod.Post, $"{Path(first)}/withdraw", null, "*");
        await EditAsync(HttpMethod.Post, $"{Path(first)}/withdraw", null, "*");
        await EditAsync(HttpMethod.Delete, $"videos/{Id(other)}", null, other.Tag);
        await EditAsync(HttpMethod.Delete, "lookups/khac", null, "*");
        await EditAsync(HttpMethod.Delete, "categories/khac");
        await EditAsync(HttpMethod.Delete, "categories/tin");

        Assert.Equal("", string.Join('\n', mistakes));
        Assert.All(told.Unseen, each => Assert.Contains("/dead-letters/", each, StringComparison.Ordinal));

        async Task<AppReply> EditAsync(HttpMethod method, string path, object? body = null, string? match = null) =>
            Compared(
                method,
                $"/api/operator/sites/{site}/{path}",
                await app.EditAsync(method, site, path, body, match)
            );

        async Task ReadAsync(string path)
        {
            var whole = Compared(HttpMethod.Get, $"/api/sites/{site}/{path}", await app.GetAsync(site, path));
            if (whole.Tag is { } tag)
            {
                Compared(
                    HttpMethod.Get,
                    $"/api/sites/{site}/{path}",
                    await app.GetAsync(site, path, ("If-None-Match", tag))
                );
            }
        }

        async Task ReadForEditorsAsync(string path)
        {
            var whole = Compared(HttpMethod.Get, $"/api/operator/sites/{site}/{path}", await app.ReadAsync(site, path));
            if (whole.Tag is { } tag)
            {
                Compared(
                    HttpMethod.Get,
                    $"/api/operator/sites/{site}/{path}",
                    await app.ReadAsync(site, path, ("If-None-Match", tag))
                );
            }
        }

        AppReply Compared(HttpMethod method, string path, AppReply reply)
        {
            mistakes.AddRange(told.MistakesIn(method, path, reply));
            return reply;
        }
    }

    private static string Path(AppReply article) => $"articles/{Id(article)}";

    private static string Id(AppReply reply) => reply.Json.GetProperty("id").GetString()!;
}
