using PortalServices.Content.Search;

namespace PortalServices.Content.Articles;

/// <summary>An article in a list.</summary>
/// <param name="Slug">The name in its address.</param>
/// <param name="Path">Its page for counting.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Author">Plain text.</param>
/// <param name="Category">Slug of its category; left out where it has none.</param>
/// <param name="CoverImage">Address of its cover image; left out where it has none.</param>
/// <param name="CoverAlt">What that shows, for those who cannot see it.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="Views">The total that is shown.</param>
/// <param name="Snippet">Of a search, where it was found in the text; left out where its title, author or category
/// alone has the words.</param>
internal sealed record ArticleItem(
    string Slug,
    string Path,
    string Title,
    string Summary,
    string Author,
    string? Category,
    string? CoverImage,
    string? CoverAlt,
    DateTime PublishedAt,
    long Views,
    Snippet? Snippet = null
)
{
    public static ArticleItem Of(ListedArticle article) =>
        new(
            article.Slug,
            ArticlePath.Of(article.Slug),
            article.Title,
            article.Summary,
            article.Author,
            article.Category,
            article.CoverImage,
            article.CoverAlt,
            Instants.Of(article.PublishedAt ?? 0),
            article.Views
        );
}

/// <summary>An article as visitors read it.</summary>
/// <param name="Slug">The name in its address.</param>
/// <param name="Path">Its page for counting.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Author">Plain text.</param>
/// <param name="Category">Slug of its category; left out where it has none.</param>
/// <param name="CoverImage">Address of its cover image; left out where it has none.</param>
/// <param name="CoverAlt">What that shows, for those who cannot see it.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Html">The body: harmless HTML.</param>
/// <param name="Views">The total that is shown.</param>
internal sealed record ArticleDetail(
    string Slug,
    string Path,
    string Title,
    string Summary,
    string Author,
    string? Category,
    string? CoverImage,
    string? CoverAlt,
    DateTime PublishedAt,
    DateTime ChangedAt,
    string Html,
    long Views
)
{
    public static ArticleDetail Of(Article article, long views) =>
        new(
            article.Slug,
            ArticlePath.Of(article.Slug),
            article.Title,
            article.Summary,
            article.Author,
            article.Category,
            article.CoverImage,
            article.CoverAlt,
            Instants.Of(article.PublishedAt ?? 0),
            Instants.Of(article.ChangedAt),
            article.Html,
            views
        );
}

/// <summary>An article as editors see it.</summary>
/// <param name="Id">Names it for ever.</param>
/// <param name="Slug">The name in its address.</param>
/// <param name="Path">Its page for counting.</param>
/// <param name="State">What becomes of it.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Author">Plain text.</param>
/// <param name="Category">Slug of its category; left out where it has none.</param>
/// <param name="CoverImage">Address of its cover image; left out where it has none.</param>
/// <param name="CoverAlt">What that shows, for those who cannot see it.</param>
/// <param name="Format">What the body is written in.</param>
/// <param name="Body">As its author wrote it; left out in lists.</param>
/// <param name="Html">The body as it is shown; left out in lists.</param>
/// <param name="PublishedAt">When it was, or is to be, published, UTC; left out where that was never said.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="ChangedBy">The operator who changed it last.</param>
/// <param name="Version">Grows by one with each change; the entity tag.</param>
/// <param name="Views">The total that is shown.</param>
internal sealed record EditedArticle(
    Guid Id,
    string Slug,
    string Path,
    ArticleState State,
    string Title,
    string Summary,
    string Author,
    string? Category,
    string? CoverImage,
    string? CoverAlt,
    ArticleFormat Format,
    string? Body,
    string? Html,
    DateTime? PublishedAt,
    DateTime CreatedAt,
    DateTime ChangedAt,
    string ChangedBy,
    long Version,
    long Views
)
{
    public static EditedArticle Of(ListedArticle article) =>
        new(
            article.Id,
            article.Slug,
            ArticlePath.Of(article.Slug),
            article.State,
            article.Title,
            article.Summary,
            article.Author,
            article.Category,
            article.CoverImage,
            article.CoverAlt,
            article.Format,
            null,
            null,
            article.PublishedAt is { } at ? Instants.Of(at) : null,
            Instants.Of(article.CreatedAt),
            Instants.Of(article.ChangedAt),
            article.ChangedBy,
            article.Version,
            article.Views
        );

    /// <param name="article">The article, whole.</param>
    /// <param name="views">The total that is shown.</param>
    public static EditedArticle Of(Article article, long views) =>
        Of(ListedArticle.Of(article) with { Views = views }) with
        {
            Body = article.Body,
            Html = article.Html,
        };
}
