using PortalServices.Content.Articles;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Articles;

/// <summary>What is made of a body.</summary>
public sealed class BodyTests(ContentApps apps) : IClassFixture<ContentApps>
{
    [Theory]
    [InlineData("html", "<p>&#x338; onmouseover=alert(1) x=</p>", "<p> onmouseover=alert(1) x=</p>")]
    [InlineData("html", "<p>\u0338\u0338 onmouseover=alert(1)</p>", "<p> onmouseover=alert(1)</p>")]
    [InlineData("html", "<p><b>a</b>\u0338 onmouseover=alert(1)</p>", "<p><b>a</b> onmouseover=alert(1)</p>")]
    [InlineData("markdown", "&#x338; onmouseover=alert(1)//", "<p> onmouseover=alert(1)//</p>\n")]
    public async Task A_mark_at_the_beginning_of_a_text_never_opens_the_tag_before_it(
        string format,
        string body,
        string html
    ) => Assert.Equal(html, await HtmlAsync(format, body));

    [Theory]
    [InlineData("html", "<p title='&#xFFFE;a'>&#xFFFE;b&#xFFFF;</p>", "<p title=\"a\">b</p>")]
    [InlineData("markdown", "a&#xFFFE;b", "<p>ab</p>\n")]
    public async Task A_reference_to_what_is_no_character_is_left_out(string format, string body, string html) =>
        Assert.Equal(html, await HtmlAsync(format, body));

    [Theory]
    [InlineData("<a href=\"\\\\evil\\x\">y</a>")]
    [InlineData("<a href=\"/x\">y</a>")]
    public void An_address_that_becomes_absolute_has_a_scheme_that_a_body_may_have(string html)
    {
        var text = ArticleText.WithAbsoluteAddresses(
            ArticleText.ToHtml(ArticleFormat.Html, html),
            new Uri("https://portal.example/articles/a")
        );
        Assert.DoesNotContain("file:", text, StringComparison.Ordinal);
        Assert.Equal(
            html.Contains("/x", StringComparison.Ordinal),
            text.Contains("https://portal.example/x", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Texts_and_attributes_are_composed() =>
        Assert.Equal(
            "<p title=\"\u1ebf\">\u1ebf</p>",
            await HtmlAsync("html", "<p title='e\u0302\u0301'>e\u0302\u0301</p>")
        );

    [Theory]
    [InlineData("markdown", "> ", 500)]
    [InlineData("markdown", "[", 5_000)]
    [InlineData("markdown", "- ", 500)]
    [InlineData("markdown", "<div>", 500)]
    [InlineData("html", "<div>", 500)]
    [InlineData("html", "<b>", 5_000)]
    public async Task What_is_nested_too_deep_is_refused_and_changes_nothing(string format, string piece, int times)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var article = await app.WriteAsync(site, "Sâu");
        var body = new
        {
            title = "Sâu",
            body = string.Concat(Enumerable.Repeat(piece, times)) + "a",
            format,
        };

        Assert.Matches(
            "^depth: 128$",
            (await app.EditAsync(HttpMethod.Post, site, "articles", body))
                .IsProblem(400, "body_too_complex")
                .Json.GetProperty("detail")
                .GetString()
        );
        (await app.EditAsync(HttpMethod.Put, site, $"articles/{article.Id}", body, article.Tag)).IsProblem(
            400,
            "body_too_complex"
        );

        Assert.Equal(1, (await app.ReadAsync(site, "articles")).Json.GetProperty("total").GetInt32());
        Assert.Equal(article.Tag, (await app.ReadAsync(site, $"articles/{article.Id}")).Tag);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_was_taken_before_there_were_bounds_keeps_no_editor_from_the_rest(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Cũ", "Nội dung.");
        var body = string.Concat(Enumerable.Repeat("> ", 500)) + "a";
        await app.WithDatabaseAsync(context =>
            Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ExecuteUpdateAsync(
                context.Articles.Where(each => each.Id == article.Id),
                set => set.SetProperty(each => each.Body, body),
                TestContext.Current.CancellationToken
            )
        );

        var patched = (
            await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", new { title = "Mới" }, "*")
        ).Is(System.Net.HttpStatusCode.OK);

        Assert.Equal(
            ("Mới", body, "<p>Nội dung.</p>\n"),
            (
                patched.Json.GetProperty("title").GetString(),
                patched.Json.GetProperty("body").GetString(),
                patched.Json.GetProperty("html").GetString()
            )
        );
        (
            await app.EditAsync(HttpMethod.Patch, site, $"articles/{article.Id}", new { body = body + "b" }, "*")
        ).IsProblem(400, "body_too_complex");
    }

    private async Task<string?> HtmlAsync(string format, string body)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        return (await app.WriteAsync(app.NewSite(), "Bài", body, new { format })).Json.GetProperty("html").GetString();
    }
}
