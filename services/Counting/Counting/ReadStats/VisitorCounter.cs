using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReadStats;

/// <summary>Counts the visitors of one site.</summary>
internal sealed class VisitorCounter(Site site, VisitorStore visitors, TimeProvider time) : ILedgerSubscriber
{
    private volatile bool _added = true;

    public ValueTask CommittedAsync(LedgerCommitted commit)
    {
        if (commit.HasNewVisitors)
        {
            _added = true;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Visitors of today, of the weeks that are open, and online.</summary>
    /// <param name="process">The store.</param>
    /// <param name="numbers">Tell which weeks are open.</param>
    /// <param name="buckets">Now.</param>
    /// <param name="held">The last count, if any of this store's process.</param>
    public async Task<VisitorSnapshot> CountAsync(
        StoreProcess process,
        SiteNumbers numbers,
        TimeBuckets buckets,
        VisitorSnapshot? held
    )
    {
        var takenAt = time.GetTimestamp();
        if (process.Kind == StoreKind.Garnet && !_added && held is not null && held.Minute == buckets.Minute)
        {
            // There a count is a write to the log, and this process is the only one that adds.
            return held with { TakenAt = takenAt };
        }

        _added = false;
        var weeks = numbers.OpenWeeks.Append(buckets.Week).Distinct().ToArray();
        var counts = await visitors.CountAsync(
            process.Kind,
            site.Id,
            buckets.Day,
            weeks,
            OnlineDay.Window(buckets.Minute, site.OnlineWindowMinutes)
        );
        return new VisitorSnapshot(
            buckets.Minute,
            buckets.Day,
            buckets.Week,
            counts.Today,
            counts.ByWeek[buckets.Week],
            counts.ByWeek.Values.Sum(),
            counts.Online,
            takenAt
        );
    }
}
