namespace PortalServices.Content.Articles;

/// <summary>What was done to an article.</summary>
// Stored as numbers: never renumber.
internal enum ArticleChange
{
    /// <summary>Nothing: the article as it was when versions began to be kept.</summary>
    Kept = 0,

    /// <summary>Written.</summary>
    Created = 1,

    /// <summary>Its texts, its slug or its date were changed.</summary>
    Edited = 2,

    /// <summary>Published, by an operator or because its time had come.</summary>
    Published = 3,

    /// <summary>To be published when its time comes.</summary>
    Scheduled = 4,

    /// <summary>Taken back.</summary>
    Withdrawn = 5,

    /// <summary>Its texts are those of an earlier version again.</summary>
    Restored = 6,
}

/// <summary>
/// An article as it was after a change. At most <see cref="MaxPerArticle"/> of an article are kept; the oldest go.
/// </summary>
internal sealed class ArticleVersion
{
    public const int MaxPerArticle = 100;

    public required Guid ArticleId { get; init; }

    /// <summary><see cref="Article.Version"/> after the change.</summary>
    public required long Version { get; init; }

    public ArticleChange Change { get; init; }

    public long ChangedAt { get; init; }

    /// <summary>The operator; of what was published by the clock, the one who changed it last.</summary>
    public required string ChangedBy { get; init; }

    public ArticleState State { get; init; }

    public required string Slug { get; init; }

    public required string Title { get; init; }

    public required string Summary { get; init; }

    public required string Author { get; init; }

    public string? Category { get; init; }

    public string? CoverImage { get; init; }

    public string? CoverAlt { get; init; }

    public ArticleFormat Format { get; init; }

    public required string Body { get; init; }

    public long? PublishedAt { get; init; }

    public static ArticleVersion Of(Article article, ArticleChange change, long changedAt) =>
        new()
        {
            ArticleId = article.Id,
            Version = article.Version,
            Change = change,
            ChangedAt = changedAt,
            ChangedBy = article.ChangedBy,
            State = article.State,
            Slug = article.Slug,
            Title = article.Title,
            Summary = article.Summary,
            Author = article.Author,
            Category = article.Category,
            CoverImage = article.CoverImage,
            CoverAlt = article.CoverAlt,
            Format = article.Format,
            Body = article.Body,
            PublishedAt = article.PublishedAt,
        };
}
