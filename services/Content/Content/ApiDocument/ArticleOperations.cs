using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;
using static PortalServices.Content.ApiDocument.OperatorRoute;
using static PortalServices.Content.ApiDocument.SentFields;

namespace PortalServices.Content.ApiDocument;

/// <summary>The operators' routes of articles and their categories, as the document tells of them.</summary>
internal static class ArticleOperations
{
    public const string Tag = "Writing articles";

    private static readonly ApiBody Article = new(
        typeof(ArticleInput),
        Title.Required(),
        SentFields.Body.Required(),
        Format,
        Summary,
        Author,
        CategoryOfArticle,
        CoverImage,
        CoverAlt,
        NewSlug,
        NewDate
    );

    private static readonly ApiBody SomeOfArticle = new(
        typeof(ArticleInput),
        Title,
        SentFields.Body,
        Format,
        Summary,
        Author,
        CategoryOfArticle,
        CoverImage,
        CoverAlt,
        NewSlug,
        NewDate
    )
    {
        Name = "ArticlePatch",
        IsMergePatch = true,
    };

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Read(
            Tag,
            "articles",
            "listAllArticles",
            "Lists articles in any state, or those that a search finds, without their bodies."
        ) with
        {
            Query = [SentFields.Query, OfState, OfCategory, EditorsSort, ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers(
                "A page of the list: the newest first, or in the order of a search.",
                typeof(PagedList<EditedArticle>)
            ),
            Problems =
            [
                CommonProblems.InvalidPaging,
                CommonProblems.InvalidSearch,
                CommonProblems.InvalidSort,
                ContentProblems.InvalidState,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Read(Tag, "articles/{id:guid}", "readAnyArticle", "Reads an article in any state, whole.") with
        {
            Path = [ApiFields.SiteId, ArticleId],
            Replies = [Versioned(200, "The article.", typeof(EditedArticle))],
            Problems = [ContentProblems.UnknownArticle, .. RouteProblems.OperatorsOfSite],
        },
        Write(Tag, "POST", "articles", "writeArticle", "Writes a new article, as a draft.") with
        {
            Body = Article,
            Replies = [Made("The draft.", typeof(EditedArticle), "articles/0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57")],
            Problems =
            [
                .. RouteProblems.OfBodies,
                CommonProblems.InvalidFields,
                ContentProblems.BodyTooComplex,
                CommonProblems.IllegalState,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Change("PUT", "articles/{id:guid}", "changeArticle", "Replaces an article.") with
        {
            Description =
                "What is left out is empty afterwards, but for the slug and the date, which stay; an older slug keeps leading to the article.",
            Body = Article,
            Replies = [Versioned(200, "As it is now.", typeof(EditedArticle))],
            Problems = [.. OfTexts, .. OfArticles],
        },
        Change("PATCH", "articles/{id:guid}", "patchArticle", "Changes some fields of an article.") with
        {
            Description =
                "A JSON merge patch (RFC 7396): a field that is null gets its usual value, one that is left out stays. It is taken as `application/json`, too.",
            Body = SomeOfArticle,
            Replies = [Versioned(200, "As it is now.", typeof(EditedArticle))],
            Problems = [.. OfTexts, .. OfArticles],
        },
        Read(
            Tag,
            "articles/{id:guid}/versions",
            "listArticleVersions",
            "Lists the versions of an article: who changed it, when and how."
        ) with
        {
            Description = $"At most {ArticleVersion.MaxPerArticle} are kept; the oldest go.",
            Path = [ApiFields.SiteId, ArticleId],
            Query = [ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers(
                "A page of the list, the newest first.",
                typeof(PagedList<ListedVersion>)
            ),
            Problems = [CommonProblems.InvalidPaging, ContentProblems.UnknownArticle, .. RouteProblems.OperatorsOfSite],
        },
        Read(
            Tag,
            "articles/{id:guid}/versions/{version:long}",
            "readArticleVersion",
            "Reads an article as it was."
        ) with
        {
            Path = [ApiFields.SiteId, ArticleId, VersionOfArticle],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers("The version.", typeof(WholeVersion)),
            Problems =
            [
                ContentProblems.UnknownArticle,
                ContentProblems.UnknownVersion,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Change(
            "POST",
            "articles/{id:guid}/versions/{version:long}/restore",
            "restoreArticleVersion",
            "Gives an article the texts of an earlier version again."
        ) with
        {
            Description =
                "It is one more change: slug, state and date stay. A category that was deleted since is left out.",
            Path = [ApiFields.SiteId, ArticleId, VersionOfArticle],
            Replies = [Versioned(200, "As it is now.", typeof(EditedArticle))],
            Problems =
            [
                CommonProblems.InvalidFields,
                ContentProblems.BodyTooComplex,
                ContentProblems.UnknownVersion,
                .. OfArticles,
            ],
        },
        Change(
            "POST",
            "articles/{id:guid}/publish",
            "publishArticle",
            "Publishes an article, at once or when its time comes."
        ) with
        {
            Description = "Of a draft, a withdrawn or a scheduled one.",
            Body = new ApiBody(typeof(PublicationInput), PublishAt) { IsOptional = true },
            Replies = [Versioned(200, "Published, or scheduled.", typeof(EditedArticle))],
            Problems =
            [
                .. RouteProblems.OfBodies,
                ContentProblems.InvalidPublication,
                CommonProblems.IllegalState,
                .. OfArticles,
            ],
        },
        Change(
            "POST",
            "articles/{id:guid}/withdraw",
            "withdrawArticle",
            "Takes an article back: one that was ever public is withdrawn, a scheduled one that was not a draft again."
        ) with
        {
            Replies = [Versioned(200, "Taken back.", typeof(EditedArticle))],
            Problems = [CommonProblems.IllegalState, .. OfArticles],
        },
        Change("DELETE", "articles/{id:guid}", "deleteArticle", "Deletes a draft with its versions.") with
        {
            Description = "A slug that readers knew, or that has views, is never given to another article.",
            Replies = [new(204, "It is gone.")],
            Problems = [CommonProblems.IllegalState, .. OfArticles],
        },
        Read(
            Tag,
            "categories",
            "listAllCategories",
            "Lists the categories, with the number of articles of each in any state."
        ) with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers(
                "A page of the list, by `order` and slug.",
                typeof(PagedList<EditedCategory>)
            ),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.OperatorsOfSite],
        },
        Write(Tag, "PUT", "categories/{slug}", "putCategory", "Makes a category, or changes it.") with
        {
            Description = "It has no version: of two who change it, the later one is right.",
            Path = [ApiFields.SiteId, SlugOfCategory],
            Body = new ApiBody(typeof(CategoryInput), CategoryName.Required(), Order),
            Replies = [new(201, "Made.", typeof(EditedCategory)), new(200, "Changed.", typeof(EditedCategory))],
            Problems = [.. RouteProblems.OfBodies, CommonProblems.InvalidFields, .. RouteProblems.OperatorsOfSite],
        },
        Write(Tag, "DELETE", "categories/{slug}", "deleteCategory", "Deletes a category that has no articles.") with
        {
            Path = [ApiFields.SiteId, SlugOfCategory],
            Replies = [new(204, "It is gone.")],
            Problems = [ContentProblems.UnknownCategory, ContentProblems.NameTaken, .. RouteProblems.OperatorsOfSite],
        },
    ];

    private static IReadOnlyList<ProblemCode> OfTexts =>
        [
            .. RouteProblems.OfBodies,
            CommonProblems.InvalidFields,
            ContentProblems.BodyTooComplex,
            ContentProblems.InvalidPublication,
            CommonProblems.IllegalState,
            ContentProblems.TooManySlugs,
        ];

    private static IReadOnlyList<ProblemCode> OfArticles =>
        [ContentProblems.UnknownArticle, .. OfChanges, MessagingProblems.OutboxFull, .. RouteProblems.OperatorsOfSite];

    private static ApiOperation Change(string method, string route, string id, string summary) =>
        Write(Tag, method, route, id, summary) with
        {
            Path = [ApiFields.SiteId, ArticleId],
            Headers = [ApiFields.IfMatch.Required()],
        };
}
