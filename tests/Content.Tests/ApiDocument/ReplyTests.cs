using PortalServices.Content.Tests.Lookups;
using PortalServices.Database;

namespace PortalServices.Content.Tests.ApiDocument;

/// <summary>Replies of content are as documented: status, headers, media type, every field.</summary>
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

    private static readonly object Renamed = new
    {
        title = "Bài hai",
        body = "x",
        category = "tin",
        slug = "bai-ba",
        coverImage = "/a.jpg",
    };

    private static readonly object Table = new
    {
        title = "Văn bản",
        columns = LookupTests.Columns,
        rows = new[] { new[] { "1", "một" } },
    };

    [Fact]
    public async Task Every_documented_reply_is_given_as_documented()
    {
        var session = await ComparedSession.StartAsync(await apps.OnAsync(DatabaseKind.Sqlite));

        await WriteCategoriesAsync(session);
        var (first, second) = await WriteArticlesAsync(session);
        await DeleteArticlesAsync(session, first);
        var (kept, unwanted) = await WriteVideosAsync(session);
        await WriteLookupsAsync(session);
        await ReadAsync(session);
        await session.ReadAsync("");
        await RateAsync(session, second);
        await ReadAsOperatorAsync(session, first, second, kept);
        await WithdrawAndDeleteAsync(session, first, unwanted);

        session.AssertAsDocumented();
        Assert.All(session.Unseen, each => Assert.Contains("/dead-letters/", each, StringComparison.Ordinal));
    }

    private static async Task WriteCategoriesAsync(ComparedSession session)
    {
        await session.EditAsync(HttpMethod.Put, "categories/tin", new { name = "Tin" });
        await session.EditAsync(HttpMethod.Put, "categories/tin", new { name = "Tin mới", order = 1 });
        await session.EditAsync(HttpMethod.Put, "categories/khac", new { name = "Khác" });
        await session.EditAsync(HttpMethod.Delete, "categories/tin-gi");
    }

    /// <summary>Returns one without any field that may be left out, and one with all of them.</summary>
    private static async Task<(AppReply First, AppReply Second)> WriteArticlesAsync(ComparedSession session)
    {
        var first = await session.EditAsync(HttpMethod.Post, "articles", Draft);
        var second = await session.EditAsync(HttpMethod.Post, "articles", Full);
        await session.EditAsync(HttpMethod.Put, Path(first), Draft);
        await session.EditAsync(HttpMethod.Put, Path(first), Draft, first.Tag);
        first = await session.EditAsync(HttpMethod.Put, Path(first), Draft, "*");
        first = await session.EditAsync(HttpMethod.Post, $"{Path(first)}/publish", null, first.Tag);
        second = await session.EditAsync(
            HttpMethod.Post,
            $"{Path(second)}/publish",
            new { publishAt = "2024-01-01T00:00:00Z" },
            second.Tag
        );
        await session.EditAsync(HttpMethod.Put, Path(second), Renamed, second.Tag);
        second = await session.EditAsync(
            HttpMethod.Patch,
            Path(second),
            new { summary = "Mới.", title = "Bài hai" },
            "*"
        );
        await session.EditAsync(HttpMethod.Post, $"{Path(second)}/versions/1/restore", null, second.Tag);
        await session.EditAsync(HttpMethod.Post, $"{Path(second)}/versions/99/restore", null, "*");
        await session.EditAsync(HttpMethod.Post, "articles", new { title = "", slug = "A" });
        return (first, second);
    }

    private static async Task DeleteArticlesAsync(ComparedSession session, AppReply published)
    {
        var draft = await session.EditAsync(HttpMethod.Post, "articles", Draft);
        await session.EditAsync(HttpMethod.Delete, Path(published), null, "*");
        await session.EditAsync(HttpMethod.Delete, Path(draft), null, draft.Tag);
    }

    private static async Task<(AppReply Kept, AppReply Unwanted)> WriteVideosAsync(ComparedSession session)
    {
        var kept = await session.EditAsync(
            HttpMethod.Post,
            "videos",
            new
            {
                title = "Video",
                url = "https://video.example/1",
                thumbnail = "/1.jpg",
            }
        );
        var unwanted = await session.EditAsync(
            HttpMethod.Post,
            "videos",
            new { title = "Video", url = "https://video.example/2" }
        );
        await session.EditAsync(
            HttpMethod.Put,
            $"videos/{Id(kept)}",
            new { title = "Video hai", url = "https://video.example/1" },
            kept.Tag
        );
        return (kept, unwanted);
    }

    private static async Task WriteLookupsAsync(ComparedSession session)
    {
        await session.EditAsync(HttpMethod.Put, "lookups/van-ban", Table);
        await session.EditAsync(HttpMethod.Put, "lookups/van-ban", Table, "*");
        await session.EditAsync(HttpMethod.Put, "lookups/khac", Table);
    }

    private static async Task ReadAsync(ComparedSession session)
    {
        string[] paths =
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
        foreach (var path in paths)
        {
            await session.ReadAsync(path);
        }
    }

    private static async Task RateAsync(ComparedSession session, AppReply article)
    {
        await session.SendAsync("articles/bai-ba/rating", new { helpful = true });
        await session.SendAsync("articles/bai-ba/rating", new { helpful = false, words = "Thiếu mẫu đơn." });
        await session.SendAsync("articles/bai-ba/rating", new { words = "?" });
        await session.SendAsync("articles/khong/rating", new { helpful = true });
        await session.ReadAsOperatorAsync("articles/ratings");
        await session.ReadAsOperatorAsync($"{Path(article)}/rating?page=0");
        var read = await session.ReadAsOperatorAsync($"{Path(article)}/rating");
        var words = read.Items[0].GetProperty("id").GetString();
        await session.EditAsync(HttpMethod.Delete, $"{Path(article)}/rating/words/{words}");
        await session.EditAsync(HttpMethod.Delete, $"{Path(article)}/rating/words/{words}");
        await session.ReadAsOperatorAsync($"articles/{Guid.NewGuid()}/rating");
    }

    private static async Task ReadAsOperatorAsync(
        ComparedSession session,
        AppReply first,
        AppReply second,
        AppReply video
    )
    {
        string[] paths =
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
        ];
        foreach (var path in paths)
        {
            await session.ReadAsOperatorAsync(path);
        }
    }

    private static async Task WithdrawAndDeleteAsync(ComparedSession session, AppReply article, AppReply video)
    {
        await session.EditAsync(HttpMethod.Post, $"{Path(article)}/withdraw", null, "*");
        await session.EditAsync(HttpMethod.Post, $"{Path(article)}/withdraw", null, "*");
        await session.EditAsync(HttpMethod.Delete, $"videos/{Id(video)}", null, video.Tag);
        await session.EditAsync(HttpMethod.Delete, "lookups/khac", null, "*");
        await session.EditAsync(HttpMethod.Delete, "categories/khac");
        await session.EditAsync(HttpMethod.Delete, "categories/tin");
    }

    private static string Path(AppReply article) => $"articles/{Id(article)}";

    private static string Id(AppReply reply) => reply.Json.GetProperty("id").GetString()!;
}
