using System.Net;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>Who changed an article when and how, what it was then, and the way back.</summary>
public sealed class VersionTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task Every_change_is_kept_with_its_operator_its_time_and_its_texts(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Một", "Cũ.");
        article = await app.ChangeAsync(site, article, "Hai", "Mới.");
        article = await app.PublishAsync(site, article);
        article = await app.WithdrawAsync(site, article);

        var versions = await app.ReadAsync(site, $"articles/{article.Id}/versions");
        Assert.Equal(["withdrawn", "published", "edited", "created"], versions.Each("change"));
        Assert.Equal(["Hai", "Hai", "Hai", "Một"], versions.Each("title"));
        Assert.All(versions.Each("changedBy"), by => Assert.Equal("Biên tập", by));
        Assert.All(
            versions.Items,
            item =>
                Assert.InRange(
                    TimeProvider.System.GetUtcNow().UtcDateTime - item.GetProperty("changedAt").GetDateTime(),
                    TimeSpan.FromMinutes(-1),
                    TimeSpan.FromMinutes(5)
                )
        );
        var first = (await app.ReadAsync(site, $"articles/{article.Id}/versions/1")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(
            ("Một", "Cũ.", "draft"),
            (
                first.GetProperty("title").GetString(),
                first.GetProperty("body").GetString(),
                first.GetProperty("state").GetString()
            )
        );
        (await app.ReadAsync(site, $"articles/{article.Id}/versions/9")).IsProblem(404, "unknown_version");
        (await app.ReadAsync(app.NewSite(), $"articles/{article.Id}/versions/1")).IsProblem(404, "unknown_article");
        (await app.ReadAsync(app.NewSite(), $"articles/{article.Id}/versions")).IsProblem(404, "unknown_article");
    }

    [Theory]
    [EveryDatabase]
    public async Task An_earlier_version_is_restored_as_one_more_change(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin" })).Is(HttpStatusCode.Created);
        var article = await app.WriteAsync(
            site,
            "Một",
            "**Cũ.**",
            new
            {
                category = "tin",
                summary = "Tóm tắt",
                author = "An",
            }
        );
        article = await app.ChangeAsync(
            site,
            await app.PublishAsync(site, article),
            "Hai",
            "Mới.",
            new { slug = "hai" }
        );
        (await app.EditAsync(HttpMethod.Delete, site, "categories/tin")).Is(HttpStatusCode.NoContent);

        var stale = await app.EditAsync(
            HttpMethod.Post,
            site,
            $"articles/{article.Id}/versions/1/restore",
            null,
            "\"1\""
        );
        var restored = (
            await app.EditAsync(HttpMethod.Post, site, $"articles/{article.Id}/versions/1/restore", null, article.Tag)
        ).Is(HttpStatusCode.OK);

        stale.IsProblem(412, "version_conflict");
        Assert.Equal("\"4\"", restored.Tag);
        Assert.Equal(
            ("Một", "**Cũ.**", "Tóm tắt", "An", "hai", "published"),
            (Field("title"), Field("body"), Field("summary"), Field("author"), Field("slug"), Field("state"))
        );
        Assert.False(restored.Json.TryGetProperty("category", out _));
        Assert.Equal(
            "<p><strong>Cũ.</strong></p>",
            (await app.GetAsync(site, "articles/hai")).Json.GetProperty("html").GetString()!.Trim()
        );
        Assert.Equal("restored", (await app.ReadAsync(site, $"articles/{article.Id}/versions")).Each("change").First());
        Assert.Single((await app.GetAsync(site, "articles?q=cu")).Items);

        string? Field(string name) => restored.Json.GetProperty(name).GetString();
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_very_many_the_oldest_go(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Bản 1");
        for (var i = 2; i <= ArticleVersion.MaxPerArticle + 5; i++)
        {
            article = await app.ChangeAsync(site, article, $"Bản {i}");
        }

        var versions = await app.ReadAsync(site, $"articles/{article.Id}/versions?pageSize=100");

        Assert.Equal(ArticleVersion.MaxPerArticle, versions.Json.GetProperty("total").GetInt32());
        Assert.Equal(("Bản 105", "Bản 6"), (versions.Each("title").First(), versions.Each("title").Last()));
        (await app.ReadAsync(site, $"articles/{article.Id}/versions/5")).IsProblem(404, "unknown_version");
    }

    [Theory]
    [EveryDatabase]
    public async Task A_deleted_draft_takes_its_versions_with_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Một");
        (await app.EditAsync(HttpMethod.Delete, site, $"articles/{article.Id}", null, article.Tag)).Is(
            HttpStatusCode.NoContent
        );
        Assert.False(
            await app.WithDatabaseAsync(context =>
                context.ArticleVersions.AnyAsync(version => version.ArticleId == article.Id, Cancel)
            )
        );
    }
}
