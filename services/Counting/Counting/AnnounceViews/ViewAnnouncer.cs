using PortalServices.Contracts;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Messaging.Bus;

namespace PortalServices.Counting.AnnounceViews;

/// <summary>
/// Announces what published pages show: every two seconds those that this process changed. <see cref="ViewTurns"/> has
/// all of every site announced. No request waits for it.
/// </summary>
internal sealed class ViewAnnouncer(
    SiteList sites,
    PerSite<ScanGate> scans,
    ViewLedger ledger,
    ChangedPages changed,
    EventAnnouncer events,
    TimeProvider time
) : IPeriodicWork
{
    public static readonly TimeSpan ChangesEvery = TimeSpan.FromSeconds(2),
        AllEvery = TimeSpan.FromMinutes(10);

    /// <summary>While the bus takes none. Short enough that numbers flow soon after it is back.</summary>
    public static readonly Backoff WhileNothingIsTaken = new(ChangesEvery, TimeSpan.FromSeconds(10));

    private const int InParallel = 8,
        PagesPerRead = 500;
    private int _untaken;

    /// <summary>Announces what was changed; false when some of it has to wait, since the bus takes none.</summary>
    public async Task<bool> AnnounceChangesAsync(CancellationToken cancel)
    {
        var hasAll = true;
        foreach (var site in sites.All)
        {
            // One site's trouble is not another's.
            hasAll &= await TryAnnounceAsync(site.Id, changed.Waiting(site.Id), cancel);
        }

        return hasAll;
    }

    /// <summary>
    /// Announces every published page of a site. Where the store or the bus is away, it goes on when they are back.
    /// </summary>
    public async Task AnnounceAllAsync(Site site, CancellationToken cancel)
    {
        var pages = new PublishedPages(site.Id, scans.Of(site.Id), ledger);
        IReadOnlyList<string> paths = [];
        do
        {
            await UntilItSucceedsAsync(
                async () =>
                {
                    paths = await pages.NextAsync();
                    return true;
                },
                cancel
            );
            foreach (var some in paths.Chunk(PagesPerRead))
            {
                await UntilItSucceedsAsync(
                    async () => await TryAnnounceAsync(site.Id, await pages.ReadAsync(some), cancel),
                    cancel
                );
            }
        } while (paths.Count > 0);
    }

    public string Name => "announcing views";

    public Backoff Backoff => WhileNothingIsTaken;

    // What a fault left out is announced in ten minutes.
    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        _untaken = await AnnounceChangesAsync(stopping) ? 0 : _untaken + 1;
        return Backoff.After(_untaken + 1);
    }

    private async Task UntilItSucceedsAsync(Func<Task<bool>> work, CancellationToken cancel)
    {
        for (var failures = 1; ; failures++)
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

            await Task.Delay(Backoff.After(failures), time, cancel);
        }
    }

    /// <summary>
    /// Hands numbers over, until one is not taken: where one waited in vain for the bus, the others need not.
    /// </summary>
    private async Task<bool> TryAnnounceAsync(
        string site,
        IReadOnlyList<KeyValuePair<string, PageViews>> pages,
        CancellationToken cancel
    )
    {
        var hasFailed = false;
        await Parallel.ForEachAsync(
            pages,
            new ParallelOptions { MaxDegreeOfParallelism = InParallel, CancellationToken = cancel },
            async (page, stop) =>
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
            }
        );
        return !hasFailed;
    }
}
