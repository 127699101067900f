using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.ReadStats;

/// <summary>Counts the visitors of one site, and turns those of closed weeks into numbers.</summary>
internal sealed class VisitorCounter(Site site, ViewLedger ledger, VisitorStore visitors, TimeProvider time)
{
    /// <summary>A closed week is frozen this long after its end, so that its last batches are in.</summary>
    public const long SettledMinutes = 10;

    private volatile bool _added = true;

    /// <summary>A commit brought visitors that were not known to be stored.</summary>
    public void Added() => _added = true;

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

    /// <summary>Freezes the weeks that are over. Harmless to repeat, and on several replicas at once.</summary>
    public async Task FreezeClosedWeeksAsync(StoreProcess process, SiteNumbers numbers, long currentWeek)
    {
        var nowMinute = SiteCalendar.MinuteOf(time.GetUtcNow());
        foreach (var week in numbers.OpenWeeks)
        {
            if (week < currentWeek && nowMinute - currentWeek >= SettledMinutes)
            {
                // The last step takes the week off the list of open ones: whoever is killed before it leaves all to the
                // next turn.
                await visitors.DestroyKeyAsync(site.Id, week);
                await visitors.ExpireWeekAsync(site.Id, week);
                await ledger.FreezeWeekAsync(process, site.Id, week, await visitors.CountWeekAsync(site.Id, week));
            }
        }
    }
}
