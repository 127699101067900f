using PortalServices.Contracts;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>The page of an article, as counting knows it.</summary>
internal static class ArticlePath
{
    private const string Prefix = "/articles/";

    public static string Of(string slug) => Prefix + slug;

    /// <summary>The pages of an article under its other slugs, as many as an event takes.</summary>
    public static IReadOnlyList<string> PreviousOf(string present, IEnumerable<string> slugs) =>
        [
            .. slugs
                .Where(slug => slug != present)
                .Order(StringComparer.Ordinal)
                .Take(ArticlePublished.MaxPreviousPaths)
                .Select(Of),
        ];

    /// <summary>The slug in a page's path; null for a page that is no article's.</summary>
    public static string? SlugOf(string path) =>
        path.StartsWith(Prefix, StringComparison.Ordinal) && Slug.IsValid(path[Prefix.Length..])
            ? path[Prefix.Length..]
            : null;
}
