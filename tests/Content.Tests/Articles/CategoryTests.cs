using System.Net;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>Categories and their editing.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class CategoryTests(ContentApps apps) : IClassFixture<ContentApps>
{
    [Theory]
    [EveryDatabase]
    public async Task A_category_is_made_and_changed_by_its_name(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        (await PutAsync(app, site, "su-kien", new { name = "Sự kiện", order = 2 })).Is(HttpStatusCode.Created);
        (await PutAsync(app, site, "tin-tuc", new { name = "Tin tức", order = 1 })).Is(HttpStatusCode.Created);
        Assert.Equal(["tin-tuc", "su-kien"], (await app.GetAsync(site, "categories")).Each("slug"));

        var changed = (await PutAsync(app, site, "tin-tuc", new { name = " Tin ", order = 3 })).Is(HttpStatusCode.OK);
        Assert.Equal("""{"slug":"tin-tuc","name":"Tin","order":3,"articles":0}""", changed.Text);
        Assert.Equal(["Sự kiện", "Tin"], (await app.ReadAsync(site, "categories")).Each("name"));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_category_is_deleted_once_no_article_uses_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await PutAsync(app, site, "tin", new { name = "Tin" });
        var draft = await app.WriteAsync(site, "Bài", more: new { category = "tin" });
        Assert.Equal(1, (await app.ReadAsync(site, "categories")).Items.Single().GetProperty("articles").GetInt32());
        Assert.Equal(0, (await app.GetAsync(site, "categories")).Items.Single().GetProperty("articles").GetInt32());

        (await app.EditAsync(HttpMethod.Delete, site, "categories/tin")).IsProblem(409, "name_taken");
        await app.ChangeAsync(site, draft, "Bài");
        (await app.EditAsync(HttpMethod.Delete, site, "categories/tin")).Is(HttpStatusCode.NoContent);
        (await app.EditAsync(HttpMethod.Delete, site, "categories/tin")).IsProblem(404, "unknown_category");
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_many_who_make_a_category_at_once_one_does_and_the_others_change_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => PutAsync(app, site, "tin", new { name = $"Tin {n}" }))
        );
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Equal(7, replies.Count(reply => reply.Status == 200));
        Assert.Single((await app.GetAsync(site, "categories")).Items);
    }

    [Fact]
    public async Task Every_wrong_field_is_named()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        await RefusedAsync("tin", new { name = "" }, "name");
        await RefusedAsync("tin", new { name = new string('x', 201) }, "name");
        await RefusedAsync("tin", new { name = "x", order = -1 }, "order");
        await RefusedAsync("tin", new { name = "x", order = 1_000_001 }, "order");
        await RefusedAsync("Tin_tuc", new { name = "" }, "name", "slug");
        await RefusedAsync(new string('a', 121), new { name = "x" }, "slug");
        Assert.Empty((await app.ReadAsync(site, "categories")).Items);

        async Task RefusedAsync(string slug, object body, params string[] fields) =>
            Assert.Equal(fields, (await PutAsync(app, site, slug, body)).IsProblem(400, "invalid_fields").WrongFields);
    }

    private static Task<AppReply> PutAsync(ContentApp app, string site, string slug, object category) =>
        app.EditAsync(HttpMethod.Put, site, $"categories/{slug}", category);
}
