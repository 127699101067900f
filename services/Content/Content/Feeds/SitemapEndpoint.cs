using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Feeds;

/// <summary><c>GET sitemap.xml</c>: the published articles for search engines, newest first (https://www.sitemaps.org/protocol.html).</summary>
internal static class SitemapEndpoint
{
    /// <summary>The protocol allows so many addresses in a file.</summary>
    public const int Most = 50_000;

    const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    public static void MapSitemap(this IEndpointRouteBuilder site) => site.MapRead("/sitemap.xml", ReadAsync);

    static async Task<IResult> ReadAsync(string site, HttpRequest request, ContentContext database, SiteList sites)
    {
        if (!sites.TryGet(site, out var known))
            return Problem.Of(CommonProblems.UnknownSite);
        var origin = SiteAddress.Of(known, request);
        var articles = await database.Articles.Where(article => article.Site == site && article.State == ArticleState.Published)
            .OrderByDescending(article => article.PublishedAt).ThenBy(article => article.Id).Take(Most)
            .Select(article => new { article.Slug, article.ChangedAt, article.PublishedAt }).ToListAsync(request.HttpContext.RequestAborted);
        return TaggedResult.Bytes(
            XmlText.Write(xml =>
            {
                xml.WriteStartElement("urlset", Namespace);
                foreach (var article in articles)
                {
                    xml.WriteStartElement("url", Namespace);
                    xml.WriteElementString("loc", Namespace, SiteAddress.OfArticle(origin, article.Slug).AbsoluteUri);
                    xml.WriteElementString("lastmod", Namespace, LastChange(article.ChangedAt, article.PublishedAt ?? 0));
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
            }),
            "application/xml; charset=utf-8");
    }

    static string LastChange(long changedAt, long publishedAt) =>
        Instants.Of(Math.Max(changedAt, publishedAt)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
