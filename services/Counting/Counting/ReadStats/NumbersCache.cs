using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReadStats;

/// <summary>What this process holds of one site's numbers, and whether it may still be shown as current.</summary>
internal sealed class NumbersCache(SiteCalendar calendar, CountingOptions options, TimeProvider time)
{
    /// <summary>
    /// Older numbers are read anew before they are shown. With the read itself it stays within the two seconds that are
    /// promised.
    /// </summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private readonly HeldPages _pages = new(options.HeldPages, time);
    private volatile SiteSnapshot? _snapshot;

    /// <summary>The latest snapshot; null until the store was read once.</summary>
    public SiteSnapshot? Latest => _snapshot;

    /// <inheritdoc cref="HeldPages.AskedWithin"/>
    public List<string> AskedWithin(TimeSpan age, long now)
    {
        lock (_gate)
        {
            return _pages.AskedWithin(age, now);
        }
    }

    /// <summary>The visitors counted last, if in this process of the store.</summary>
    public VisitorSnapshot? VisitorsOf(StoreProcess process) =>
        _snapshot is { } held && held.RunId == process.RunId ? held.Visitors : null;

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

            var taken = new SiteSnapshot(
                read.Site,
                counts ?? current?.Visitors ?? VisitorSnapshot.None(read.Site.Day, read.Site.Week, takenAt),
                takenAt,
                time.GetUtcNow(),
                read.RunId
            );
            var order = sameRun ? read.Site.Version.CompareTo(current!.Site.Version) : 1;
            // What a commit tells is current, but says nothing of what was held before: only a read makes the whole
            // fresh.
            _snapshot = taken with
            {
                Site = order < 0 ? current!.Site : read.Site,
                TakenAt = askedFor is not null || current is null ? takenAt : current.TakenAt,
            };
            if (order > 0)
            {
                // The reply of a commit tells all that the commit changed; whatever else lies between two states is not
                // known.
                _pages.Advance(
                    _snapshot,
                    isNext: sameRun
                        && askedFor is null
                        && !read.IsRepeated
                        && read.Site.Version.Follows(current!.Site.Version)
                );
            }

            _pages.Hold(read.Pages, taken, isLatest: order >= 0, takenAt, askedFor);
        }
    }

    /// <summary>
    /// The site and these pages, when they are held, fresh, of the current day and week, and of one commit.
    /// </summary>
    public SiteView? Fresh(IReadOnlyList<string> paths, long now) => Find(paths, now, asOfLatest: true);

    /// <summary>
    /// As <see cref="Fresh"/>, after a read: commits that came since then do not matter, the site is shown as of the
    /// pages.
    /// </summary>
    public SiteView? JustRead(IReadOnlyList<string> paths, long now) => Find(paths, now, asOfLatest: false);

    /// <summary>
    /// The site and these pages as last known, told to be stale; null when one of them was never known.
    /// </summary>
    public SiteView? Last(IReadOnlyList<string> paths)
    {
        lock (_gate)
        {
            if (_snapshot is not { } snapshot)
            {
                return null;
            }

            CountingTelemetry.StaleReads.Add(1);
            // Zeros would be a lie for a page whose numbers are only unknown. Of pages of several states, the site is
            // as of the latest.
            return _pages.Find(paths, time.GetTimestamp(), TimeSpan.MaxValue) is { } found
                ? new SiteView(found.AreCurrent || !found.AreOfOne ? snapshot : found.Site!, found.Records, Stale: true)
                : null;
        }
    }

    private SiteView? Find(IReadOnlyList<string> paths, long now, bool asOfLatest)
    {
        lock (_gate)
        {
            if (
                _snapshot is not { } latest
                || time.GetElapsedTime(latest.TakenAt, now) > FreshFor
                || _pages.Find(paths, now, FreshFor) is not { } found
                || !(found.AreCurrent || (found.AreOfOne && !asOfLatest))
            )
            {
                return null;
            }

            var snapshot = found.AreCurrent ? latest : found.Site!;
            var buckets = calendar.Of(time.GetUtcNow());
            return
                snapshot.Site.Day == buckets.Day
                && snapshot.Site.Week == buckets.Week
                && snapshot.Visitors.Day == buckets.Day
                ? new SiteView(snapshot, found.Records, Stale: false)
                : null;
        }
    }
}
