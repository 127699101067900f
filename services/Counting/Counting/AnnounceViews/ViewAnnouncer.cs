using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortalServices.Contracts;
using PortalServices.Counting.Storage;
using PortalServices.Messaging;

namespace PortalServices.Counting.AnnounceViews;

/// <summary>
/// Announces what published pages show: every two seconds those that this process changed, and at the start and every ten minutes all of every site,
/// so that no number stays wrong, whatever was lost on the way. No request waits for it.
/// </summary>
internal sealed partial class ViewAnnouncer(
    CountedSites sites, StoreConnection store, ViewLedger ledger, ChangedPages changed, EventAnnouncer events, TimeProvider time,
    ILogger<ViewAnnouncer> logger) : BackgroundService
{
    public static readonly TimeSpan ChangesEvery = TimeSpan.FromSeconds(2), AllEvery = TimeSpan.FromMinutes(10);

    private const int InParallel = 8, PagesPerRead = 500;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private long _lastTurn;
    private TimeSpan? _pause;

    /// <summary>Announces what was changed; false when some of it has to wait, since the bus takes none.</summary>
    public async Task<bool> AnnounceChangesAsync(CancellationToken cancel)
    {
        var hasAll = true;
        foreach (var site in sites.All)
        {
            // One site's trouble is not another's.
            hasAll &= await TryAnnounceAsync(site.Site.Id, changed.Waiting(site.Site.Id), cancel);
        }

        return hasAll;
    }

    /// <summary>Announces every published page of a site. Where the store or the bus is away, it goes on when they are back.</summary>
    public async Task AnnounceAllAsync(CountedSite site, CancellationToken cancel)
    {
        var pages = new PublishedPages(site, store, ledger);
        IReadOnlyList<string> paths = [];
        do
        {
            await UntilItSucceedsAsync(
                async () =>
                {
                    paths = await pages.NextAsync();
                    return true;
                },
                cancel);
            foreach (var some in paths.Chunk(PagesPerRead))
            {
                await UntilItSucceedsAsync(async () => await TryAnnounceAsync(site.Site.Id, await pages.ReadAsync(some), cancel), cancel);
            }
        }
        while (paths.Count > 0);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(AnnounceChangesAsync, stoppingToken), RepeatAsync(AnnounceAllInTurnAsync, stoppingToken));

    private async Task<bool> AnnounceAllInTurnAsync(CancellationToken cancel)
    {
        var isDue = _pause is not { } pause || time.GetElapsedTime(_lastTurn) >= pause;
        if (isDue)
        {
            // The second turn comes at random, so that replicas that were started together do not do it together for ever.
            (_lastTurn, _pause) = (time.GetTimestamp(), _pause is null ? AllEvery * Random.Shared.NextDouble() : AllEvery);
        }

        foreach (var site in sites.All)
        {
            if (changed.TakeOverflow(site.Site.Id) || isDue)
            {
                await AnnounceAllAsync(site, cancel);
            }
        }

        return true;
    }

    private async Task RepeatAsync(Func<CancellationToken, Task<bool>> work, CancellationToken stopping)
    {
        var pause = ChangesEvery;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                pause = await work(stopping) ? ChangesEvery : Longer(pause);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A fault must not end it: what was left out is announced in ten minutes.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFault(e);
                pause = Longer(pause);
            }

            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task UntilItSucceedsAsync(Func<Task<bool>> work, CancellationToken cancel)
    {
        for (var pause = ChangesEvery; ; pause = Longer(pause))
        {
            try
            {
                if (await work())
                {
                    return;
                }
            }
            catch (Exception e) when (StoreFailure.Is(e) && !cancel.IsCancellationRequested)
            {
                // Of a store that is away others tell.
            }

            await Task.Delay(pause, time, cancel);
        }
    }

    /// <summary>Hands numbers over, until one is not taken: where one waited in vain for the bus, the others need not.</summary>
    private async Task<bool> TryAnnounceAsync(string site, IReadOnlyList<KeyValuePair<string, PageViews>> pages, CancellationToken cancel)
    {
        var hasFailed = false;
        await Parallel.ForEachAsync(pages, new ParallelOptions { MaxDegreeOfParallelism = InParallel, CancellationToken = cancel }, async (page, stop) =>
        {
            var (path, views) = page;
            if (Volatile.Read(ref hasFailed))
            {
                return;
            }

            var message = new PageViewsCounted
            {
                Site = site,
                Path = path,
                Views = views.Views,
                Epoch = views.Version.Epoch,
                Commit = views.Version.Commit,
            };
            if (await events.TryPublishAsync(message, stop))
            {
                changed.Announced(site, path, views);
            }
            else
            {
                Volatile.Write(ref hasFailed, true);
            }
        });
        return !hasFailed;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(Level = LogLevel.Error, Message = "Views could not be announced; it is tried again.")]
    private partial void LogFault(Exception e);
}
