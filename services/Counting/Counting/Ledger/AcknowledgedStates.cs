using PortalServices.Counting.Model;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// The last state of each ledger that is known to be acknowledged, in this process' memory. A store that comes back
/// with less has lost it.
/// </summary>
internal sealed class AcknowledgedStates(SiteList sites)
{
    // A store becomes another process now and then, and is compared within a second: more than these wait only for a
    // store that is away.
    private const int MaxUncompared = 8;
    private readonly PerSite<Entry> _bySite = new(sites, _ => new Entry());

    /// <summary>A commit was acknowledged.</summary>
    public void Note(string site, LedgerState state)
    {
        if (!_bySite.TryGet(site, out var entry))
        {
            return;
        }

        lock (entry)
        {
            if (entry.Last is { } last && (last.Version.Epoch != state.Version.Epoch || state.CompareTo(last) < 0))
            {
                // Another process of the store, or the same that was emptied: did it have all that the one before had
                // acknowledged?
                entry.Add(last);
            }

            entry.Last = state;
        }
    }

    /// <summary>A state that was acknowledged earlier is told by somebody who kept it outside the store.</summary>
    public void Expect(string site, LedgerState state)
    {
        if (_bySite.TryGet(site, out var entry))
        {
            lock (entry)
            {
                entry.Add(state);
            }
        }
    }

    /// <summary>Whether there are states that were not compared with the store yet.</summary>
    public bool HasUncompared(string site)
    {
        var entry = _bySite.Of(site);
        lock (entry)
        {
            return entry.Uncompared.Count > 0;
        }
    }

    /// <summary>
    /// All that is known: what was not compared with the store yet, and the last state, which may have been; the latest
    /// first.
    /// </summary>
    public IReadOnlyList<LedgerState> Of(string site)
    {
        var entry = _bySite.Of(site);
        lock (entry)
        {
            return [.. entry.Uncompared.Concat(entry.Last is { } last ? [last] : []).Distinct().OrderDescending()];
        }
    }

    /// <summary>The last state; null where none is known.</summary>
    public LedgerState? Last(string site)
    {
        var entry = _bySite.Of(site);
        lock (entry)
        {
            return entry.Last;
        }
    }

    /// <summary>A state was compared with the store.</summary>
    /// <param name="site">The site.</param>
    /// <param name="state">What was compared.</param>
    /// <param name="comparison">What came of it.</param>
    public void Compared(string site, LedgerState state, StateComparison comparison)
    {
        var entry = _bySite.Of(site);
        lock (entry)
        {
            entry.Uncompared.Remove(state);
            switch (comparison.Verdict)
            {
                // Nobody but this program has seen the noting: were it expected of the store, the right one could not
                // be put back.
                case StateVerdict.Noted
                    when entry.Last is not { } last
                        || last.Version.Epoch != comparison.Present.Version.Epoch
                        || last.CompareTo(comparison.Present) < 0:
                    entry.Last = null;
                    break;
                case StateVerdict.Known when entry.Last == state:
                    entry.Last = null;
                    break;
                // What a process finds when it knows of nothing: it was acknowledged to somebody, or is about to be.
                case StateVerdict.Kept
                    when entry.Last is null && comparison.Open is null && comparison.Present != default:
                    entry.Last = comparison.Present;
                    break;
            }
        }
    }

    private sealed class Entry
    {
        public LedgerState? Last { get; set; }

        public List<LedgerState> Uncompared { get; } = [];

        public void Add(LedgerState state)
        {
            if (Uncompared.Contains(state))
            {
                return;
            }

            if (Uncompared.Count == MaxUncompared)
            {
                Uncompared.Remove(Uncompared.Min());
            }

            Uncompared.Add(state);
        }
    }
}
