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
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ArticleInput(
    string? Title = null, string? Body = null, ArticleFormat Format = ArticleFormat.Markdown, string? Summary = null, string? Author = null, string? Category = null,
    string? CoverImage = null, string? CoverAlt = null, string? Slug = null)
{
    /// <summary>What is wrong, field by field; null when nothing is. Texts are compared as they will be stored.</summary>
    public IResult? Problem(HttpContext context)
    {
        var mistakes = new FieldMistakes(context);
        mistakes.Text("title", Title, Article.MostTitle, required: true);
        mistakes.Text("body", Body, Article.MostBody, required: true, severalLines: true);
        mistakes.Text("summary", Summary, Article.MostSummary, severalLines: true);
        mistakes.Text("author", Author, Article.MostAuthor);
        mistakes.Text("coverAlt", CoverAlt, Article.MostTitle);
        mistakes.Address("coverImage", CoverImage);
        if (Slug is not null)
            mistakes.Slug(Slug);
        return mistakes.Problem();
    }
}
