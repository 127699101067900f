using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Content.Lookups;
using PortalServices.Content.Videos;

namespace PortalServices.Content.ApiDocument;

/// <summary>What clients of content send, each with its bounds, and the headers of what they get.</summary>
internal static class SentFields
{
    private const string SlugPattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        AnId = "0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57";

    public static readonly ApiField IfNoneMatch = ApiFields.IfNoneMatch("\"5f0c8e9a4b570190d5f25c1e\"");

    public static readonly ApiField ETag = new(
        "ETag",
        "Covers all that is answered.",
        ApiValue.Text("\"5f0c8e9a4b570190d5f25c1e\"")
    );

    public static readonly ApiField Query = new(
        "q",
        "Words that must all be there, in any spelling; those between quotation marks side by side.",
        ApiValue.Text("khuyen hoc", most: ArticleEndpoints.MaxSearch)
    );

    public static readonly ApiField Sort = new(
        "sort",
        "The order; when it is left out, of a search how well it was found, and `newest` otherwise.",
        ApiValue.OneOf(["newest", "mostViewed"])
    );

    public static readonly ApiField OfCategory = new(
        "category",
        "Only articles of this category, by its slug.",
        Slug("tin-tuc")
    );

    public static readonly ApiField EditorsSort = new(
        "sort",
        "The order; when it is left out, of a search how well it was found, and `newest` otherwise.",
        ApiValue.OneOf(["newest", "mostViewed", "changed"])
    );

    public static readonly ApiField OfState = new(
        "state",
        "Only articles in this state.",
        ApiValue.OneOf(["draft", "scheduled", "published", "withdrawn"])
    );

    public static readonly ApiField SlugOfArticle = new(
        "slug",
        "The article's name in its address, the present one or an older one.",
        Slug("hoi-nghi-tong-ket")
    );

    public static readonly ApiField SlugOfCategory = new("slug", "The category's slug.", Slug("tin-tuc"));

    public static readonly ApiField SlugOfLookup = new("slug", "The table's name in its address.", Slug("van-ban"));

    public static readonly ApiField SitemapPart = new(
        "part",
        "Its number in the index.",
        ApiValue.WholeNumber(1, 1, int.MaxValue)
    );

    public static readonly ApiField ArticleId = Id("The article's id.");

    public static readonly ApiField VideoId = Id("The video's id.");

    public static readonly ApiField Title = new(
        "title",
        "One line of plain text.",
        ApiValue.Text("Hội nghị tổng kết", 1, Article.MaxTitle)
    );

    public static readonly ApiField Summary = new(
        "summary",
        "Plain text.",
        ApiValue.Text("Tóm tắt.", most: Article.MaxSummary)
    );

    public static readonly ApiField Body = new(
        "body",
        "The text. Of its HTML, and of what its Markdown becomes, harmless elements and addresses stay.",
        ApiValue.Text("Nội dung **Markdown**.", 1, Article.MaxBody)
    );

    public static readonly ApiField Format = new(
        "format",
        "What the body is written in.",
        ApiValue.OneOf(["markdown", "html"], otherwise: "markdown")
    );

    public static readonly ApiField Author = new(
        "author",
        "One line of plain text.",
        ApiValue.Text("Ban biên tập", most: Article.MaxAuthor)
    );

    public static readonly ApiField CategoryOfArticle = new(
        "category",
        "Slug of a category that exists; left out for none.",
        Slug("tin-tuc")
    );

    public static readonly ApiField CoverImage = new(
        "coverImage",
        "An http or https address, or a path that begins with `/`; left out for none.",
        ApiValue.Text("/anh/hoi-nghi.jpg", most: Article.MaxAddress)
    );

    public static readonly ApiField CoverAlt = new(
        "coverAlt",
        "What the cover image shows, for those who cannot see it.",
        ApiValue.Text("Toàn cảnh hội nghị", most: Article.MaxTitle)
    );

    public static readonly ApiField NewSlug = new(
        "slug",
        "The name in the address, with a number behind where another article has or had it; left out for one made of the title, or for the present one.",
        Slug("hoi-nghi-tong-ket")
    );

    public static readonly ApiField NewDate = new(
        "publishedAt",
        "Of a published article, another date for its readers, with its zone, from 1990 until now; left out for the present one.",
        ApiValue.Instant("2026-11-25T08:00:00+07:00")
    );

    public static readonly ApiField VersionOfArticle = new(
        "version",
        "A version of the article.",
        ApiValue.WholeNumber(7, 1)
    );

    public static readonly ApiField PublishAt = new(
        "publishAt",
        "The date that readers see, with its zone: from 1990 until five years ahead. In the future, the article waits for it; left out for now.",
        ApiValue.Instant("2026-11-25T08:00:00+07:00")
    );

    public static readonly ApiField CategoryName = new(
        "name",
        "One line of plain text.",
        ApiValue.Text("Tin tức", 1, Category.MaxName)
    );

    public static readonly ApiField Order = new(
        "order",
        "Where it stands in the list, lowest first.",
        ApiValue.WholeNumber(10, 0, Category.MaxOrder, 0)
    );

    public static readonly ApiField Url = new(
        "url",
        "Where it plays: an http or https address.",
        ApiValue.Text("https://video.example/42.mp4", 1, Article.MaxAddress)
    );

    public static readonly ApiField Thumbnail = new(
        "thumbnail",
        "Address of a still picture: http, https, or a path that begins with `/`; left out for none.",
        ApiValue.Text("/anh/42.jpg", most: Article.MaxAddress)
    );

    public static readonly ApiField Duration = new(
        "durationSeconds",
        "Up to a day; 0 where it is not known.",
        ApiValue.WholeNumber(95, 0, Video.MaxDuration, 0)
    );

    public static readonly ApiField PublishedAt = new(
        "publishedAt",
        "An instant with its zone, from 1990 until five years ahead, before which visitors do not see it; left out for the present one, or for now.",
        ApiValue.Instant("2026-11-25T08:00:00+07:00")
    );

    public static readonly ApiField Columns = new(
        "columns",
        "What the cells are.",
        ApiValue.List(
            ApiValue.Record(
                new ApiField(
                    "name",
                    "For programs; once in a table, whatever the case.",
                    ApiValue.Text("number", 1, LookupTable.MaxColumnName, "^[A-Za-z][A-Za-z0-9_-]*$")
                ).Required(),
                new ApiField("title", "For people.", ApiValue.Text("Số ký hiệu", 1, Article.MaxTitle)).Required()
            ),
            1,
            LookupTable.MaxColumns
        )
    );

    public static readonly ApiField Rows = new(
        "rows",
        "Each has one text for every column.",
        ApiValue.List(
            ApiValue.List(ApiValue.Text("162-KH/TU", most: LookupTable.MaxCell), 1, LookupTable.MaxColumns),
            0,
            LookupTable.MaxRows
        )
    );

    public static readonly ApiField OfNothing = new(
        "If-None-Match",
        "`*` makes sure that a table that exists is not replaced.",
        ApiValue.OneOf(["*"])
    );

    private static ApiField Id(string description) =>
        new(
            "id",
            description,
            new()
            {
                Type = Microsoft.OpenApi.JsonSchemaType.String,
                Format = "uuid",
                Examples = [AnId],
            }
        );

    private static Microsoft.OpenApi.OpenApiSchema Slug(string example) =>
        ApiValue.Text(example, 1, VietnameseText.Slug.MaxLength, SlugPattern);
}
