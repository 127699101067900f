using System.ServiceModel.Syndication;
using System.Xml.Linq;
using PortalServices.Content.Articles;

namespace PortalServices.Content.Feeds;

/// <summary>
/// Articles as Atom 1.0 (RFC 4287) and RSS 2.0 (https://www.rssboard.org/rss-specification). Instants are told by the
/// clock of the site.
/// </summary>
/// <param name="site">Whose they are.</param>
/// <param name="category">Slug of the category that they are of; null for all.</param>
/// <param name="categories">Names of the site's categories by their slugs.</param>
/// <param name="articles">Published ones, newest first.</param>
/// <param name="request">Where the feed was asked for.</param>
internal sealed class ArticleFeed(
    Site site,
    string? category,
    IReadOnlyDictionary<string, string> categories,
    IReadOnlyList<Article> articles,
    HttpRequest request
)
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom",
        DublinCore = "http://purl.org/dc/elements/1.1/",
        Content = "http://purl.org/rss/1.0/modules/content/";

    private readonly string _origin = SiteAddress.Of(site, request);
    private readonly Uri _self = new(
        SiteAddress.OfRequest(request) + request.Path + (category is null ? "" : $"?category={category}")
    );

    public Atom10FeedFormatter ToAtom()
    {
        var feed = Feed();
        feed.Id = $"urn:portal-services:feed:{site.Id}" + (category is null ? "" : $":{category}");
        feed.Links.Add(SyndicationLink.CreateSelfLink(_self, "application/atom+xml"));
        // Of every entry that names none of its own; RFC 4287 wants one.
        feed.Authors.Add(new SyndicationPerson { Name = XmlText.Of(site.Name) });
        feed.Items =
        [
            .. articles.Select(article =>
            {
                var item = Item(article);
                item.LastUpdatedTime = Local(ChangedAt(article));
                item.Summary =
                    article.Summary.Length > 0 ? new TextSyndicationContent(XmlText.Of(article.Summary)) : null;
                item.Content = new TextSyndicationContent(Html(article), TextSyndicationContentKind.Html);
                if (article.Author.Length > 0)
                {
                    item.Authors.Add(new SyndicationPerson { Name = XmlText.Of(article.Author) });
                }
                if (article.Category is { } slug)
                {
                    item.Categories.Add(new SyndicationCategory(slug, null, CategoryName(slug)));
                }
                return item;
            }),
        ];
        return new Atom10FeedFormatter(feed);
    }

    public Rss20FeedFormatter ToRss()
    {
        var feed = Feed();
        feed.ElementExtensions.Add(
            new XElement(
                Atom + "link",
                new XAttribute("href", _self.AbsoluteUri),
                new XAttribute("rel", "self"),
                new XAttribute("type", "application/rss+xml")
            )
        );
        feed.Items =
        [
            .. articles.Select(article =>
            {
                var item = Item(article);
                var html = Html(article);
                item.Summary = new TextSyndicationContent(
                    article.Summary.Length > 0 ? XmlText.Of(article.Summary) : html
                );
                item.ElementExtensions.Add(new XElement(Content + "encoded", html));
                // An author of RSS itself is an address of mail.
                if (article.Author.Length > 0)
                {
                    item.ElementExtensions.Add(new XElement(DublinCore + "creator", XmlText.Of(article.Author)));
                }
                if (article.Category is { } slug)
                {
                    item.Categories.Add(new SyndicationCategory(CategoryName(slug)));
                }
                return item;
            }),
        ];
        return new Rss20FeedFormatter(feed, serializeExtensionsAsAtom: false);
    }

    private SyndicationFeed Feed()
    {
        var title = XmlText.Of(category is null ? site.Name : $"{site.Name} – {categories[category]}");
        var feed = new SyndicationFeed
        {
            Title = new TextSyndicationContent(title),
            Description = new TextSyndicationContent(title),
            Language = site.Language,
            LastUpdatedTime = Local(articles.Select(ChangedAt).DefaultIfEmpty().Max()),
        };
        feed.Links.Add(SyndicationLink.CreateAlternateLink(new Uri(_origin + "/")));
        return feed;
    }

    private SyndicationItem Item(Article article)
    {
        var item = new SyndicationItem
        {
            Id = $"urn:uuid:{article.Id}",
            Title = new TextSyndicationContent(XmlText.Of(article.Title)),
            PublishDate = Local(article.PublishedAt ?? 0),
        };
        item.Links.Add(SyndicationLink.CreateAlternateLink(SiteAddress.OfArticle(_origin, article.Slug)));
        return item;
    }

    private string Html(Article article) =>
        XmlText.Of(ArticleText.WithAbsoluteAddresses(article.Html, SiteAddress.OfArticle(_origin, article.Slug)));

    private string CategoryName(string slug) => XmlText.Of(categories.GetValueOrDefault(slug, slug));

    private DateTimeOffset Local(long milliseconds) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), site.Zone);

    // One that was published by the clock was changed before.
    private static long ChangedAt(Article article) => Math.Max(article.ChangedAt, article.PublishedAt ?? 0);
}
