using System.Linq.Expressions;

namespace PortalServices.Content.Articles;

/// <summary>What lists show of an article: everything but its body, which may be long.</summary>
internal sealed record ListedArticle
{
    /// <summary>Reads it from its row; the views are added.</summary>
    public static readonly Expression<Func<Article, ListedArticle>> OfRow = article => new ListedArticle
    {
        Id = article.Id,
        Slug = article.Slug,
        State = article.State,
        Title = article.Title,
        Summary = article.Summary,
        Author = article.Author,
        Category = article.Category,
        CoverImage = article.CoverImage,
        CoverAlt = article.CoverAlt,
        Format = article.Format,
        PublishedAt = article.PublishedAt,
        CreatedAt = article.CreatedAt,
        ChangedAt = article.ChangedAt,
        ChangedBy = article.ChangedBy,
        Version = article.Version,
    };

    private static readonly Func<Article, ListedArticle> OfWhole = OfRow.Compile();

    public required Guid Id { get; init; }

    public required string Slug { get; init; }

    public required ArticleState State { get; init; }

    public required string Title { get; init; }

    public required string Summary { get; init; }

    public required string Author { get; init; }

    public required string? Category { get; init; }

    public required string? CoverImage { get; init; }

    public required string? CoverAlt { get; init; }

    public required ArticleFormat Format { get; init; }

    public required long? PublishedAt { get; init; }

    public required long CreatedAt { get; init; }

    public required long ChangedAt { get; init; }

    public required string ChangedBy { get; init; }

    public required long Version { get; init; }

    public long Views { get; init; }

    /// <summary>The same of an article that was read whole.</summary>
    public static ListedArticle Of(Article article) => OfWhole(article);
}
