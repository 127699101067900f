using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Articles;

/// <summary>What is searched of an article: title, summary, body, author, and the name of its category.</summary>
internal static class SearchedArticle
{
    public static async Task<SearchedText> OfAsync(ContentContext database, Article article, CancellationToken cancel)
    {
        var category = article.Category is not { } slug
            ? null
            : database.Categories.Local.FirstOrDefault(each => each.Site == article.Site && each.Slug == slug)?.Name
                ?? await database
                    .Categories.Where(each => each.Site == article.Site && each.Slug == slug)
                    .Select(each => each.Name)
                    .FirstOrDefaultAsync(cancel);
        var plain = string.Join(
            ' ',
            ArticleText.ToPlain(article.Html).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        return new(
            article.Title,
            article.Summary.Length == 0 ? plain : $"{article.Summary} {plain}",
            $"{article.Author} {category}"
        );
    }
}
