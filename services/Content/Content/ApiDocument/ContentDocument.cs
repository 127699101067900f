using PortalServices.ApiDocuments;
using PortalServices.Messaging;

namespace PortalServices.Content.ApiDocument;

/// <summary>
/// The API document of content, <c>/openapi/content.json</c>. Its approved text is docs/openapi/content.json, so a
/// change of the API shows in review.
/// </summary>
internal static class ContentDocument
{
    public static ApiDescription Description { get; } =
        new(
            ContentService.Name,
            "Content",
            "Articles, videos and tables to look things up in. What becomes of an article, and what a search finds, is in docs/content.md; all problem codes are in docs/errors.md."
        )
        {
            Tags =
            [
                (PublicOperations.Articles, "What visitors read and search."),
                (PublicOperations.Others, "The video block, and tables to look things up in."),
                (PublicOperations.Feeds, "The newest articles for readers of feeds, all of them for search engines."),
                (ArticleOperations.Tag, "Drafts, publishing, categories. At the operators' door only."),
                (KeepingOperations.Tag, "Videos and lookup tables. At the operators' door only."),
                (DeadLetterOperations.Tag, DeadLetterOperations.About),
            ],
            Operations =
            [
                .. PublicOperations.All,
                .. ArticleOperations.All,
                .. KeepingOperations.All,
                .. DeadLetterOperations.Of(ContentService.Name),
            ],
        };
}
