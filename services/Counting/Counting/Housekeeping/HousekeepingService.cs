using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting.Housekeeping;

/// <summary>Keeps house, site after site. Each has its turn once in the time that is set, on whichever replica comes first.</summary>
internal sealed partial class HousekeepingService(
    CountedSites sites, StoreConnection store, ViewLedger ledger, VisitorStore visitors, IOptions<CountingOptions> options, TimeProvider time,
    ILogger<HousekeepingService> logger) : BackgroundService
{
    private const int LooksPerTurn = 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var every = options.Value.HousekeepingEvery / LooksPerTurn;
        using var look = new PeriodicTimer(every < LongestPause ? every : LongestPause);
        do
        {
            foreach (var site in sites.All)
            {
                if (stoppingToken.IsCancellationRequested)
                {
                    return;
                }

                await RunAsync(new SiteHousekeeping(site, store, ledger, visitors, options.Value, time, logger), site.Site.Id);
            }
        }
        while (await NextAsync(look, stoppingToken));
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer look, CancellationToken stopping)
    {
        try
        {
            return await look.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunAsync(SiteHousekeeping housekeeping, string site)
    {
        try
        {
            await housekeeping.NoteCalendarAsync();
            await housekeeping.RunAsync();
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            // What was left undone is done in the next turn; of a store that is away others tell.
        }
#pragma warning disable CA1031 // A fault in one site must not end the housekeeping of the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFault(e, site);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The housekeeping of {Site} failed; it is tried again in its next turn.")]
    private partial void LogFault(Exception e, string site);
}
