using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>The way of an article from a draft to the public, on which the other tests stand.</summary>
public sealed class FixtureTests(ContentApps apps) : IClassFixture<ContentApps>
{
    [Theory]
    [EveryDatabase]
    public async Task An_article_is_public_once_it_is_published(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var draft = await app.WriteAsync(site, "Chuyển đổi số");
        Assert.Equal("chuyen-doi-so", draft.Slug);
        (await app.GetAsync(site, $"articles/{draft.Slug}")).IsProblem(404, "unknown_article");

        await app.PublishAsync(site, draft);

        Assert.Equal(["Chuyển đổi số"], (await app.GetAsync(site, "articles")).Each("title"));
    }
}
