namespace PortalServices.Portal.Api;

// What pages show of the replies of the API (docs/openapi). Fields that no page shows are left out.

public sealed record ListReply<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize);

public sealed record TextHit(int Start, int Length);

public sealed record TextSnippet(string Text, IReadOnlyList<TextHit> Hits);

public sealed record ArticleItem(
    string Slug,
    string Path,
    string Title,
    string Summary,
    string Author,
    DateTime PublishedAt,
    long Views,
    string? Category = null,
    string? CoverImage = null,
    string? CoverAlt = null,
    TextSnippet? Snippet = null
);

public sealed record ArticleReply(
    string Slug,
    string Path,
    string Title,
    string Summary,
    string Author,
    DateTime PublishedAt,
    string Html,
    string? Category = null,
    string? CoverImage = null,
    string? CoverAlt = null
);

public sealed record CategoryItem(string Slug, string Name);

public sealed record VideoItem(
    string Title,
    string Summary,
    string Url,
    int DurationSeconds,
    DateTime PublishedAt,
    string? Thumbnail = null
);

public sealed record LookupColumn(string Name, string Title);

public sealed record LookupItem(
    string Slug,
    string Title,
    string Summary,
    IReadOnlyList<LookupColumn> Columns,
    int Rows
);

public sealed record LookupReply(
    string Slug,
    string Title,
    string Summary,
    IReadOnlyList<LookupColumn> Columns,
    IReadOnlyList<IReadOnlyList<string>> Items,
    int Total,
    int Page,
    int PageSize
);

public sealed record PublishedItem(
    string Title,
    string Content,
    string Answer,
    DateTime AnsweredAt,
    string? Category = null,
    TextSnippet? Snippet = null
);

public sealed record SimilarReply(IReadOnlyList<PublishedItem> Items);

public sealed record TimelineStep(string Status, DateTime At);

public sealed record ReceiptReply(
    string Receipt,
    string Status,
    DateOnly DueBy,
    string Title,
    IReadOnlyList<TimelineStep> Timeline,
    string? Answer = null,
    string? DeclineReason = null,
    DateTime? ErasedAt = null,
    string? Category = null
);

public sealed record SentReply(string Receipt);

public sealed record CaptchaReply(string Id);

public sealed record ViewTotals(long Today, long Week, long Total);

public sealed record PageViews(string Path, ViewTotals Views);

public sealed record StatsReply(long Online, ViewTotals Views, DateTime AsOf, bool Stale, PageViews? Page = null);

public sealed record TopPagesReply(IReadOnlyList<PageViews> Items);

public sealed record TrafficItem(DateTimeOffset Start, long Views);

public sealed record TrafficReply(IReadOnlyList<TrafficItem> Items);

/// <summary>A problem (RFC 9457), as the API describes failures.</summary>
public sealed record ProblemReply(
    string? Title = null,
    string? Code = null,
    IReadOnlyDictionary<string, string[]>? Errors = null
);
