using System.Diagnostics.CodeAnalysis;
using System.Xml;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Feeds;

/// <summary>
/// <c>GET feed.atom</c> and <c>GET feed.rss</c>: the newest articles, of the site or of <c>?category=</c>.
/// </summary>
internal static class FeedEndpoints
{
    /// <summary>Articles in a feed.</summary>
    private const int Max = 20;

    public static void MapFeeds(this IEndpointRouteBuilder site)
    {
        MapFeed(site, "/feed.atom", "readAtomFeed", "Atom 1.0", "application/atom+xml", feed => feed.ToAtom().WriteTo);
        MapFeed(site, "/feed.rss", "readRssFeed", "RSS 2.0", "application/rss+xml", feed => feed.ToRss().WriteTo);
    }

    private static void MapFeed(
        IEndpointRouteBuilder site,
        [StringSyntax("Route")] string route,
        string id,
        string format,
        string mediaType,
        Func<ArticleFeed, Action<XmlWriter>> write
    ) =>
        site.MapRead(
                route,
                (string site, HttpRequest request, ContentContext database) =>
                    ReadAsync(site, request, database, mediaType, write)
            )
            .Describe(id, $"Reads the newest articles as {format}.")
            .Takes(ArticleEndpoints.OfCategory)
            .AnswersText(mediaType, $"The {Max} newest.")
            .AnswersTag()
            .Fails(ContentProblems.UnknownCategory);

    private static async Task<IResult> ReadAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        string mediaType,
        Func<ArticleFeed, Action<XmlWriter>> write
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var categories = await database
            .Categories.Where(category => category.Site == site)
            .ToDictionaryAsync(category => category.Slug, category => category.Name, cancel);
        var category = (string?)request.Query["category"] is { Length: > 0 } asked ? asked : null;
        if (category is not null && !categories.ContainsKey(category))
        {
            return Problem.Of(ContentProblems.UnknownCategory);
        }
        var newest = await database
            .PublishedArticles(site)
            .InCategory(category)
            .NewestFirst()
            .Take(Max)
            .AsNoTracking()
            .ToListAsync(cancel);
        var feed = new ArticleFeed(request.HttpContext.Site(), category, categories, newest, request);
        return ETagResult.Bytes(XmlText.Write(write(feed)), $"{mediaType}; charset=utf-8");
    }
}
