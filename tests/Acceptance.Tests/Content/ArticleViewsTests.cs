using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>Counting and content agree, over the bus that ties them together.</summary>
[Usually(Shape.Services)]
public sealed class ArticleViewsTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task A_view_shows_in_the_article_and_in_the_order_of_the_list(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        await editor.PublishedAsync("Một");
        await editor.PublishedAsync("Hai");
        var tag = (await editor.ReadAsync("articles/mot")).Header("ETag")!;
        for (var view = 1; view <= 3; view++)
        {
            await portal.Public.ViewAsync(editor.Site, new ViewCall("/articles/mot"), Cancel);
        }
        // Promised within five seconds; waited for ten times as long.
        await Eventually.BecomesAsync(
            () => ViewsAsync(editor, "mot"),
            views => views == 3,
            "views of the article",
            Cancel,
            TimeSpan.FromSeconds(50)
        );
        Assert.Equal(200, (int)(await editor.ReadAsync("articles/mot", ("If-None-Match", tag))).Status);
        Assert.Equal(0, await ViewsAsync(editor, "hai"));
        Assert.Equal(["mot", "hai"], await editor.SlugsAsync("sort=mostViewed"));
        Assert.Equal(["hai", "mot"], await editor.SlugsAsync("sort=newest"));
    }

    [Theory, EveryShape]
    public async Task Views_of_an_old_address_stay_the_articles(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync("Cũ");
        await portal.Public.ViewAsync(editor.Site, new ViewCall("/articles/cu"), Cancel);
        await Eventually.BecomesAsync(() => ViewsAsync(editor, "cu"), views => views == 1, "views", Cancel);
        await editor.ChangeAsync(
            article,
            new
            {
                title = "Mới",
                body = "x",
                slug = "moi",
            }
        );
        await portal.Public.ViewAsync(editor.Site, new ViewCall("/articles/moi"), Cancel);
        await portal.Public.ViewAsync(editor.Site, new ViewCall("/articles/cu"), Cancel);
        await Eventually.BecomesAsync(
            () => ViewsAsync(editor, "moi"),
            views => views == 3,
            "views of both addresses",
            Cancel
        );
    }

    [Theory, EveryShape]
    public async Task An_editor_saves_while_views_pour_in_and_meets_no_conflict(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var editor = await Editor.OfNewSiteAsync(portals, shape, Cancel);
        var article = await editor.PublishedAsync("Đông người đọc");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sent = 0;
        var visitors = Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    while (!enough.IsCancellationRequested)
                    {
                        Assert.True(
                            (
                                await portal.Public.ViewAsync(
                                    editor.Site,
                                    new ViewCall("/articles/dong-nguoi-doc"),
                                    Cancel
                                )
                            ).Counted
                        );
                        Interlocked.Increment(ref sent);
                    }
                })
        );
        // As long as it takes that views have reached the article several times between saves.
        var (saves, seen, changes) = (0, -1L, 0);
        while (changes < 4)
        {
            var saved = await editor.ChangeAsync(article, new { title = $"Bản {++saves}", body = "x" });
            Assert.Equal(200, (int)saved.Status);
            article = saved.Json;
            var views = article.GetProperty("views").GetInt64();
            (changes, seen) = (views == seen ? changes : changes + 1, views);
        }

        await enough.CancelAsync();
        await visitors;
        await Eventually.BecomesAsync(
            () => ViewsAsync(editor, "dong-nguoi-doc"),
            views => views == sent,
            "all views",
            Cancel
        );
    }

    private static async Task<long> ViewsAsync(Editor editor, string slug) =>
        (await editor.ReadAsync($"articles/{slug}")).Json.GetProperty("views").GetInt64();
}
