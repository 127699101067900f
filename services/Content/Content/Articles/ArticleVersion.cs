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
internal sealed class ArticleVersion : ArticleFields
{
    public const int MaxPerArticle = 100;

    public required Guid ArticleId { get; init; }

    public ArticleChange Change { get; init; }

    public required string Body { get; init; }
}
