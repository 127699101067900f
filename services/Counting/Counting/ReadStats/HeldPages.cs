using System.Collections.Concurrent;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting.ReadStats;

/// <summary>The pages of one site whose records are held for readers: those asked for lately, up to a limit.</summary>
internal sealed class HeldPages(int most, TimeProvider time)
{
    private const long NeverAsked = 0;
    private readonly ConcurrentDictionary<string, HeldPage> _pages = new(StringComparer.Ordinal);

    /// <summary>The records of all these pages, read no longer ago than the age; null when one of them is not held so.</summary>
    public PageRecord[]? Find(IReadOnlyList<string> paths, long now, TimeSpan age)
    {
        var records = new PageRecord[paths.Count];
        var all = true;
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
            records[i] = page.Record;
        }

        return all ? records : null;
    }

    /// <summary>The pages that somebody asked for within the time. The others stay, for when the store is away, until their place is needed.</summary>
    public List<string> AskedWithin(TimeSpan age, long now)
    {
        var lately = new List<string>();
        foreach (var (path, page) in _pages)
        {
            if (page.AskedAt != NeverAsked && time.GetElapsedTime(page.AskedAt, now) <= age)
            {
                lately.Add(path);
            }
        }

        return lately;
    }

    /// <summary>Takes records as of one state of the ledger.</summary>
    /// <param name="read">The records.</param>
    /// <param name="takenAt">Local timestamp before which everything counted is in them.</param>
    /// <param name="askedFor">The pages that somebody waits for, of a read; null of the reply of a commit, whose pages need no reading in the background.</param>
    public void Hold(LedgerRead read, long takenAt, IReadOnlySet<string>? askedFor)
    {
        var version = read.Site.Version;
        foreach (var (path, record) in read.Pages)
        {
            if (!_pages.TryGetValue(path, out var held))
            {
                // One read in the background that was let go meanwhile stays away: it would push out what somebody waits for.
                if (askedFor is null || askedFor.Contains(path))
                {
                    MakeRoom();
                    _pages[path] = new HeldPage(record, version, takenAt) { AskedAt = askedFor is null ? NeverAsked : takenAt };
                }

                continue;
            }

            // A commit may have been read ahead of this one: then what is held is newer, and confirmed.
            var newer = version.CompareTo(held.Version) >= 0;
            _pages[path] = new HeldPage(newer ? record : held.Record, newer ? version : held.Version, takenAt)
            {
                AskedAt = held.AskedAt,
            };
        }
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
            _pages.TryRemove(path, out _);
        }
    }

    private sealed record HeldPage(PageRecord Record, LedgerVersion Version, long TakenAt)
    {
        public long AskedAt { get; set; }
    }
}
