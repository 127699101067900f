using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Looks again, on every replica, at the ledgers that were found damaged: one that somebody has mended is counted
/// again.
/// </summary>
internal sealed class LedgerMending(
    SiteList sites,
    PerSite<SiteCalendar> calendars,
    StoreConnection store,
    ViewLedger ledger,
    TimeProvider time
) : IPeriodicWork
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public string Name => "looking again at damaged ledgers";

    public Backoff Backoff => new(Every, Every);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await PeriodicWorkSetup.ForEachAsync(sites.All, site => LookAsync(site, stopping), stopping);
        return Every;
    }

    private async Task LookAsync(Site site, CancellationToken stopping)
    {
        try
        {
            await store.WithProcessAsync(
                CountingKeys.Ledger(site.Id),
                process =>
                    ledger.LookForMendingAsync(process, site.Id, calendars.Of(site.Id).Of(time.GetUtcNow()), stopping)
            );
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            // Of a store that is away others tell.
        }
    }
}
