using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// Compares, within a second, what was acknowledged before the store became another one; and every ten seconds all
/// ledgers with what is known of them.
/// </summary>
internal sealed class StoreLossWatch(SiteList sites, AcknowledgedStates acknowledged, StoreLosses losses)
    : IPeriodicWork
{
    private const int RunsPerRound = 10;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private long _runs;

    public string Name => "comparing the ledgers with what was acknowledged";

    public Backoff Backoff => new(Every, Every);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        var isRound = _runs++ % RunsPerRound == 0;
        await PeriodicWorkSetup.ForEachAsync(
            sites.All.Where(site => isRound || acknowledged.HasUncompared(site.Id)),
            // It is compared when the store is back; of one that is away others tell.
            site => StoreFailure.TryAsync(() => losses.CompareAsync(site.Id)),
            stopping
        );
        return Every;
    }
}
