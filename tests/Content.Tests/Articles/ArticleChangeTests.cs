using System.Net;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>Articles that are written, moved and changed, by many at once, too.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ArticleChangeTests(ContentApps apps) : IClassFixture<ContentApps>
{
    // Each of its characters is three in NFC.
    private const char Grows = '\uFB2C';

    [Theory]
    [EveryDatabase]
    public async Task Many_of_one_title_at_the_same_time_are_all_written(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();

        var written = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    app.EditAsync(HttpMethod.Post, site, "articles", new { title = "Thông báo", body = "Nội dung." })
                )
        );

        Assert.All(written, reply => reply.Is(HttpStatusCode.Created));
        Assert.Equal(50, written.Select(reply => reply.Json.GetProperty("slug").GetString()).Distinct().Count());
    }

    [Theory]
    [EveryDatabase(Differs = true)]
    public async Task Of_many_who_change_one_version_all_others_are_told_the_present_one(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Đua");

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => app.EditAsync(HttpMethod.Post, site, $"articles/{article.Id}/publish", null, article.Tag))
        );

        Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(
            replies.Where(reply => reply.Status != 200),
            reply => Assert.Equal("\"2\"", reply.IsProblem(412, "version_conflict").Tag)
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task A_text_is_as_long_as_it_is_stored(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();

        // 300 letters of two characters each are 300 once they are composed.
        await app.WriteAsync(site, string.Concat(Enumerable.Repeat("e\u0302", 300)));
        var reply = await app.EditAsync(
            HttpMethod.Post,
            site,
            "articles",
            new
            {
                title = new string(Grows, 101),
                body = "b",
                summary = new string(Grows, 334),
                author = new string(Grows, 67),
                coverAlt = new string(Grows, 101),
            }
        );

        Assert.Equal(["author", "coverAlt", "summary", "title"], reply.IsProblem(400, "invalid_fields").WrongFields);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/print")]
    public async Task An_old_address_leads_to_the_new_one_with_its_query_and_is_not_kept(string view)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Một", more: new { slug = "mot" });
        await app.ChangeAsync(site, article, "Một", more: new { slug = "hai" });

        var reply = (await app.GetAsync(site, $"articles/mot{view}?utm_source=a%26b")).Is(
            HttpStatusCode.MovedPermanently
        );

        Assert.Equal($"/api/sites/{site}/articles/hai{view}?utm_source=a%26b", reply.Header("Location"));
        Assert.Equal("no-cache", reply.Header("Cache-Control"));
    }
}
