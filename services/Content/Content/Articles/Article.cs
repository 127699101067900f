namespace PortalServices.Content.Articles;

/// <summary>What becomes of an article.</summary>
// Stored as numbers: never renumber.
internal enum ArticleState
{
    /// <summary>Being written; operators only.</summary>
    Draft = 0,

    /// <summary>To be published when its time has come.</summary>
    Scheduled = 1,

    /// <summary>Everybody can read it.</summary>
    Published = 2,

    /// <summary>Could be read once.</summary>
    Withdrawn = 3,
}

/// <summary>In what an article is written.</summary>
// Stored as numbers: never renumber.
internal enum ArticleFormat
{
    Markdown = 0,
    Html = 1,
}

/// <summary>
/// What an article has beside its body, and each of its versions, too. Instants are milliseconds since 1970 UTC.
/// </summary>
internal abstract class ArticleFields : IVersioned
{
    /// <summary>
    /// The name in its address at present; those it had before are in <see cref="ArticleSlug"/>, too.
    /// </summary>
    public required string Slug { get; set; }

    public required string Title { get; set; }

    public string Summary { get; set; } = "";

    public string Author { get; set; } = "";

    /// <summary>Slug of its category; null for none.</summary>
    public string? Category { get; set; }

    /// <summary>Address of its cover image: http, https, or a path of the portal.</summary>
    public string? CoverImage { get; set; }

    /// <summary>What the cover image shows, for those who cannot see it.</summary>
    public string? CoverAlt { get; set; }

    public ArticleFormat Format { get; set; }

    public ArticleState State { get; set; }

    /// <summary>When it was, or is to be, published; the date that readers see.</summary>
    public long? PublishedAt { get; set; }

    public long ChangedAt { get; set; }

    /// <summary>The operator who changed it last; publishing by the clock is nobody's change.</summary>
    public string ChangedBy { get; set; } = "";

    /// <summary>
    /// Grows by one with each change, and makes the second of two editors who saved at the same time start over.
    /// </summary>
    public long Version { get; set; }
}

/// <summary>What lists show of an article: everything but its body, which may be long.</summary>
internal class ArticleHeader : ArticleFields
{
    public required Guid Id { get; init; }

    public long CreatedAt { get; init; }
}

/// <summary>An article.</summary>
internal sealed class Article : ArticleHeader
{
    public const int MaxTitle = 300,
        MaxSummary = 1_000,
        MaxAuthor = 200,
        MaxBody = 200_000,
        MaxAddress = 2_048;

    public required string Site { get; init; }

    /// <summary>The body as its author wrote it.</summary>
    public required string Body { get; set; }

    /// <summary>The body as it is shown: sanitised when it was written.</summary>
    public required string Html { get; set; }

    /// <summary>Where it stands in lists: its date, or before it has one when it was written.</summary>
    public long ListedAt
    {
        get => PublishedAt ?? CreatedAt;
        private set => _ = value;
    }
}

/// <summary>
/// A name that an article has or had in its address. Unique within a site, for ever: an old link never leads to another
/// article.
/// </summary>
internal sealed class ArticleSlug
{
    public required string Site { get; init; }

    public required string Slug { get; init; }

    public required Guid ArticleId { get; init; }

    /// <summary>
    /// Whether readers could find the article under it: then it is never given to another one, even after the article
    /// was deleted.
    /// </summary>
    public bool WasPublic { get; set; }
}

/// <summary>A slug of an article that was deleted, under which readers could find it.</summary>
internal sealed class RetiredSlug
{
    public required string Site { get; init; }

    public required string Slug { get; init; }

    public required Guid ArticleId { get; init; }
}

/// <summary>
/// The views of one page of an article, as counting told them. In a table of its own, so that a view never disturbs an
/// editor. The number that is shown is the sum over all slugs of the article.
/// </summary>
internal sealed class PageViews
{
    public required string Site { get; init; }

    public required string Slug { get; init; }

    public long Views { get; set; }

    /// <summary>With <see cref="Commit"/> the version: a lower one changes nothing.</summary>
    public long Epoch { get; set; }

    public long Commit { get; set; }
}

/// <summary>
/// The views of an article over all of its slugs, for lists in their order. Kept in step with <see cref="PageViews"/>,
/// in the same commit.
/// </summary>
internal sealed class ArticleViews
{
    public required Guid ArticleId { get; init; }

    public required string Site { get; init; }

    public long Views { get; set; }

    /// <summary><see cref="Article.ListedAt"/>: among equals the newest is first.</summary>
    public long ListedAt { get; set; }
}

/// <summary>A heading that articles are grouped by.</summary>
internal sealed class Category
{
    public const int MaxName = 200,
        MaxOrder = 1_000_000;

    public required string Site { get; init; }

    public required string Slug { get; init; }

    public required string Name { get; set; }

    /// <summary>Where it stands in the list, lowest first.</summary>
    public int Order { get; set; }
}
