using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.Storage;

/// <summary>
/// Looks at the store before the process listens. One that may lose views stops the start; one that is away does not: the process runs, answers
/// 503, and checks the store before its first commit.
/// </summary>
internal sealed partial class StoreAtStart(StoreConnection store, SiteList sites, ILogger<StoreAtStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var site in sites.All)
        {
            try
            {
                await store.ProcessOfAsync(CountingKeys.Ledger(site.Id));
            }
            catch (UnsafeStoreException e)
            {
                throw new StartupException(e.Message);
            }
            catch (StoreUnavailableException e)
            {
                LogAway(e.Message);
                return;
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Views are answered 503 until the store is there: {Reason}")]
    private partial void LogAway(string reason);
}
