using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>Compares the store with what this process kept of it, before anybody is shown a number.</summary>
internal sealed class StoreLossStartupCheck(SiteList sites, AcknowledgedFile file, StoreLosses losses) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        file.Load();
        foreach (var site in sites.All)
        {
            try
            {
                await losses.CompareAsync(site.Id);
            }
            catch (DamagedLedgerException)
            {
                // The others are compared all the same.
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                // The store is away, as others tell: it is compared when it is there.
                return;
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
