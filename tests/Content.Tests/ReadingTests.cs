using System.Net;
using PortalServices.Content.Tests.Lookups;
using PortalServices.Content.Tests.Videos;
using PortalServices.Database;

namespace PortalServices.Content.Tests;

/// <summary>What holds for everything that visitors read.</summary>
public sealed class ReadingTests(ContentApps apps) : IClassFixture<ContentApps>
{
    public static TheoryData<string> Lists => ["articles", "categories", "videos", "lookups", "lookups/van-ban"];

    public static TheoryData<string, string> All =>
        new()
        {
            { "articles", "application/json; charset=utf-8" },
            { "articles/bai-mot", "application/json; charset=utf-8" },
            { "articles/bai-mot/print", "text/html; charset=utf-8" },
            { "categories", "application/json; charset=utf-8" },
            { "videos", "application/json; charset=utf-8" },
            { "lookups", "application/json; charset=utf-8" },
            { "lookups/van-ban", "application/json; charset=utf-8" },
            { "feed.atom", "application/atom+xml; charset=utf-8" },
            { "feed.rss", "application/rss+xml; charset=utf-8" },
            { "sitemap.xml", "application/xml; charset=utf-8" },
        };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_part_that_is_none_is_refused(string path)
    {
        var (app, site) = await FilledAsync();
        foreach (
            var query in new[]
            {
                "page=0",
                "page=-1",
                "page=100001",
                "page=x",
                "page=1.5",
                "page=%201",
                "page=99999999999999999999",
                "pageSize=0",
                "pageSize=101",
                "page=1&page=2",
            }
        )
        {
            (await app.GetAsync(site, $"{path}?{query}")).IsProblem(400, "invalid_paging");
        }
        (await app.GetAsync(site, $"{path}?page=100000&pageSize=100")).Is(HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Who_has_it_already_is_told_so(string path, string type)
    {
        var (app, site) = await FilledAsync();
        var whole = (await app.GetAsync(site, path)).Is(HttpStatusCode.OK);
        Assert.Equal((type, "no-cache"), (whole.Header("Content-Type"), whole.Header("Cache-Control")));
        Assert.NotEmpty(whole.Bytes);
        var again = (await app.GetAsync(site, path, ("If-None-Match", whole.Tag!))).Is(HttpStatusCode.NotModified);
        Assert.Equal((whole.Tag, 0), (again.Tag, again.Bytes.Length));
        (await app.GetAsync(site, path, ("If-None-Match", "\"other\""))).Is(HttpStatusCode.OK);

        var head = (await app.HeadAsync(site, path)).Is(HttpStatusCode.OK);
        Assert.Equal(
            (whole.Tag, 0, whole.Bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (head.Tag, head.Bytes.Length, head.Header("Content-Length"))
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_changes_has_another_tag(string path, string type)
    {
        var (app, site) = await FilledAsync();
        var before = await app.GetAsync(site, path);
        await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin mới" });
        await app.WriteAndPublishAsync(site, "Bài hai");
        await VideoTests.AddAsync(app, site, new { title = "Video hai", url = "https://video.example/2" });
        await LookupTests.PutAsync(
            app,
            site,
            "van-ban",
            new
            {
                title = "Văn bản mới",
                columns = LookupTests.Columns,
                rows = new[] { new[] { "2", "hai" } },
            },
            "*"
        );
        var bai = (await app.ReadAsync(site, "articles?q=%22bai%20mot%22")).Items.Single();
        (
            await app.EditAsync(
                HttpMethod.Put,
                site,
                $"articles/{bai.GetProperty("id").GetString()}",
                new { title = "Bài một", body = "Khác." },
                "*"
            )
        ).Is(HttpStatusCode.OK);

        var after = (await app.GetAsync(site, path, ("If-None-Match", before.Tag!))).Is(HttpStatusCode.OK);
        Assert.Equal(type, after.Header("Content-Type"));
        Assert.NotEqual(before.Tag, after.Tag);
    }

    [Fact]
    public async Task What_is_not_there_says_what_is_missing()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        (await app.GetAsync(site, "lookups/nothing")).IsProblem(404, "unknown_lookup");
        (await app.GetAsync(site, "articles/nothing/print")).IsProblem(404, "unknown_article");
        (await app.GetAsync(site, "feed.atom?category=nothing")).IsProblem(404, "unknown_category");
        (await app.GetAsync(site, "feed.rss?category=nothing")).IsProblem(404, "unknown_category");
        foreach (
            var path in new[]
            {
                "videos",
                "lookups",
                "lookups/x",
                "feed.atom",
                "feed.rss",
                "sitemap.xml",
                "articles/x/print",
            }
        )
        {
            (await app.GetAsync("nowhere", path)).IsProblem(404, "unknown_site");
        }
        Assert.Equal(404, (await app.HeadAsync(site, "lookups/nothing")).Status);
    }

    [Fact]
    public async Task The_public_door_has_nothing_of_the_operators()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        foreach (var path in new[] { "videos", "lookups", "categories" })
        {
            var address = $"/api/operator/sites/{app.NewSite()}/{path}";
            (await app.SendAsync(Door.Public, HttpMethod.Get, address, null)).IsProblem(404, "not_found");
            (await app.SendAsync(Door.Operators, HttpMethod.Get, address, null)).IsProblem(
                401,
                "operator_key_required"
            );
        }
    }

    private async Task<(ContentApp App, string Site)> FilledAsync()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin" })).Is(HttpStatusCode.Created);
        await app.WriteAndPublishAsync(site, "Bài một", at: "2024-01-01T00:00:00Z", more: new { category = "tin" });
        await VideoTests.AddAsync(app, site, new { title = "Video", url = "https://video.example/1" });
        await LookupTests.PutAsync(
            app,
            site,
            "van-ban",
            new
            {
                title = "Văn bản",
                columns = LookupTests.Columns,
                rows = new[] { new[] { "1", "một" } },
            }
        );
        return (app, site);
    }
}
