using System.Net;
using PortalServices.Content.ShowViews;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>Lists of very many articles: an index serves each order, and bodies are left where they are.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ListTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind, bool, string, string> Orders
    {
        get
        {
            var data = new TheoryData<DatabaseKind, bool, string, string>();
            foreach (var database in Enum.GetValues<DatabaseKind>())
            {
                data.Add(database, false, "articles", "IX_Articles_Site_State_ListedAt_Id");
                data.Add(database, false, "articles?sort=mostViewed", "IX_ArticleViews_Site_Views_ListedAt_ArticleId");
                // With as few rows as here, PostgreSQL takes any index that has the order.
                data.Add(
                    database,
                    false,
                    "articles?category=tin",
                    database is DatabaseKind.Sqlite
                        ? "IX_Articles_Site_Category_State_ListedAt_Id"
                        : "IX_Articles_Site_"
                );
                data.Add(database, false, "feed.atom", "IX_Articles_Site_State_ListedAt_Id");
                data.Add(database, true, "articles", "IX_Articles_Site_ListedAt_Id");
                data.Add(database, true, "articles?state=draft", "IX_Articles_Site_State_ListedAt_Id");
                data.Add(database, true, "articles?sort=changed", "IX_Articles_Site_ChangedAt_Id");
                data.Add(database, true, "articles?sort=mostViewed", "IX_ArticleViews_Site_Views_ListedAt_ArticleId");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task An_index_serves_the_order(DatabaseKind database, bool editors, string path, string index)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin" })).Is(HttpStatusCode.Created);
        for (var i = 0; i < 3; i++)
        {
            await app.WriteAndPublishAsync(site, $"Bài {i}", more: new { category = "tin" });
        }
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);

        (editors ? await app.ReadAsync(site, path) : await app.GetAsync(site, path)).Is(HttpStatusCode.OK);

        // Meanwhile the articles may be announced, which reads them for itself.
        var list = Assert.Single(
            log.Commands,
            command =>
                command.Text.Contains("ORDER BY", StringComparison.Ordinal)
                && command.Text.Contains("\"Articles\"", StringComparison.Ordinal)
                && !command.Text.Contains("WasPublic", StringComparison.Ordinal)
        );
        var plan = await app.WithDatabaseAsync(context => list.PlanAsync(context, Cancel));
        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    [Theory]
    [EveryDatabase]
    public async Task Bodies_are_not_read(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Bài");
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);
        foreach (
            var path in new[] { "articles", "articles?sort=mostViewed", "articles?q=bai", "categories", "sitemap.xml" }
        )
        {
            (await app.GetAsync(site, path)).Is(HttpStatusCode.OK);
        }
        foreach (var path in new[] { "articles", "articles?sort=changed", "articles?q=bai&sort=newest" })
        {
            (await app.ReadAsync(site, path)).Is(HttpStatusCode.OK);
        }

        Assert.NotEmpty(log.Commands);
        Assert.All(
            log.Commands,
            command =>
            {
                Assert.DoesNotContain("\"Body\"", command.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("\"Html\"", command.Text, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task Most_viewed_are_in_the_order_of_their_totals_over_all_addresses(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        foreach (var title in new[] { "Một", "Hai", "Ba" })
        {
            await app.WriteAndPublishAsync(site, title);
        }
        var moved = await app.WriteAndPublishAsync(site, "Bốn");
        await app.ChangeAsync(site, moved, "Bốn", more: new { slug = "bon-moi" });
        await app.WriteAsync(site, "Nháp");
        foreach (var (slug, views) in new[] { ("mot", 5), ("hai", 9), ("bon", 4), ("bon-moi", 4), ("nhap", 100) })
        {
            await app.WithDatabaseAsync(context =>
                ShowViewsConsumer.ShowAsync(context, site, slug, views, 1, 1, Cancel)
            );
        }

        var list = await app.GetAsync(site, "articles?sort=mostViewed");

        Assert.Equal(["hai", "bon-moi", "mot", "ba"], list.Each("slug"));
        Assert.Equal(["9", "8", "5", "0"], list.Items.Select(item => item.GetProperty("views").GetRawText()));
        Assert.Equal(
            ["bon-moi", "mot"],
            (await app.GetAsync(site, "articles?sort=mostViewed&page=2&pageSize=1"))
                .Each("slug")
                .Concat((await app.GetAsync(site, "articles?sort=mostViewed&page=3&pageSize=1")).Each("slug"))
        );
    }

    public static TheoryData<DatabaseKind, string> Revised
    {
        get
        {
            var data = new TheoryData<DatabaseKind, string>();
            foreach (var database in Enum.GetValues<DatabaseKind>())
            {
                foreach (
                    var path in new[]
                    {
                        "articles",
                        "articles?sort=mostViewed",
                        "articles/bai",
                        "articles/bai/print",
                        "categories",
                        "feed.atom",
                        "feed.rss",
                        "sitemap.xml",
                        "lookups",
                        "lookups/bang",
                    }
                )
                {
                    data.Add(database, path);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Revised))]
    public async Task Who_has_what_there_is_costs_one_look_at_the_sites_revision(DatabaseKind database, string path)
    {
        var app = await apps.OnAsync(database);
        var site = await FilledAsync(app);
        var held = (await app.GetAsync(site, path)).Is(HttpStatusCode.OK);
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);

        var reply = (await app.GetAsync(site, path, ("If-None-Match", $"\"other\", W/{held.Tag}"))).Is(
            HttpStatusCode.NotModified
        );

        Assert.Contains("\"SiteRevisions\"", Assert.Single(log.Commands).Text, StringComparison.Ordinal);
        Assert.EndsWith(held.Tag!, reply.Tag, StringComparison.Ordinal);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_makes_the_same_reply_is_held_too_and_what_makes_another_is_not(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = await FilledAsync(app);
        var article = (await app.GetAsync(site, "articles/bai")).Tag!;
        var list = (await app.GetAsync(site, "articles")).Tag!;

        await app.WriteAndPublishAsync(site, "Khác");

        var same = (await app.GetAsync(site, "articles/bai", ("If-None-Match", article))).Is(
            HttpStatusCode.NotModified
        );
        Assert.NotEqual(article, same.Tag);
        (await app.GetAsync(site, "articles", ("If-None-Match", list))).Is(HttpStatusCode.OK);
        await app.WithDatabaseAsync(context => ShowViewsConsumer.ShowAsync(context, site, "bai", 7, 1, 1, Cancel));
        Assert.Equal(
            7,
            (await app.GetAsync(site, "articles/bai", ("If-None-Match", same.Tag!)))
                .Is(HttpStatusCode.OK)
                .Json.GetProperty("views")
                .GetInt32()
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task What_has_not_changed_since_is_told_by_its_date(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = await FilledAsync(app);
        // Just changed: the next change may come within the same second.
        Assert.Null((await app.GetAsync(site, "articles")).Header("Last-Modified"));
        await app.WithDatabaseAsync(context =>
            Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlAsync(
                context.Database,
                $"""UPDATE "SiteRevisions" SET "ChangedAt" = {1_700_000_000_500L} WHERE "Site" = {site}""",
                Cancel
            )
        );

        Assert.Equal("Tue, 14 Nov 2023 22:13:20 GMT", (await app.GetAsync(site, "articles")).Header("Last-Modified"));
        (await app.GetAsync(site, "articles", ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"))).Is(
            HttpStatusCode.NotModified
        );
        (await app.GetAsync(site, "articles", ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"))).Is(
            HttpStatusCode.OK
        );
        (await app.GetAsync(site, "articles", ("If-Modified-Since", "yesterday"))).Is(HttpStatusCode.OK);
        // Tags are better than dates.
        (
            await app.GetAsync(
                site,
                "articles",
                ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"),
                ("If-None-Match", "\"other\"")
            )
        ).Is(HttpStatusCode.OK);
        (
            await app.GetAsync(site, "articles/khong-co", ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"))
        ).IsProblem(404, "unknown_article");
    }

    private static async Task<string> FilledAsync(ContentApp app)
    {
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Bài");
        await Lookups.LookupTests.PutAsync(
            app,
            site,
            "bang",
            new
            {
                title = "Bảng",
                columns = Lookups.LookupTests.Columns,
                rows = new[] { new[] { "1", "một" } },
            }
        );
        return site;
    }
}
