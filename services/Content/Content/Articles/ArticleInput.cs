using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Articles;

/// <summary>What an editor sends: an article as it is to be.</summary>
/// <param name="Title">1 to 300 characters.</param>
/// <param name="Body">1 to 200,000 characters.</param>
/// <param name="Format"><c>markdown</c>, when nothing is said, or <c>html</c>.</param>
/// <param name="Summary">Up to 1,000 characters.</param>
/// <param name="Author">Up to 200 characters.</param>
/// <param name="Category">Slug of a category that exists; null for none.</param>
/// <param name="CoverImage">http, https or a path; null for none.</param>
/// <param name="CoverAlt">What the cover image shows, up to 300 characters.</param>
/// <param name="Slug">The name in the address; null for one made of the title, or for the present one.</param>
/// <param name="PublishedAt">Of a published article, another date for its readers, with its zone; null for the present
/// one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ArticleInput(
    string? Title = null,
    string? Body = null,
    ArticleFormat Format = ArticleFormat.Markdown,
    string? Summary = null,
    string? Author = null,
    string? Category = null,
    string? CoverImage = null,
    string? CoverAlt = null,
    string? Slug = null,
    string? PublishedAt = null
)
{
    /// <summary>An article as its editor would send it; its slug and its date stay what they are.</summary>
    public static ArticleInput Of(Article article) =>
        new(
            article.Title,
            article.Body,
            article.Format,
            article.Summary,
            article.Author,
            article.Category,
            article.CoverImage,
            article.CoverAlt
        );

    /// <summary>The texts of an earlier version; its slug and its date stay in the past.</summary>
    public static ArticleInput Of(ArticleVersion version) =>
        new(
            version.Title,
            version.Body,
            version.Format,
            version.Summary,
            version.Author,
            version.Category,
            version.CoverImage,
            version.CoverAlt
        );

    /// <summary>
    /// As it will be stored. Word processors write U+000B for a line break within a paragraph, and it comes along when
    /// text is pasted: a line break, or in one line a space.
    /// </summary>
    public ArticleInput WithLineBreaks() =>
        this with
        {
            Title = Title?.Replace('\v', ' '),
            Body = Body?.Replace('\v', '\n'),
            Summary = Summary?.Replace('\v', '\n'),
            Author = Author?.Replace('\v', ' '),
            CoverAlt = CoverAlt?.Replace('\v', ' '),
        };

    /// <summary>
    /// What is wrong, field by field; null when nothing is. Texts are compared as they will be stored.
    /// </summary>
    public IResult? Problem(HttpContext context)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Text("title", Title, Article.MaxTitle, required: true);
        mistakes.Text("body", Body, Article.MaxBody, required: true, severalLines: true);
        mistakes.Text("summary", Summary, Article.MaxSummary, severalLines: true);
        mistakes.Text("author", Author, Article.MaxAuthor);
        mistakes.Text("coverAlt", CoverAlt, Article.MaxTitle);
        mistakes.Address("coverImage", CoverImage);
        if (Slug is not null)
        {
            mistakes.Slug(Slug);
        }
        return mistakes.Problem();
    }
}
