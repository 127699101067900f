using System.Globalization;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Feeds;

/// <summary>How many addresses a file of the sitemap has.</summary>
/// <param name="MaxAddresses">At most. With addresses of 300 bytes it stays far below the 50 MB that the protocol
/// allows, too.</param>
internal sealed record SitemapLimit(int MaxAddresses)
{
    /// <summary>The protocol allows so many.</summary>
    public static readonly SitemapLimit OfProtocol = new(50_000);
}

/// <summary>
/// <c>GET sitemap.xml</c>: the published articles for search engines, newest first
/// (https://www.sitemaps.org/protocol.html). Where one file has not room for them, it is the index of
/// <c>sitemap-1.xml</c>, <c>sitemap-2.xml</c> …, oldest first: a part that is full stays as it is when articles are
/// added.
/// </summary>
internal static class SitemapEndpoint
{
    private static readonly XNamespace Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    public static void MapSitemap(this IEndpointRouteBuilder site)
    {
        site.MapRead("/sitemap.xml", ReadAsync)
            .Describe("readSitemap", "Reads the addresses of the published articles, for search engines.")
            .AnswersText(
                "application/xml",
                $"All of them, newest first; where they are more than {SitemapLimit.OfProtocol.MaxAddresses}, the index of the parts (Sitemap protocol)."
            )
            .AnswersTag();
        site.MapRead("/sitemap-{part}.xml", ReadPartAsync)
            .Describe("readSitemapPart", "Reads a part of the addresses of the published articles.")
            .Takes(new ApiField("part", "Its number in the index.", ApiValue.WholeNumber(1, 1, int.MaxValue)))
            .AnswersText("application/xml", $"{SitemapLimit.OfProtocol.MaxAddresses} of them, oldest first.")
            .AnswersTag()
            .Fails(CommonProblems.NotFound);
    }

    private static async Task<IResult> ReadAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        SitemapLimit limit
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var published = database.PublishedArticles(site);
        var count = await published.CountAsync(cancel);
        if (count > limit.MaxAddresses)
        {
            return Index(
                SiteAddress.OfRequest(request) + $"/api/sites/{site}",
                (count + limit.MaxAddresses - 1) / limit.MaxAddresses
            );
        }
        return Addresses(
            SiteAddress.Of(request.HttpContext.Site(), request),
            await SelectAsync(published.NewestFirst().Take(limit.MaxAddresses), cancel)
        );
    }

    private static async Task<IResult> ReadPartAsync(
        string site,
        string part,
        HttpRequest request,
        ContentContext database,
        SitemapLimit limit
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var oldestFirst = database
            .PublishedArticles(site)
            .OrderBy(article => article.ListedAt)
            .ThenByDescending(article => article.Id);
        if (
            !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < 1
            || (number - 1L) * limit.MaxAddresses > int.MaxValue
        )
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        // What is left out is counted in the index alone.
        var first = await oldestFirst
            .Skip((number - 1) * limit.MaxAddresses)
            .Select(article => new { article.ListedAt, article.Id })
            .FirstOrDefaultAsync(cancel);
        if (first is null)
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        var fromThere = oldestFirst.Where(article =>
            article.ListedAt > first.ListedAt
            || (article.ListedAt == first.ListedAt && article.Id.CompareTo(first.Id) <= 0)
        );
        return Addresses(
            SiteAddress.Of(request.HttpContext.Site(), request),
            await SelectAsync(fromThere.Take(limit.MaxAddresses), cancel)
        );
    }

    private static Task<List<Entry>> SelectAsync(IQueryable<Article> articles, CancellationToken cancel) =>
        articles
            .Select(article => new Entry(article.Slug, article.ChangedAt, article.PublishedAt ?? 0))
            .ToListAsync(cancel);

    private static IResult Index(string address, int parts) =>
        Xml(
            "sitemapindex",
            Enumerable
                .Range(1, parts)
                .Select(part => new XElement(
                    Namespace + "sitemap",
                    new XElement(
                        Namespace + "loc",
                        string.Create(CultureInfo.InvariantCulture, $"{address}/sitemap-{part}.xml")
                    )
                ))
        );

    private static IResult Addresses(string origin, List<Entry> articles) =>
        Xml(
            "urlset",
            articles.Select(article => new XElement(
                Namespace + "url",
                new XElement(Namespace + "loc", SiteAddress.OfArticle(origin, article.Slug).AbsoluteUri),
                new XElement(Namespace + "lastmod", LastChange(article.ChangedAt, article.PublishedAt))
            ))
        );

    // One element at a time: there may be many.
    private static IResult Xml(string name, IEnumerable<XElement> content) =>
        ETagResult.Bytes(
            XmlText.Write(new XStreamingElement(Namespace + name, content).WriteTo),
            "application/xml; charset=utf-8"
        );

    private static string LastChange(long changedAt, long publishedAt) =>
        Instants
            .Of(Math.Max(changedAt, publishedAt))
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record Entry(string Slug, long ChangedAt, long PublishedAt);
}
