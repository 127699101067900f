using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;

namespace PortalServices.Content.Articles;

/// <summary>What an editor sends: an article as it is to be.</summary>
/// <param name="Title">One line of plain text.</param>
/// <param name="Body">The text. Of its HTML, and of what its Markdown becomes, harmless elements and addresses
/// stay.</param>
/// <param name="Format">What the body is written in.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Author">One line of plain text.</param>
/// <param name="Category">Slug of a category that exists; left out for none.</param>
/// <param name="CoverImage">An http or https address, or a path that begins with <c>/</c>; left out for none.</param>
/// <param name="CoverAlt">What the cover image shows, for those who cannot see it.</param>
/// <param name="Slug">The name in the address, with a number behind where another article has or had it; left out for
/// one made of the title, or for the present one.</param>
/// <param name="PublishedAt">Of a published article, another date for its readers, with its zone, from 1990 until now;
/// left out for the present one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ArticleInput(
    [Required, PlainText(Article.MaxTitle), Example("Hội nghị tổng kết")] string? Title = null,
    [Required, PlainText(Article.MaxBody, SeveralLines = true), Example("Nội dung **Markdown**.")] string? Body = null,
    ArticleFormat Format = ArticleFormat.Markdown,
    [PlainText(Article.MaxSummary, SeveralLines = true), Example("Tóm tắt.")] string? Summary = null,
    [PlainText(Article.MaxAuthor), Example("Ban biên tập")] string? Author = null,
    [Length(1, VietnameseText.Slug.MaxLength), RegularExpression(ContentFields.SlugPattern), Example("tin-tuc")]
        string? Category = null,
    [MaxLength(Article.MaxAddress), Example("/anh/hoi-nghi.jpg")] string? CoverImage = null,
    [PlainText(Article.MaxTitle), Example("Toàn cảnh hội nghị")] string? CoverAlt = null,
    [
        Length(1, VietnameseText.Slug.MaxLength),
        RegularExpression(ContentFields.SlugPattern),
        Example("hoi-nghi-tong-ket")
    ]
        string? Slug = null,
    [DataType(DataType.DateTime), Example("2026-11-25T08:00:00+07:00")] string? PublishedAt = null
)
{
    /// <summary>An article, or a version of it, as its editor would send it; slug and date stay as they are.</summary>
    public static ArticleInput Of(ArticleFields article, string body) =>
        new(
            article.Title,
            body,
            article.Format,
            article.Summary,
            article.Author,
            article.Category,
            article.CoverImage,
            article.CoverAlt
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
        mistakes.Check(this);
        mistakes.Address("coverImage", CoverImage);
        if (Slug is not null)
        {
            mistakes.Slug(Slug);
        }
        return mistakes.Problem();
    }
}
