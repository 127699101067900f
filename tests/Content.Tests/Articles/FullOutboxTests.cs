using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>
/// So many events wait that no more are taken: what the public sees stays as it is, and nothing is half-done.
/// </summary>
public sealed class FullOutboxTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task What_would_be_announced_is_refused_and_leaves_the_article_as_it_was(DatabaseKind database)
    {
        await using var app = await apps.StartAsync(database, settings: "--Messaging:MaxWaiting=1");
        var site = app.NewSite();
        var draft = await app.WriteAsync(site, "Bản nháp");
        var outbox = OutboxOf(app);
        var published = await app.WriteAndPublishAsync(site, "Đã đăng");
        await outbox.HasLeftAsync();
        var withdrawn = await app.WriteAndPublishAsync(site, "Đã gỡ");
        await outbox.HasLeftAsync();
        withdrawn = await app.WithdrawAsync(site, withdrawn);
        var waiting = await outbox.FillAsync();
        var before = (await app.ReadAsync(site, "articles")).Text;

        await RefusedAsync(draft, HttpMethod.Post, "/publish");
        await RefusedAsync(draft, HttpMethod.Post, "/publish", new { publishAt = "2020-01-01T00:00:00Z" });
        await RefusedAsync(withdrawn, HttpMethod.Post, "/publish");
        await RefusedAsync(published, HttpMethod.Post, "/withdraw");
        await RefusedAsync(
            published,
            HttpMethod.Put,
            "",
            new
            {
                title = "Khác",
                body = "Khác",
                slug = "khac",
            }
        );

        Assert.Equal(before, (await app.ReadAsync(site, "articles")).Text);
        Assert.Equal(["da-dang"], (await app.GetAsync(site, "articles")).Each("slug"));
        (await app.GetAsync(site, "articles/khac")).IsProblem(404, "unknown_article");
        Assert.Equal([waiting], await outbox.EventsAsync());

        // With room again, the same versions are taken.
        await outbox.EmptyAsync();
        await app.PublishAsync(site, draft);
        await outbox.HasLeftAsync();
        await app.WithdrawAsync(site, published);

        async Task RefusedAsync(WrittenArticle article, HttpMethod method, string action, object? body = null)
        {
            var reply = (
                await app.EditAsync(method, site, $"articles/{article.Id}{action}", body, article.Tag)
            ).IsProblem(503, "outbox_full");
            Assert.Equal("60", reply.Header("Retry-After"));
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_not_announced_goes_on_and_what_is_wrong_is_told_first(DatabaseKind database)
    {
        await using var app = await apps.StartAsync(database, settings: "--Messaging:MaxWaiting=1");
        var site = app.NewSite();
        var scheduled = await app.WriteAsync(site, "Sẽ đăng");
        var published = await app.WriteAndPublishAsync(site, "Đã đăng");
        await OutboxOf(app).FillAsync();

        var draft = await app.WriteAsync(site, "Bản nháp");
        draft = await app.ChangeAsync(site, draft, "Bản nháp hai");
        scheduled = await app.PublishAsync(site, scheduled, TimeProvider.System.GetUtcNow().AddDays(1).ToString("O"));
        await app.WithdrawAsync(site, scheduled);
        (await app.EditAsync(HttpMethod.Delete, site, $"articles/{draft.Id}", ifMatch: draft.Tag)).Is(
            System.Net.HttpStatusCode.NoContent
        );
        (await app.EditAsync(HttpMethod.Post, site, $"articles/{published.Id}/withdraw", ifMatch: "\"7\"")).IsProblem(
            412,
            "version_conflict"
        );
        (await app.EditAsync(HttpMethod.Post, site, $"articles/{Guid.NewGuid()}/publish", ifMatch: "*")).IsProblem(
            404,
            "unknown_article"
        );
    }

    private static FilledOutbox<ContentContext> OutboxOf(ContentApp app) => new(app.Services, Cancel);
}
