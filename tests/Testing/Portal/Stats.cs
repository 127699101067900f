namespace PortalServices.Testing.Portal;

/// <summary>Today, this week, and all.</summary>
public sealed record Periods(long Today, long Week, long Total);

/// <summary>A page and its views.</summary>
public sealed record PageViews(string Path, Periods Views);

/// <summary>The numbers of a site's box.</summary>
public sealed record Stats(
    string Site,
    long Online,
    int OnlineWindowMinutes,
    Periods Views,
    Periods Visitors,
    PageViews? Page,
    DateTimeOffset AsOf,
    bool Stale,
    bool StoreLoss = false
);

/// <summary>The numbers of several pages.</summary>
public sealed record PageList(IReadOnlyList<PageViews> Items, DateTimeOffset AsOf, bool Stale);
