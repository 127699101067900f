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
        for (var i = 0; i < records.Length; i++)
        {
            if (!_pages.TryGetValue(paths[i], out var page) || time.GetElapsedTime(page.TakenAt, now) > age)
            {
                return null;
            }

            page.AskedAt = now;
            records[i] = page.Record;
        }

        return records;
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
    /// <param name="wholeRead">A read that somebody asked for, and not the reply of a commit, whose pages need no reading in the background.</param>
    public void Hold(LedgerRead read, long takenAt, bool wholeRead)
    {
        var version = read.Site.Version;
        foreach (var (path, record) in read.Pages)
        {
            if (!_pages.TryGetValue(path, out var held))
            {
                MakeRoom();
                _pages[path] = new HeldPage(record, version, takenAt) { AskedAt = wholeRead ? takenAt : NeverAsked };
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
