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
        typeof(ArticleInput), Title.Required(), SentFields.Body.Required(), Format, Summary, Author, CategoryOfArticle, CoverImage, CoverAlt, NewSlug);

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Read(Tag, "articles", "listAllArticles", "Lists articles in any state, or those that a search finds, without their bodies.") with
        {
            Query = [SentFields.Query, OfState, ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers("A page of the list: the newest first, or in the order of a search.", typeof(Listed<EditedArticle>)),
            Problems = [CommonProblems.InvalidPaging, CommonProblems.InvalidSearch, ContentProblems.InvalidState, .. RouteProblems.OperatorsOfSite],
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
            Problems = [.. RouteProblems.OfBodies, CommonProblems.InvalidFields, .. RouteProblems.OperatorsOfSite],
        },
        Change("PUT", "articles/{id:guid}", "changeArticle", "Changes an article: it is as it is sent, whole.") with
        {
            Description = "What is left out is empty afterwards, but for the slug, which stays; an older slug keeps leading to the article.",
            Body = Article,
            Replies = [Versioned(200, "As it is now.", typeof(EditedArticle))],
            Problems = [.. RouteProblems.OfBodies, CommonProblems.InvalidFields, .. OfArticles],
        },
        Change("POST", "articles/{id:guid}/publish", "publishArticle", "Publishes an article, at once or when its time comes.") with
        {
            Description = "Of a draft, a withdrawn or a scheduled one.",
            Body = new ApiBody(typeof(PublicationInput), PublishAt) { IsOptional = true },
            Replies = [Versioned(200, "Published, or scheduled.", typeof(EditedArticle))],
            Problems = [.. RouteProblems.OfBodies, ContentProblems.InvalidPublication, CommonProblems.IllegalState, .. OfArticles],
        },
        Change("POST", "articles/{id:guid}/withdraw", "withdrawArticle", "Takes an article back: a published one is withdrawn, a scheduled one a draft again.") with
        {
            Replies = [Versioned(200, "Taken back.", typeof(EditedArticle))],
            Problems = [CommonProblems.IllegalState, .. OfArticles],
        },
        Change("DELETE", "articles/{id:guid}", "deleteArticle", "Deletes a draft.") with
        {
            Replies = [new(204, "It is gone.")],
            Problems = [CommonProblems.IllegalState, .. OfArticles],
        },
        Read(Tag, "categories", "listAllCategories", "Lists the categories, with the number of articles of each in any state.") with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers("A page of the list, by `order` and slug.", typeof(Listed<EditedCategory>)),
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

    private static IReadOnlyList<ProblemCode> OfArticles => [ContentProblems.UnknownArticle, .. OfChanges, MessagingProblems.OutboxFull, .. RouteProblems.OperatorsOfSite];

    private static ApiOperation Change(string method, string route, string id, string summary) => Write(Tag, method, route, id, summary) with
    {
        Path = [ApiFields.SiteId, ArticleId],
        Headers = [ApiFields.IfMatch.Required()],
    };
}
