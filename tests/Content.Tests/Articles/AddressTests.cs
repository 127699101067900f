using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.ShowViews;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Messaging.Outbox;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.Articles;

/// <summary>An address that readers knew is its article's for ever, and so are its views.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class AddressTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task A_scheduled_article_that_was_public_before_is_withdrawn_and_cannot_be_deleted(
        DatabaseKind database
    )
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WithdrawAsync(site, await app.WriteAndPublishAsync(site, "Lịch thi"));
        article = await app.PublishAsync(site, article, "2030-01-01T00:00:00Z");

        article = await app.WithdrawAsync(site, article);

        Assert.Equal("withdrawn", article.Json.GetProperty("state").GetString());
        (await app.EditAsync(HttpMethod.Delete, site, $"articles/{article.Id}", null, "*")).IsProblem(
            409,
            "illegal_state"
        );
        Assert.Equal("lich-thi-2", (await app.WriteAsync(site, "Lịch thi")).Slug);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_scheduled_article_that_never_was_is_a_draft_again_and_gives_its_address_back(
        DatabaseKind database
    )
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.PublishAsync(site, await app.WriteAsync(site, "Lịch thi"), "2030-01-01T00:00:00Z");

        article = await app.WithdrawAsync(site, article);

        Assert.Equal("draft", article.Json.GetProperty("state").GetString());
        (await app.EditAsync(HttpMethod.Delete, site, $"articles/{article.Id}", null, article.Tag)).Is(
            HttpStatusCode.NoContent
        );
        Assert.Equal("lich-thi", (await app.WriteAsync(site, "Lịch thi")).Slug);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_deleted_draft_whose_address_has_views_leaves_neither_to_another(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var draft = await app.WriteAsync(site, "Giới thiệu");
        await ShowAsync(app, site, "gioi-thieu", 477, 1);
        (await app.EditAsync(HttpMethod.Delete, site, $"articles/{draft.Id}", null, draft.Tag)).Is(
            HttpStatusCode.NoContent
        );

        var next = await app.WriteAndPublishAsync(site, "Giới thiệu");
        await ShowAsync(app, site, "gioi-thieu", 478, 2);

        Assert.Equal(("gioi-thieu-2", 0L), (next.Slug, next.Json.GetProperty("views").GetInt64()));
        Assert.Equal(0, (await app.GetAsync(site, "articles/gioi-thieu-2")).Json.GetProperty("views").GetInt64());
        (await app.GetAsync(site, "articles/gioi-thieu")).IsProblem(404, "unknown_article");
    }

    [Theory]
    [EveryDatabase]
    public async Task The_views_of_all_addresses_are_the_articles_also_when_they_come_at_the_same_time(
        DatabaseKind database
    )
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Một");
        for (var i = 0; i < 7; i++)
        {
            article = await app.ChangeAsync(site, article, "Một", more: new { slug = $"mot-so-{i}" });
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 70),
            Cancel,
            async (i, _) => await ShowAsync(app, site, $"mot-so-{i % 7}", 10 + (i / 7), i / 7 + 1)
        );

        Assert.Equal(7 * 19, (await app.GetAsync(site, "articles/mot-so-6")).Json.GetProperty("views").GetInt64());
    }

    [Fact]
    public async Task Two_addresses_whose_views_wait_for_each_other_are_both_in_the_total()
    {
        await using var app = await apps.StartAsync(DatabaseKind.PostgreSql);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Một", more: new { slug = "mot" });
        await app.ChangeAsync(site, article, "Một", more: new { slug = "hai" });

        var both = await app.WithDatabaseAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
            await context.Database.ExecuteSqlAsync(
                $"""SELECT 1 FROM "ArticleViews" WHERE "ArticleId" = {article.Id} FOR UPDATE""",
                Cancel
            );
            var waiting = Task.WhenAll(ShowAsync(app, site, "mot", 3, 1), ShowAsync(app, site, "hai", 4, 1));
            await Eventually.HoldsAsync(
                async () =>
                    await app.WithDatabaseAsync(other =>
                        other
                            .Database.SqlQuery<int>(
                                $"""SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"""
                            )
                            .SingleAsync(Cancel)
                    ) == 2,
                "both wait",
                Cancel
            );
            await transaction.RollbackAsync(Cancel);
            return waiting;
        });
        await both;

        Assert.Equal(7, (await app.GetAsync(site, "articles/hai")).Json.GetProperty("views").GetInt64());
    }

    [Theory]
    [EveryDatabase]
    public async Task An_article_has_as_many_addresses_as_it_can_and_goes_on_under_them(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Đổi tên", more: new { slug = "ten-0" });
        for (var i = 1; i < ArticleSlugs.MaxPerArticle; i++)
        {
            article = await app.ChangeAsync(site, article, "Đổi tên", more: new { slug = $"ten-{i}" });
        }

        var refused = await app.EditAsync(
            HttpMethod.Put,
            site,
            $"articles/{article.Id}",
            new
            {
                title = "Đổi tên",
                body = "b",
                slug = "ten-moi",
            },
            article.Tag
        );

        refused.IsProblem(409, "too_many_slugs");
        Assert.Equal("100", refused.Json.GetProperty("detail").GetString());
        (await app.GetAsync(site, "articles/ten-moi")).IsProblem(404, "unknown_article");
        article = await app.ChangeAsync(site, article, "Đổi tên", more: new { slug = "ten-0" });
        Assert.Equal("ten-0", article.Slug);
        await app.WithdrawAsync(site, article);
    }

    [Theory]
    [EveryDatabase]
    public async Task An_article_of_before_with_very_many_addresses_is_announced_with_as_many_as_counting_takes(
        DatabaseKind database
    )
    {
        await using var app = await apps.StartAsync(database, settings: "--Messaging:PollEvery=00:01:00");
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Nhiều địa chỉ");
        await app.WithDatabaseAsync(async context =>
        {
            context.Slugs.AddRange(
                Enumerable
                    .Range(0, 1_200)
                    .Select(i => new ArticleSlug
                    {
                        Site = site,
                        Slug = $"cu-{i:0000}",
                        ArticleId = article.Id,
                    })
            );
            return await context.SaveChangesAsync(Cancel);
        });

        await app.PublishAsync(site, article);

        var body = await app.WithDatabaseAsync(context =>
            context
                .Set<OutboxMessage>()
                .Where(message => message.Body.Contains(site))
                .Select(message => message.Body)
                .SingleAsync(Cancel)
        );
        Assert.Equal(
            ArticlePublished.MaxPreviousPaths,
            JsonElement.Parse(body).GetProperty("previousPaths").GetArrayLength()
        );
    }

    private static Task<bool> ShowAsync(ContentApp app, string site, string slug, long views, long commit) =>
        app.WithDatabaseAsync(context => ShowViewsConsumer.ShowAsync(context, site, slug, views, 1, commit, Cancel));
}
