using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Housekeeping;

/// <summary>Turns the visitors of closed weeks of one site into numbers.</summary>
internal sealed class ClosedWeeks(string site, ViewLedger ledger, VisitorStore visitors, TimeProvider time)
{
    /// <summary>A closed week is frozen this long after its end, so that its last batches are in.</summary>
    public const long SettledMinutes = 10;

    /// <summary>Freezes the weeks that are over. Harmless to repeat, and on several replicas at once.</summary>
    public async Task FreezeAsync(StoreProcess process, SiteNumbers numbers, long currentWeek)
    {
        var nowMinute = SiteCalendar.MinuteOf(time.GetUtcNow());
        foreach (var week in numbers.OpenWeeks)
        {
            if (week < currentWeek && nowMinute - currentWeek >= SettledMinutes)
            {
                // The last step takes the week off the list of open ones: whoever is killed before it leaves all to the
                // next turn.
                await visitors.DestroyKeyAsync(site, week);
                await visitors.ExpireWeekAsync(site, week);
                await ledger.FreezeWeekAsync(process, site, week, await visitors.CountWeekAsync(site, week));
            }
        }
    }
}
