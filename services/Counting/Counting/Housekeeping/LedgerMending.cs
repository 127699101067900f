using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Looks again, on every replica, at the ledgers that were found damaged: one that somebody has mended is counted
/// again. And tries those that did not take the last write: nobody may view the site for long.
/// </summary>
internal sealed class LedgerMending(
    SiteList sites,
    PerSite<SiteCalendar> calendars,
    ViewLedger ledger,
    StoreConnection store,
    TimeProvider time
) : IPeriodicWork
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public string Name => "looking again at damaged ledgers";

    public Backoff Backoff => new(Every, Every);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        // Of a store that is away others tell.
        await PeriodicWorkSetup.ForEachAsync(
            sites.All,
            site => StoreFailure.TryAsync(() => LookAsync(site.Id, stopping)),
            stopping
        );
        return Every;
    }

    private Task<bool> LookAsync(string site, CancellationToken stopping) =>
        ledger.WithProcessAsync(
            site,
            async process =>
            {
                var now = calendars.Of(site).Of(time.GetUtcNow());
                var isMended = await ledger.LookForMendingAsync(process, site, now, stopping);
                if (store.IsFailing(site))
                {
                    await ledger.TryWriteAsync(process, site);
                }
                return isMended;
            }
        );
}
