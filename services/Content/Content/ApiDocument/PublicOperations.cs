using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Feeds;
using PortalServices.Content.Lookups;
using PortalServices.Content.Videos;
using PortalServices.ServiceDefaults;
using static PortalServices.Content.ApiDocument.SentFields;

namespace PortalServices.Content.ApiDocument;

/// <summary>The routes that are open to all, as the document tells of them.</summary>
internal static class PublicOperations
{
    public const string Articles = "Articles",
        Others = "Videos and lookups",
        Feeds = "Feeds";
    private const string AtSite = "/api/sites/{site}";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Read(Articles, "articles", "listArticles", "Lists published articles, or those that a search finds.") with
        {
            Description =
                "What a search finds is ordered: the query as it is spelt in the title, in any spelling in the title, all its words in the title, as it is spelt in the text, in any "
                + "spelling in the text, all its words anywhere; among equals the newest first. A `snippet` shows where the text has its words.",
            Query = [SentFields.Query, OfCategory, Sort, ApiFields.Page, ApiFields.PageSize],
            Replies = Answers(
                "A page of the list; of a category that there is not, an empty one.",
                typeof(PagedList<ArticleItem>)
            ),
            Problems =
            [
                CommonProblems.InvalidPaging,
                CommonProblems.InvalidSearch,
                CommonProblems.InvalidSort,
                .. RouteProblems.Public,
            ],
        },
        Read(Articles, "articles/{slug}", "readArticle", "Reads a published article with its views.") with
        {
            Path = [ApiFields.SiteId, SlugOfArticle],
            Replies =
            [
                .. Answers("The article.", typeof(ArticleDetail)),
                Moved("/api/sites/sonla/articles/hoi-nghi-tong-ket"),
            ],
            Problems = [ContentProblems.UnknownArticle, .. RouteProblems.Public],
        },
        Read(Articles, "articles/{slug}/print", "printArticle", "Reads a published article as a page for paper.") with
        {
            Path = [ApiFields.SiteId, SlugOfArticle],
            Replies =
            [
                .. Answers("The page, in the language of the site.", "text/html"),
                Moved("/api/sites/sonla/articles/hoi-nghi-tong-ket/print"),
            ],
            Problems = [ContentProblems.UnknownArticle, .. RouteProblems.Public],
        },
        Read(
            Articles,
            "categories",
            "listCategories",
            "Lists the categories, with the number of published articles of each."
        ) with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Replies = Answers("A page of the list, by `order` and slug.", typeof(PagedList<CategoryItem>)),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.Public],
        },
        Read(Others, "videos", "listVideos", "Lists the videos whose date has come.") with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Replies = Answers("A page of the list, the newest first.", typeof(PagedList<VideoItem>)),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.Public],
        },
        Read(Others, "lookups", "listLookups", "Lists the lookup tables.") with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Replies = Answers("A page of the list, by slug.", typeof(PagedList<LookupItem>)),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.Public],
        },
        Read(Others, "lookups/{slug}", "readLookup", "Reads a lookup table, or the rows that a search finds.") with
        {
            Path = [ApiFields.SiteId, SlugOfLookup],
            Query = [SentFields.Query, ApiFields.Page, ApiFields.PageSize],
            Replies = Answers(
                "A page of its rows, in their order, or those found in the order of a search of articles, the first cell being the title.",
                typeof(LookupPage)
            ),
            Problems =
            [
                CommonProblems.InvalidPaging,
                CommonProblems.InvalidSearch,
                ContentProblems.UnknownLookup,
                .. RouteProblems.Public,
            ],
        },
        Feed("feed.atom", "readAtomFeed", "Atom 1.0", "application/atom+xml"),
        Feed("feed.rss", "readRssFeed", "RSS 2.0", "application/rss+xml"),
        Read(
            Feeds,
            "sitemap.xml",
            "readSitemap",
            "Reads the addresses of the published articles, for search engines."
        ) with
        {
            Replies = Answers(
                $"All of them, newest first; where they are more than {SitemapLimit.OfProtocol.MaxAddresses}, the index of the parts (Sitemap protocol).",
                "application/xml"
            ),
            Problems = [.. RouteProblems.Public],
        },
        Read(
            Feeds,
            "sitemap-{part}.xml",
            "readSitemapPart",
            "Reads a part of the addresses of the published articles."
        ) with
        {
            Path = [ApiFields.SiteId, SentFields.SitemapPart],
            Replies = Answers($"{SitemapLimit.OfProtocol.MaxAddresses} of them, oldest first.", "application/xml"),
            Problems = [.. RouteProblems.Public],
        },
    ];

    /// <summary>The answers of a route for reading.</summary>
    public static ApiReply[] Answers(string description, Type type) =>
        [new(200, description, type) { Headers = [ETag] }, Held];

    private static ApiReply[] Answers(string description, string textType) =>
        [new(200, description) { TextType = textType, Headers = [ETag] }, Held];

    private static ApiReply Held => new(304, "It is what the caller holds.") { Headers = [ETag] };

    private static ApiReply Moved(string example) =>
        new(301, "The slug is an older one of this article.")
        {
            Headers = [ApiFields.Location("The address with the present slug.", example)],
        };

    private static ApiOperation Feed(string route, string id, string format, string type) =>
        Read(Feeds, route, id, $"Reads the newest articles as {format}.") with
        {
            Query = [OfCategory],
            Replies = Answers($"The {FeedEndpoints.Most} newest.", type),
            Problems = [ContentProblems.UnknownCategory, .. RouteProblems.Public],
        };

    private static ApiOperation Read(string tag, string route, string id, string summary) =>
        new("GET", $"{AtSite}/{route}", id, summary)
        {
            Tag = tag,
            Path = [ApiFields.SiteId],
            Headers = [IfNoneMatch],
            Replies = [],
            Problems = [],
        };
}
