using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.CheckStore;

/// <summary>
/// Looks at the store before the process listens. One that may lose views stops the start; one that is away does not:
/// the process runs, answers 503, and checks the store before its first commit.
/// </summary>
internal sealed partial class StoreStartupCheck(
    ViewLedger ledger,
    SiteList sites,
    PerSite<SiteCalendar> calendars,
    PerSite<KeptTimeline> timelines,
    TimeProvider time,
    ILogger<StoreStartupCheck> logger
) : IHostedService
{
    /// <summary>
    /// A start waits no longer for the looks through all ledgers; those left are looked through before their first
    /// commit.
    /// </summary>
    internal static readonly TimeSpan LooksWithin = TimeSpan.FromSeconds(30);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            // All of them before anything is written: who refuses to start leaves everything as it is.
            if (!await LookAsync(cancellationToken))
            {
                return;
            }

            foreach (var site in sites.All)
            {
                await BeginAsync(site);
            }
        }
        catch (Exception e) when (e is RefusedCalendarException or UnsafeStoreException)
        {
            throw new StartupException(e.Message);
        }
        catch (Exception e) when (StoreFailure.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            LogAway(e.Message);
        }
    }

    /// <summary>False when it did not end in time.</summary>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var late = Task.Delay(LooksWithin, time, cancellationToken);
        foreach (var site in sites.All)
        {
            var process = await ledger.ProcessOfAsync(site.Id);
            var look = ledger.LookOnceAsync(process, site.Id).AsTask();
            if (await Task.WhenAny(look, late) != look)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LogLate();
                return false;
            }

            if (await look is { } fault)
            {
                throw new StartupException(ViewLedger.Refusal(site.Id, fault));
            }
        }

        return true;
    }

    private async Task BeginAsync(Site site, bool hasLooked = false)
    {
        try
        {
            await ledger.WithProcessAsync(site.Id, process => ledger.ClaimSecretAsync(process, site.Id));
            await timelines.Of(site.Id).GetAsync();
        }
        catch (DamagedLedgerException)
        {
            if (hasLooked)
            {
                return;
            }

            // It may have been mended while nothing ran; else another process marked it, and it was told: the other
            // sites are counted.
            var mended = await ledger.WithProcessAsync(
                site.Id,
                process => ledger.LookForMendingAsync(process, site.Id, calendars.Of(site.Id).Of(time.GetUtcNow()))
            );
            if (mended)
            {
                await BeginAsync(site, hasLooked: true);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Views are answered 503 until the store is there: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Looking through the ledgers takes long: the start does not wait for it, and the views of each are answered 503 until it was looked through."
    )]
    private partial void LogLate();
}
