using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Feeds;

/// <summary>
/// <c>GET feed.atom</c> and <c>GET feed.rss</c>: the newest articles, of the site or of <c>?category=</c>.
/// </summary>
internal static class FeedEndpoints
{
    /// <summary>Articles in a feed.</summary>
    public const int Most = 20;

    public static void MapFeeds(this IEndpointRouteBuilder site)
    {
        site.MapRead(
            "/feed.atom",
            (string site, HttpRequest request, ContentContext database) =>
                ReadAsync(
                    site,
                    request,
                    database,
                    feed =>
                        ETagResult.Bytes(XmlText.Write(feed.ToAtom().WriteTo), "application/atom+xml; charset=utf-8")
                )
        );
        site.MapRead(
            "/feed.rss",
            (string site, HttpRequest request, ContentContext database) =>
                ReadAsync(
                    site,
                    request,
                    database,
                    feed => ETagResult.Bytes(XmlText.Write(feed.ToRss().WriteTo), "application/rss+xml; charset=utf-8")
                )
        );
    }

    private static async Task<IResult> ReadAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        Func<ArticleFeed, IResult> reply
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var categories = await database
            .Categories.Where(category => category.Site == site)
            .ToDictionaryAsync(category => category.Slug, category => category.Name, cancel);
        var articles = database.Articles.Where(article =>
            article.Site == site && article.State == ArticleState.Published
        );
        string? category = null;
        if ((string?)request.Query["category"] is { Length: > 0 } asked)
        {
            if (!categories.ContainsKey(asked))
            {
                return Problem.Of(ContentProblems.UnknownCategory);
            }
            category = asked;
            articles = articles.Where(article => article.Category == asked);
        }

        var newest = await articles
            .OrderByDescending(article => article.ListedAt)
            .ThenBy(article => article.Id)
            .Take(Most)
            .AsNoTracking()
            .ToListAsync(cancel);
        return reply(new ArticleFeed(request.HttpContext.Site(), category, categories, newest, request));
    }
}
