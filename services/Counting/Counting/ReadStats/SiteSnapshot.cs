using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.ReadStats;

/// <summary>The numbers of a site as this process knows them.</summary>
/// <param name="Site">As of one commit.</param>
/// <param name="Visitors">As counted last.</param>
/// <param name="TakenAt">Local timestamp of the last read of the store: the numbers hold all that was counted before
/// it.</param>
/// <param name="AsOf">The same by the wall clock.</param>
/// <param name="RunId">The store's process that it is from.</param>
internal sealed record SiteSnapshot(
    SiteNumbers Site,
    VisitorSnapshot Visitors,
    long TakenAt,
    DateTimeOffset AsOf,
    string RunId
);

/// <summary>
/// Distinct visitors: online in this minute, of the day and week with these names, and of all weeks that are not
/// frozen.
/// </summary>
internal sealed record VisitorSnapshot(
    long Minute,
    long Day,
    long Week,
    long Today,
    long ThisWeek,
    long OpenWeeks,
    long Online,
    long TakenAt
)
{
    public static VisitorSnapshot None(long day, long week, long takenAt) => new(0, day, week, 0, 0, 0, 0, takenAt);
}

/// <summary>What a reader is shown: a snapshot and the records of the pages asked for, in their order.</summary>
/// <param name="Snapshot">The site.</param>
/// <param name="Pages">The pages.</param>
/// <param name="Stale">The store is away, and these are the last numbers known, of the instant and day that the
/// snapshot names.</param>
internal sealed record SiteView(SiteSnapshot Snapshot, IReadOnlyList<PageRecord> Pages, bool Stale);
