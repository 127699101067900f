using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PortalServices.Database;

namespace PortalServices.Content.Tests.PrintArticle;

/// <summary>An article on paper.</summary>
public sealed partial class PrintTests(ContentApps apps) : IClassFixture<ContentApps>
{
    [Theory]
    [EveryDatabase]
    public async Task The_page_has_the_article_and_where_it_is_from(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(
            site,
            "Chuyển đổi số",
            "Một **hai** ![ảnh](/media/a.png)",
            "2024-05-01T20:30:00Z",
            new { author = "Lò Thị A" }
        );
        var page = (await app.GetAsync(site, "articles/chuyen-doi-so/print")).Is(HttpStatusCode.OK);
        Assert.Equal("vi", page.Header("Content-Language"));
        Assert.Contains("<html lang=\"vi\">", page.Text, StringComparison.Ordinal);
        Assert.Contains("<h1>Chuyển đổi số</h1>", page.Text, StringComparison.Ordinal);
        Assert.Contains("Tác giả: Lò Thị A", page.Text, StringComparison.Ordinal);
        Assert.Contains(
            "Ngày đăng: <time datetime=\"2024-05-02T03:30:00+07:00\">02/05/2024 03:30</time>",
            page.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("<strong>hai</strong>", page.Text, StringComparison.Ordinal);
        Assert.Contains($"src=\"{ContentApp.Origin}/media/a.png\"", page.Text, StringComparison.Ordinal);
        Assert.Contains($"Nguồn: {ContentApp.Origin}/articles/chuyen-doi-so", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [EveryDatabase]
    public async Task The_page_has_summary_and_cover_before_the_text(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var cover = new
        {
            summary = "Tóm <tắt>\nhai dòng.",
            coverImage = "/media/b&c.png",
            coverAlt = "\"Ảnh\"",
        };
        var article = await app.WriteAndPublishAsync(site, "Có ảnh", "Nội dung.", more: cover);
        var page = (await app.GetAsync(site, $"articles/{article.Slug}/print")).Is(HttpStatusCode.OK).Text;
        var summary = page.IndexOf("<p class=\"summary\">Tóm &lt;tắt&gt;", StringComparison.Ordinal);
        var image = page.IndexOf(
            $"<img src=\"{ContentApp.Origin}/media/b&amp;c.png\" alt=\"&quot;Ảnh&quot;\">",
            StringComparison.Ordinal
        );
        Assert.InRange(summary, 1, image);
        Assert.InRange(image, summary, page.IndexOf("<p>Nội dung.</p>", StringComparison.Ordinal));

        var plain = await app.WriteAndPublishAsync(site, "Không ảnh", "Nội dung.");
        page = (await app.GetAsync(site, $"articles/{plain.Slug}/print")).Is(HttpStatusCode.OK).Text;
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<p class=\"summary\">", page, StringComparison.Ordinal);
    }

    [Theory]
    [EveryDatabase]
    public async Task An_English_site_has_English_labels_and_its_own_clock(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewEnglishSite();
        await app.WriteAndPublishAsync(site, "News", at: "2024-05-01T02:30:00Z", more: new { author = "Ann" });
        var page = (await app.GetAsync(site, "articles/news/print", ("Accept-Language", "vi")))
            .Is(HttpStatusCode.OK)
            .Text;
        Assert.Contains("Author: Ann", page, StringComparison.Ordinal);
        Assert.Contains(">30 April 2024, 22:30</time>", page, StringComparison.Ordinal);
        Assert.Contains("Source: http://127.0.0.1", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_are_escaped_and_nothing_but_style_and_images_is_allowed()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(
            site,
            "</title><script>alert(1)</script>",
            "<p onclick='x()'>chào<script>alert(2)</script></p>",
            more: new { format = "html", author = "\"><img src=x onerror=alert(3)>" }
        );
        var page = (await app.GetAsync(site, $"articles/{article.Slug}/print")).Is(HttpStatusCode.OK);
        Assert.Contains(
            "<h1>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</h1>",
            page.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("&quot;&gt;&lt;img src=x onerror=alert(3)&gt;", page.Text, StringComparison.Ordinal);
        Assert.Contains("<p>chào</p>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page.Text, StringComparison.Ordinal);

        var style = Convert.ToBase64String(
            SHA256.HashData(Encoding.UTF8.GetBytes(StyleElement().Match(page.Text).Groups[1].Value))
        );
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{style}'; img-src 'self' http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            page.Header("Content-Security-Policy")
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task An_old_slug_leads_to_the_page_and_a_draft_has_none(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var draft = await app.WriteAsync(site, "Tên cũ");
        (await app.GetAsync(site, "articles/ten-cu/print")).IsProblem(404, "unknown_article");
        var article = await app.ChangeAsync(
            site,
            await app.PublishAsync(site, draft),
            "Tên mới",
            more: new { slug = "ten-moi" }
        );
        var moved = (await app.GetAsync(site, "articles/ten-cu/print")).Is(HttpStatusCode.MovedPermanently);
        Assert.Equal($"/api/sites/{site}/articles/ten-moi/print", moved.Header("Location"));
        (await app.GetAsync(site, "articles/ten-moi/print")).Is(HttpStatusCode.OK);
        await app.WithdrawAsync(site, article);
        (await app.GetAsync(site, "articles/ten-cu/print")).IsProblem(404, "unknown_article");
    }

    [GeneratedRegex("<style>(.*)</style>", RegexOptions.Singleline)]
    private static partial Regex StyleElement();
}
