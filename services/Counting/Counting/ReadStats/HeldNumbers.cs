using PortalServices.Counting.SiteTime;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting.ReadStats;

/// <summary>What this process holds of one site's numbers, and whether it may still be shown as current.</summary>
internal sealed class HeldNumbers(SiteCalendar calendar, int mostPages, TimeProvider time)
{
    /// <summary>Older numbers are read anew before they are shown. With the read itself it stays within the two seconds that are promised.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private readonly HeldPages _pages = new(mostPages, time);
    private volatile SiteSnapshot? _snapshot;

    /// <summary>The latest snapshot; null until the store was read once.</summary>
    public SiteSnapshot? Latest => _snapshot;

    /// <inheritdoc cref="HeldPages.AskedWithin"/>
    public List<string> AskedWithin(TimeSpan age, long now) => _pages.AskedWithin(age, now);

    /// <summary>The visitors counted last, if in this process of the store.</summary>
    public VisitorSnapshot? VisitorsOf(StoreProcess process) => _snapshot is { } held && held.RunId == process.RunId ? held.Visitors : null;

    /// <summary>Takes what was read, or what a commit's reply told.</summary>
    /// <param name="read">The numbers.</param>
    /// <param name="counts">Visitors counted with them, or null for those held.</param>
    /// <param name="takenAt">Local timestamp before which everything counted is in them.</param>
    /// <param name="askedFor">The pages that somebody waits for, of a read; null of the reply of a commit.</param>
    public void Take(LedgerRead read, VisitorSnapshot? counts, long takenAt, IReadOnlySet<string>? askedFor)
    {
        lock (_gate)
        {
            var current = _snapshot;
            // After a restart of the store its word counts, also when it is an older one.
            var sameRun = current is not null && current.RunId == read.RunId;
            if (!sameRun)
            {
                _pages.Clear();
            }

            // What a commit tells is current, but says nothing of what was held before: only a read makes the whole fresh.
            _snapshot = new SiteSnapshot(
                sameRun && read.Site.Version.CompareTo(current!.Site.Version) < 0 ? current.Site : read.Site,
                counts ?? current?.Visitors ?? VisitorSnapshot.None(read.Site.Day, read.Site.Week, takenAt),
                askedFor is not null || current is null ? takenAt : current.TakenAt,
                time.GetUtcNow(),
                read.RunId);
            _pages.Hold(read, takenAt, askedFor);
        }
    }

    /// <summary>The site and these pages, when they are held, fresh, and of the current day and week.</summary>
    public SiteView? Fresh(IReadOnlyList<string> paths, long now)
    {
        var snapshot = _snapshot;
        if (snapshot is null || time.GetElapsedTime(snapshot.TakenAt, now) > FreshFor)
        {
            return null;
        }

        var buckets = calendar.Of(time.GetUtcNow());
        if (snapshot.Site.Day != buckets.Day || snapshot.Site.Week != buckets.Week || snapshot.Visitors.Day != buckets.Day)
        {
            return null;
        }

        return _pages.Find(paths, now, FreshFor) is { } records ? new SiteView(snapshot, records, Stale: false) : null;
    }

    /// <summary>The site and these pages as last known, told to be stale; null when one of them was never known.</summary>
    public SiteView? Last(IReadOnlyList<string> paths)
    {
        if (_snapshot is not { } snapshot)
        {
            return null;
        }

        CountingTelemetry.StaleReads.Add(1);
        // Zeros would be a lie for a page whose numbers are only unknown.
        return _pages.Find(paths, time.GetTimestamp(), TimeSpan.MaxValue) is { } records ? new SiteView(snapshot, records, Stale: true) : null;
    }
}
