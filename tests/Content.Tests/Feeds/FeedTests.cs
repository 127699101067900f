using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.Content.Feeds;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Feeds;

/// <summary>Atom, RSS and the sitemap, read as XML.</summary>
public sealed class FeedTests(ContentApps apps, TestDatabases databases) : IClassFixture<ContentApps>
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom",
        Sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private static readonly XNamespace Content = "http://purl.org/rss/1.0/modules/content/",
        DublinCore = "http://purl.org/dc/elements/1.1/";

    [Theory]
    [EveryDatabase]
    public async Task Atom_has_all_that_its_standard_requires(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await WrittenAsync(app, site);
        var feed = await XmlAsync(app, site, "feed.atom");
        Assert.Equal(Atom + "feed", feed.Name);
        Assert.Equal($"urn:portal-services:feed:{site}", Only(feed, "id"));
        Assert.StartsWith("Trang số ", Only(feed, "title"), StringComparison.Ordinal);
        Assert.StartsWith(
            "Trang số ",
            feed.Element(Atom + "author")!.Element(Atom + "name")!.Value,
            StringComparison.Ordinal
        );
        Assert.Equal("vi", feed.Attribute(XNamespace.Xml + "lang")!.Value);
        Assert.Equal($"{app.At(Door.Public)}api/sites/{site}/feed.atom", Link(feed, "self"));
        Assert.Equal(ContentApp.Origin + "/", Link(feed, "alternate"));

        var entry = Assert.Single(feed.Elements(Atom + "entry"));
        Assert.Equal($"urn:uuid:{article.Id}", Only(entry, "id"));
        Assert.Equal("Tin <b>mới</b> & \"cũ\"", Only(entry, "title"));
        Assert.Equal("2024-05-01T07:30:00+07:00", Only(entry, "published"));
        Assert.Equal(Only(feed, "updated"), Only(entry, "updated"));
        Assert.True(
            DateTimeOffset.ParseExact(Only(entry, "updated"), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)
                > TimeProvider.System.GetUtcNow().AddMinutes(-5)
        );
        Assert.Equal($"{ContentApp.Origin}/articles/{article.Slug}", Link(entry, "alternate"));
        Assert.Equal("Tóm & tắt", Only(entry, "summary"));
        Assert.Equal("Lò Thị A", entry.Element(Atom + "author")!.Element(Atom + "name")!.Value);
        Assert.Equal(
            ("tin", "Tin & tức"),
            (
                entry.Element(Atom + "category")!.Attribute("term")!.Value,
                entry.Element(Atom + "category")!.Attribute("label")!.Value
            )
        );
        var content = entry.Element(Atom + "content")!;
        Assert.Equal("html", content.Attribute("type")!.Value);
        Assert.Empty(content.Elements());
        Assert.Equal($"<p>1 &lt; 2 &amp; <a href=\"{ContentApp.Origin}/van-ban\">đây</a></p>", content.Value.Trim());

        static string Only(XElement of, string name) => Assert.Single(of.Elements(Atom + name)).Value;
        static string Link(XElement of, string rel) =>
            Assert
                .Single(of.Elements(Atom + "link"), link => link.Attribute("rel")!.Value == rel)
                .Attribute("href")!
                .Value;
    }

    [Theory]
    [EveryDatabase]
    public async Task Rss_has_all_that_its_standard_requires(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        var article = await WrittenAsync(app, site);
        var rss = await XmlAsync(app, site, "feed.rss");
        Assert.Equal(("rss", "2.0"), (rss.Name.ToString(), rss.Attribute("version")!.Value));
        var channel = Assert.Single(rss.Elements());
        foreach (var name in new[] { "title", "description" })
        {
            Assert.StartsWith("Trang số ", Only(channel, name), StringComparison.Ordinal);
        }
        Assert.Equal(ContentApp.Origin + "/", Only(channel, "link"));
        Assert.Equal("vi", Only(channel, "language"));
        Assert.Equal(
            $"{app.At(Door.Public)}api/sites/{site}/feed.rss",
            Assert.Single(channel.Elements(Atom + "link")).Attribute("href")!.Value
        );

        var item = Assert.Single(channel.Elements("item"));
        Assert.Equal("Tin <b>mới</b> & \"cũ\"", Only(item, "title"));
        Assert.Equal($"{ContentApp.Origin}/articles/{article.Slug}", Only(item, "link"));
        Assert.Equal("Tóm & tắt", Only(item, "description"));
        Assert.Equal(
            ("false", $"urn:uuid:{article.Id}"),
            (item.Element("guid")!.Attribute("isPermaLink")!.Value, Only(item, "guid"))
        );
        Assert.Equal("Wed, 01 May 2024 07:30:00 +0700", Only(item, "pubDate"));
        Assert.Equal("Tin & tức", Only(item, "category"));
        Assert.Equal("Lò Thị A", item.Element(DublinCore + "creator")!.Value);
        Assert.Contains("<p>1 &lt; 2 &amp; ", item.Element(Content + "encoded")!.Value, StringComparison.Ordinal);
        Assert.Empty(item.Elements("author"));

        static string Only(XElement of, string name) => Assert.Single(of.Elements(name)).Value;
    }

    [Theory]
    [EveryDatabase]
    public async Task The_sitemap_names_every_published_article_newest_first(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Cũ", at: "2020-01-01T00:00:00Z");
        await app.WriteAndPublishAsync(site, "Mới", at: "2021-01-01T00:00:00Z");
        await app.WriteAsync(site, "Nháp");
        await app.WithdrawAsync(site, await app.WriteAndPublishAsync(site, "Thu hồi"));
        var map = await XmlAsync(app, site, "sitemap.xml");
        Assert.Equal(Sitemap + "urlset", map.Name);
        Assert.Equal(
            [$"{ContentApp.Origin}/articles/moi", $"{ContentApp.Origin}/articles/cu"],
            map.Elements(Sitemap + "url").Select(url => url.Element(Sitemap + "loc")!.Value)
        );
        Assert.All(
            map.Elements(Sitemap + "url"),
            url =>
                DateTimeOffset.ParseExact(
                    url.Element(Sitemap + "lastmod")!.Value,
                    "yyyy-MM-dd'T'HH:mm:ss'Z'",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal
                )
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task A_sitemap_that_is_too_long_for_one_file_has_parts_that_stay_when_articles_are_added(
        DatabaseKind database
    )
    {
        await using var app = await ContentApp.StartAsync(
            await databases.CreateAsync(database),
            services => services.Replace(ServiceDescriptor.Singleton(new SitemapLimit(3)))
        );
        var site = app.NewSite();
        for (var number = 1; number <= 3; number++)
        {
            await app.WriteAndPublishAsync(site, $"Bài {number}", at: "2024-01-01T00:00:00Z");
        }
        Assert.Equal(3, (await XmlAsync(app, site, "sitemap.xml")).Elements(Sitemap + "url").Count());
        for (var number = 4; number <= 7; number++)
        {
            await app.WriteAndPublishAsync(site, $"Bài {number}", at: "2024-01-01T00:00:00Z");
        }
        await app.WriteAsync(site, "Nháp");

        var index = await XmlAsync(app, site, "sitemap.xml");
        Assert.Equal(Sitemap + "sitemapindex", index.Name);
        var parts = index.Elements(Sitemap + "sitemap").Select(part => part.Element(Sitemap + "loc")!.Value).ToArray();
        Assert.Equal(
            Enumerable.Range(1, 3).Select(part => $"{app.At(Door.Public)}api/sites/{site}/sitemap-{part}.xml"),
            parts
        );
        var (first, second, third) = (await LocationsAsync(1), await LocationsAsync(2), await LocationsAsync(3));
        Assert.Equal((3, 3, 1), (first.Length, second.Length, third.Length));
        Assert.Equal(
            Enumerable.Range(1, 7).Select(number => $"{ContentApp.Origin}/articles/bai-{number}"),
            first.Concat(second).Concat(third).Order(StringComparer.Ordinal)
        );

        await app.WriteAndPublishAsync(site, "Bài 8", at: "2024-01-02T00:00:00Z");
        Assert.Equal(first, await LocationsAsync(1));
        Assert.Equal(second, await LocationsAsync(2));
        Assert.Equal(third.Append($"{ContentApp.Origin}/articles/bai-8"), await LocationsAsync(3));
        foreach (var missing in (string[])["4", "0", "-1", "a", "2147483647", "99999999999"])
        {
            Assert.Equal(404, (int)(await app.GetAsync(site, $"sitemap-{missing}.xml")).Status);
        }

        async Task<string[]> LocationsAsync(int part) =>
            [
                .. (await XmlAsync(app, site, $"sitemap-{part}.xml"))
                    .Elements(Sitemap + "url")
                    .Select(url => url.Element(Sitemap + "loc")!.Value),
            ];
    }

    [Theory]
    [EveryDatabase]
    public async Task A_feed_has_the_newest_twenty_of_the_site_or_of_a_category(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin" });
        for (var day = 1; day <= 22; day++)
        {
            await app.WriteAndPublishAsync(
                site,
                $"Bài {day}",
                at: $"2024-01-{day:D2}T00:00:00Z",
                more: day == 1 ? new { category = "tin" } : null
            );
        }
        await app.WriteAsync(site, "Nháp");

        Assert.Equal(Enumerable.Range(3, 20).Reverse().Select(day => $"Bài {day}"), await TitlesAsync("feed.atom"));
        Assert.Equal(Enumerable.Range(3, 20).Reverse().Select(day => $"Bài {day}"), await TitlesAsync("feed.rss"));
        Assert.Equal(["Bài 1"], await TitlesAsync("feed.atom?category=tin"));
        Assert.Equal(["Bài 1"], await TitlesAsync("feed.rss?category=tin"));
        Assert.Equal(20, (await TitlesAsync("feed.rss?category=")).Count());
        Assert.EndsWith(
            "feed.atom?category=tin",
            (await XmlAsync(app, site, "feed.atom?category=tin"))
                .Elements(Atom + "link")
                .First(link => link.Attribute("rel")!.Value == "self")
                .Attribute("href")!
                .Value,
            StringComparison.Ordinal
        );

        async Task<IEnumerable<string>> TitlesAsync(string path) =>
            (await XmlAsync(app, site, path))
                .Descendants()
                .Where(each => each.Name.LocalName is "entry" or "item")
                .Select(each => each.Elements().First(child => child.Name.LocalName == "title").Value);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_site_without_origins_is_where_it_was_asked(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewEnglishSite();
        await app.WriteAndPublishAsync(site, "News");
        var page = $"{app.At(Door.Public)}articles/news";
        Assert.Equal(page, (await XmlAsync(app, site, "sitemap.xml")).Descendants(Sitemap + "loc").Single().Value);
        Assert.Equal(page, (await XmlAsync(app, site, "feed.rss")).Descendants("item").Single().Element("link")!.Value);
        Assert.Contains(page, (await app.GetAsync(site, "feed.atom")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_XML_forbids_breaks_no_feed(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        // HTML can name what its text cannot hold.
        await app.WriteAndPublishAsync(
            site,
            "😀 ]]> </title>",
            "<p>a&#1;b&#xFFFF;c&#xD800;d😀 ]]&gt; <b>e</b></p>",
            more: new { format = "html" }
        );
        foreach (var path in new[] { "feed.atom", "feed.rss" })
        {
            var feed = await XmlAsync(app, site, path);
            Assert.Contains("😀 ]]> </title>", feed.Descendants().Select(each => each.Value));
            Assert.Contains(
                feed.Descendants(),
                each => each.Value.Contains("😀 ]]&gt; <b>e</b>", StringComparison.Ordinal)
            );
        }

        await XmlAsync(app, site, "sitemap.xml");
    }

    [Fact]
    public async Task An_empty_site_has_valid_feeds()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        Assert.NotNull((await XmlAsync(app, site, "feed.atom")).Element(Atom + "updated"));
        Assert.Empty((await XmlAsync(app, site, "feed.rss")).Descendants("item"));
        Assert.Empty((await XmlAsync(app, site, "sitemap.xml")).Elements());
    }

    [Theory]
    [InlineData("feed.atom")]
    [InlineData("feed.rss")]
    [InlineData("sitemap.xml")]
    [InlineData("articles/tin/print")]
    public async Task A_request_that_names_no_host_is_answered(string path)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewEnglishSite();
        await app.WriteAndPublishAsync(site, "Tin", more: new { slug = "tin" });

        // The clients of .NET always name one.
        var door = app.At(Door.Public);
        using var client = new TcpClient();
        await client.ConnectAsync(door.Host, door.Port, TestContext.Current.CancellationToken);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes($"GET /api/sites/{site}/{path} HTTP/1.0\r\n\r\n"),
                TestContext.Current.CancellationToken
            );
        using var reply = new StreamReader(client.GetStream());

        Assert.Equal("HTTP/1.1 200 OK", await reply.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<WrittenArticle> WrittenAsync(ContentApp app, string site)
    {
        await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin & tức" });
        return await app.WriteAndPublishAsync(
            site,
            "Tin <b>mới</b> & \"cũ\"",
            "1 < 2 & [đây](/van-ban)",
            "2024-05-01T00:30:00Z",
            new
            {
                summary = "Tóm & tắt",
                author = "Lò Thị A",
                category = "tin",
            }
        );
    }

    private static async Task<XElement> XmlAsync(ContentApp app, string site, string path)
    {
        var reply = (await app.GetAsync(site, path)).Is(HttpStatusCode.OK);
        Assert.Equal((byte)'<', reply.Bytes[0]);
        return XDocument.Load(new MemoryStream(reply.Bytes)).Root!;
    }
}
