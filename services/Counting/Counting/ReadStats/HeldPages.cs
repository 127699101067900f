using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.ReadStats;

/// <summary>
/// The pages of one site whose records are held for readers: those asked for lately, up to a limit. For one caller at a
/// time.
/// </summary>
internal sealed class HeldPages(int most, TimeProvider time)
{
    private const long NeverAsked = 0;
    private readonly Dictionary<string, HeldPage> _pages = new(StringComparer.Ordinal);

    private Known _latest = new();

    /// <summary>All these pages, read no longer ago than the age; null when one of them is not held so.</summary>
    public FoundPages? Find(IReadOnlyList<string> paths, long now, TimeSpan age)
    {
        var records = new PageRecord[paths.Count];
        var (all, areCurrent) = (true, true);
        HeldPage? oldest = null;
        var latest = default(LedgerVersion);
        for (var i = 0; i < records.Length; i++)
        {
            if (!_pages.TryGetValue(paths[i], out var page))
            {
                all = false;
                continue;
            }

            // Also of those that are too old: they will be read with the missing ones, and must not make room for them.
            page.AskedAt = now;
            all &= time.GetElapsedTime(page.TakenAt, now) <= age;
            areCurrent &= page.AsOf == _latest;
            oldest = oldest is null || page.AsOf.Version.CompareTo(oldest.AsOf.Version) < 0 ? page : oldest;
            latest = page.Version.CompareTo(latest) > 0 ? page.Version : latest;
            records[i] = page.Record;
        }

        return all
            ? new FoundPages(
                records,
                areCurrent,
                oldest is null || latest.CompareTo(oldest.AsOf.Version) <= 0,
                oldest?.AsOf.Site
            )
            : null;
    }

    /// <summary>
    /// The pages that somebody asked for within the time. The others stay, for when the store is away, until their
    /// place is needed.
    /// </summary>
    public List<string> AskedWithin(TimeSpan age, long now) =>
        [
            .. _pages
                .Where(page => page.Value.AskedAt != NeverAsked && time.GetElapsedTime(page.Value.AskedAt, now) <= age)
                .Select(page => page.Key),
        ];

    /// <summary>Takes records as of one state of the ledger.</summary>
    /// <param name="records">The records.</param>
    /// <param name="site">The site as of the same state.</param>
    /// <param name="isLatest">It is the state that <see cref="Advance"/> was told.</param>
    /// <param name="takenAt">Local timestamp before which everything counted is in them.</param>
    /// <param name="askedFor">The pages that somebody waits for, of a read; null of the reply of a commit, whose pages
    /// need no reading in the background.</param>
    public void Hold(
        IReadOnlyList<KeyValuePair<string, PageRecord>> records,
        SiteSnapshot site,
        bool isLatest,
        long takenAt,
        IReadOnlySet<string>? askedFor
    )
    {
        // What commits have changed since an earlier state was not written down of pages that were not held.
        var asOf = isLatest ? _latest : new Known { Site = site };
        foreach (var (path, record) in records)
        {
            var page = new HeldPage(record, site.Site.Version, takenAt, asOf)
            {
                AskedAt = askedFor is null ? NeverAsked : takenAt,
            };
            if (!_pages.TryGetValue(path, out var held))
            {
                // One read in the background that was let go meanwhile stays away: it would push out what somebody
                // waits for.
                if (askedFor is null || askedFor.Contains(path))
                {
                    MakeRoom();
                    _pages[path] = page;
                }

                continue;
            }

            // A commit may have been read ahead of this one: then what is held is newer, and confirmed.
            var newer = page.Version.CompareTo(held.Version) >= 0;
            _pages[path] = (newer ? page : held with { TakenAt = takenAt }) with { AskedAt = held.AskedAt };
        }
    }

    /// <summary>There is a later state of the ledger.</summary>
    /// <param name="site">The site as of it.</param>
    /// <param name="isNext">All that it changes is held after this; else there are commits in between, and the pages
    /// held may be of before them.</param>
    public void Advance(SiteSnapshot site, bool isNext)
    {
        _latest = isNext ? _latest : new Known();
        _latest.Site = site;
    }

    /// <summary>Lets everything go: the store was restarted, and its word counts from here on.</summary>
    public void Clear() => _pages.Clear();

    /// <summary>At the limit the tenth that nobody has asked for the longest goes.</summary>
    private void MakeRoom()
    {
        if (_pages.Count < most)
        {
            return;
        }

        foreach (var (path, _) in _pages.OrderBy(page => page.Value.AskedAt).Take(Math.Max(1, most / 10)))
        {
            _pages.Remove(path);
        }
    }

    /// <summary>The latest state up to which a number of pages are known; one object for all of them.</summary>
    private sealed class Known
    {
        public SiteSnapshot? Site { get; set; }

        public LedgerVersion Version => Site?.Site.Version ?? default;
    }

    private sealed record HeldPage(PageRecord Record, LedgerVersion Version, long TakenAt, Known AsOf)
    {
        public long AskedAt { get; set; }
    }
}

/// <summary>Pages that are held.</summary>
/// <param name="Records">Their records, in the order asked for.</param>
/// <param name="AreCurrent">They are as of the latest state that is held.</param>
/// <param name="AreOfOne">There is a state up to which all of them are known, that of <paramref name="Site"/>.</param>
/// <param name="Site">The site as of the latest state up to which the oldest of them is known; null of no
/// pages.</param>
internal sealed record FoundPages(
    IReadOnlyList<PageRecord> Records,
    bool AreCurrent,
    bool AreOfOne,
    SiteSnapshot? Site
);
