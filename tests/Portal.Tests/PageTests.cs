using System.Text.RegularExpressions;

namespace PortalServices.Portal.Tests;

/// <summary>What pages show, to whom, and what they refuse.</summary>
public sealed partial class PageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/tin-tuc?page=3")]
    [InlineData("/tin-tuc?category=khong-co")]
    [InlineData("/tim-kiem?q=hoc&page=3")]
    [InlineData("/video?page=3")]
    [InlineData("/hoi-dap?page=3")]
    [InlineData("/hoi-dap?category=khong-co")]
    public async Task What_no_list_has_is_not_found(string path)
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.IsEmpty = path.Contains("page", StringComparison.Ordinal);
        using var reply = await app.GetAsync(path);
        Assert.Equal(404, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Operators_find_no_page_at_their_door()
    {
        await using var app = await PortalApp.StartAsync();
        foreach (var path in PortalApp.Pages)
        {
            using var reply = await app.GetAtOperatorsAsync(path);
            Assert.Equal(404, (int)reply.StatusCode);
            Assert.Equal("application/problem+json", reply.Content.Headers.ContentType!.MediaType);
        }
    }

    [Fact]
    public async Task Texts_of_the_API_are_text()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Title = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>";
        foreach (var path in PortalApp.Pages)
        {
            using var page = await app.PageAsync(path);
            Assert.All(page.Scripts, script => Assert.StartsWith("/portal", script.GetAttribute("src")));
            Assert.DoesNotContain(page.Images, image => image.GetAttribute("src") == "x");
        }
        using var article = await app.PageAsync("/articles/mot");
        Assert.Equal(app.Services.Title, article.QuerySelector("h1")!.TextContent);
        using var found = await app.PageAsync("/tim-kiem?q=a");
        Assert.Equal($"Một {app.Services.Title} khác", found.QuerySelector(".items p")!.TextContent);
        Assert.Equal("Một", found.QuerySelector("mark")!.TextContent);
    }

    [Fact]
    public async Task Every_page_holds_to_a_strict_policy_and_asks_nobody_else()
    {
        await using var app = await PortalApp.StartAsync();
        foreach (
            var path in PortalApp.Pages.SelectMany(path =>
                new[] { path, $"{path}{(path.Contains('?') ? '&' : '?')}lang=en" }
            )
        )
        {
            using var reply = await app.GetAsync(path, ("Accept", PortalApp.Browser));
            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
                    + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                reply.Headers.GetValues("Content-Security-Policy").Single()
            );
            Assert.StartsWith("strict-origin", reply.Headers.GetValues("Referrer-Policy").Single());
            using var page = await PortalApp.ReadAsync(reply);
            Assert.Empty(page.QuerySelectorAll("[style], style, script:not([src])"));
            Assert.DoesNotContain(
                page.All,
                each => each.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal))
            );
            Assert.All(
                page.QuerySelectorAll("[src], link[rel=stylesheet], link[rel=icon], form"),
                each =>
                    Assert.Matches(
                        "^/[^/]|^/$",
                        each.GetAttribute("src") ?? each.GetAttribute("href") ?? each.GetAttribute("action")
                    )
            );
            Assert.Single(page.QuerySelectorAll("h1"));
            var levels = page.QuerySelectorAll("main :is(h1, h2, h3, h4)")
                .Select(each => each.LocalName[1] - '0')
                .ToList();
            Assert.DoesNotContain(levels.Zip(levels.Skip(1)), next => next.Second > next.First + 1);
            Assert.Equal(
                path.Contains("lang=en", StringComparison.Ordinal) ? "en" : "vi",
                page.DocumentElement.GetAttribute("lang")
            );
        }
    }

    [Fact]
    public async Task Images_of_other_websites_are_shown_where_the_settings_name_them()
    {
        await using var app = await PortalApp.StartAsync("--Portal:ImageOrigins:0=https://images.example");
        using var reply = await app.GetAsync("/articles/mot");
        Assert.Contains(
            "img-src 'self' https://images.example;",
            reply.Headers.GetValues("Content-Security-Policy").Single()
        );
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("https://images.example/a.png", page.QuerySelector(".cover")!.GetAttribute("src"));
    }

    [Fact]
    public async Task English_is_kept_by_every_link_and_counts_as_the_same_page()
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync("/hoi-dap?lang=en&q=hoc");
        Assert.Equal("/hoi-dap", page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"));
        Assert.All(
            page.QuerySelectorAll("nav.menu a, .pager a"),
            link => Assert.Matches("[?&]lang=en$", link.GetAttribute("href"))
        );
        Assert.All(
            page.QuerySelectorAll("form[method=get]"),
            form => Assert.Equal("en", form.QuerySelector("[name=lang]")!.GetAttribute("value"))
        );
        Assert.Equal("/hoi-dap?q=hoc", page.QuerySelector("a.language")!.GetAttribute("href"));
        Assert.Contains("Fees", page.QuerySelector(".answers .tag")!.TextContent);
    }

    [Fact]
    public async Task Images_of_other_websites_in_a_text_are_links_and_its_headings_go_below_the_title()
    {
        await using var app = await PortalApp.StartAsync("--Portal:ImageOrigins:0=https://images.example");
        app.Services.Html =
            "<h1>Một</h1><p><img src=\"https://other.example/a.png\" alt=\"Sơ đồ\"> "
            + "<img src=\"https://images.example/b.png\" alt=\"\"> <img src=\"/c.png\"> <img src=\"//other.example/d.png\"> "
            + "<a href=\"/e\"><img src=\"https://other.example/e.png\" alt=\"Trong liên kết\"></a></p><h2>Hai</h2>";
        using var page = await app.PageAsync("/articles/mot");
        var text = page.QuerySelector(".prose")!;
        Assert.Equal(
            ["https://images.example/a.png", "https://images.example/b.png", "/c.png"],
            text.QuerySelectorAll("img").Select(image => image.GetAttribute("src"))
        );
        Assert.Equal(
            [("https://other.example/a.png", "Sơ đồ"), ("//other.example/d.png", "Hình ảnh"), ("/e", "Trong liên kết")],
            text.QuerySelectorAll("a").Select(link => (link.GetAttribute("href"), link.TextContent))
        );
        Assert.Equal("Một", text.QuerySelector("h2")!.TextContent);
        Assert.Equal("Hai", text.QuerySelector("h3")!.TextContent);
        Assert.Single(page.QuerySelectorAll("h1"));
    }

    [Theory]
    [InlineData("english.example", "English", "en")]
    [InlineData("ENGLISH.example:8080", "English", "en")]
    [InlineData("portal.example", "Sơn La", "vi")]
    [InlineData("127.0.0.1", "Sơn La", "vi")]
    public async Task The_host_name_chooses_the_site(string host, string name, string language)
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync("/", ("Host", host));
        Assert.Equal((name, language), (page.Title, page.DocumentElement.GetAttribute("lang")));
    }

    [Fact]
    public async Task Sites_share_no_page()
    {
        await using var app = await PortalApp.StartAsync();
        foreach (var path in PortalApp.Pages)
        {
            var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang=en";
            foreach (
                var (host, name, other) in new[]
                {
                    ("portal.example", "Sơn La", "English"),
                    ("english.example", "English", "Sơn La"),
                }
            )
            {
                using var page = await app.PageAsync(address, ("Host", host));
                var brand = page.QuerySelector("header")!.TextContent;
                Assert.Contains(name, brand, StringComparison.Ordinal);
                Assert.DoesNotContain(other, brand, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task An_article_that_is_gone_is_a_page_that_says_so()
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.GetAsync("/articles/ba", ("Accept", PortalApp.Browser));
        Assert.Equal(404, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Equal("not_found", page.QuerySelector("code")!.TextContent);

        app.Services.Away.Add("articles");
        using var away = await app.GetAsync("/articles/bon", ("Accept", PortalApp.Browser));
        Assert.Equal((503, "5"), ((int)away.StatusCode, away.Headers.GetValues("Retry-After").Single()));
    }

    [Theory]
    [InlineData("/khong-co", "*/*", "application/problem+json")]
    [InlineData("/khong-co", PortalApp.Browser, "text/html")]
    [InlineData("/api/sites/khong-co/stats", PortalApp.Browser, "application/problem+json")]
    public async Task What_fails_is_a_page_for_browsers_at_pages_alone(string path, string accept, string type)
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.GetAsync(path, ("Accept", accept));
        Assert.Equal((404, type), ((int)reply.StatusCode, reply.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Without_the_setting_there_is_the_script_and_no_page()
    {
        await using var app = await PortalApp.StartAsync("--Portal:Enabled=false");
        using var page = await app.GetAsync("/", ("Accept", PortalApp.Browser));
        Assert.Equal(404, (int)page.StatusCode);
        using var script = await app.GetAsync("/portal.js");
        Assert.Equal(200, (int)script.StatusCode);
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_a_body()
    {
        await using var app = await PortalApp.StartAsync();
        foreach (var path in new[] { "/", "/portal.css", "/favicon.svg", "/portal-pages.js" })
        {
            using var reply = await app.SendAsync(HttpMethod.Head, path);
            Assert.Equal(200, (int)reply.StatusCode);
            Assert.Empty(await reply.Content.ReadAsByteArrayAsync(Cancel));
        }
        using var changed = await app.SendAsync(HttpMethod.Delete, "/");
        Assert.Equal(405, (int)changed.StatusCode);
    }

    [Fact]
    public async Task Pages_take_nothing_of_the_limits_of_the_API_and_have_their_own()
    {
        await using var app = await PortalApp.StartAsync("--Edge:PagesPerMinute=3", "--Edge:ContentReadsPerMinute=1");
        for (var i = 0; i < 3; i++)
        {
            using var page = await app.GetAsync("/", ("Accept", PortalApp.Browser));
            Assert.Equal(200, (int)page.StatusCode);
        }
        using var more = await app.GetAsync("/", ("Accept", PortalApp.Browser));
        Assert.Equal(429, (int)more.StatusCode);
        using var told = await PortalApp.ReadAsync(more);
        Assert.Equal("rate_limited", told.QuerySelector("code")!.TextContent);
        using var read = await app.GetAsync("/api/sites/sonla/articles");
        Assert.Equal(200, (int)read.StatusCode);
    }

    [Theory]
    [InlineData("--Edge:SearchesPerMinute=1", "/tim-kiem?q=hoc")]
    [InlineData("--Edge:SearchesPerMinute=1", "/hoi-dap?q=hoc")]
    [InlineData("--Edge:ReceiptMissesPerMinute=1", "/theo-doi?receipt=AAAA")]
    public async Task What_a_page_does_for_its_visitor_takes_the_visitors_share(string limit, string path)
    {
        await using var app = await PortalApp.StartAsync(limit);
        using var first = await app.GetAsync(path);
        Assert.NotEqual(429, (int)first.StatusCode);
        using var second = await app.GetAsync(path);
        Assert.Equal(429, (int)second.StatusCode);
    }

    [Fact]
    public async Task What_anybody_counts_by_a_name_of_their_own_is_not_shown()
    {
        await using var app = await PortalApp.StartAsync();
        app.Services.Top.AddRange(["/mua-hang-gia-re", "/articles/khong-co", "/articles/../x", "/articles/mot/print"]);
        using var page = await app.PageAsync("/thong-ke");
        Assert.Equal(
            ["/articles/mot"],
            page.QuerySelectorAll("table.data a").Select(link => link.GetAttribute("href"))
        );
    }

    [Theory]
    [InlineData("/khong-co", "/khong-co?lang=en")]
    [InlineData("//evil.example/x", "/?lang=en")]
    public async Task What_is_not_there_is_not_the_home_page_and_can_be_read_in_the_other_language(
        string path,
        string other
    )
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync(app.PublicDoor + path);
        Assert.Empty(page.QuerySelectorAll("[aria-current]"));
        Assert.Equal(other, page.QuerySelector("a.language")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData("/khong-co", 404)]
    [InlineData("/articles/mot/danh-gia", 200)]
    public async Task What_is_no_page_of_its_own_counts_nothing(string path, int status)
    {
        await using var app = await PortalApp.StartAsync();
        using var reply = await app.GetAsync(path, ("Accept", PortalApp.Browser));
        Assert.Equal(status, (int)reply.StatusCode);
        using var page = await PortalApp.ReadAsync(reply);
        Assert.Empty(page.QuerySelectorAll("script[data-site], link[rel=canonical]"));
    }

    [Fact]
    public async Task The_style_is_one_file_that_a_browser_keeps_until_it_changes()
    {
        await using var app = await PortalApp.StartAsync();
        using var page = await app.PageAsync("/");
        var address = Assert.Single(page.QuerySelectorAll("link[rel=stylesheet]")).GetAttribute("href")!;
        Assert.Matches(Versioned(), address);
        using var style = await app.GetAsync(address, ("Accept-Encoding", "br"));
        Assert.Equal(
            ("text/css", "br", "public, max-age=3600"),
            (
                style.Content.Headers.ContentType!.MediaType,
                style.Content.Headers.ContentEncoding.Single(),
                style.Headers.CacheControl!.ToString()
            )
        );
    }

    [GeneratedRegex("^/portal.css\\?v=[0-9a-f]{8}$")]
    private static partial Regex Versioned();
}
