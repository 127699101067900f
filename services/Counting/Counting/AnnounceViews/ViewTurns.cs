using PortalServices.Counting.Ledger;

namespace PortalServices.Counting.AnnounceViews;

/// <summary>
/// Has all published pages of every site announced, at the start and every ten minutes, so that no number stays wrong,
/// whatever was lost on the way; of a site with more changes than are remembered, or with a ledger of another epoch, at
/// once.
/// </summary>
internal sealed class ViewTurns(ViewAnnouncer announcer, SiteList sites, ChangedPages changed, TimeProvider time)
    : IPeriodicWork
{
    private long _lastTurn;
    private TimeSpan? _pause;

    public string Name => "announcing the views of all pages";

    public Backoff Backoff => ViewAnnouncer.WhileNothingIsTaken;

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        var isDue = _pause is not { } pause || time.GetElapsedTime(_lastTurn) >= pause;
        if (isDue)
        {
            // The second turn comes at random, so that replicas that were started together do not do it together for
            // ever.
            (_lastTurn, _pause) = (
                time.GetTimestamp(),
                _pause is null ? ViewAnnouncer.AllEvery * Random.Shared.NextDouble() : ViewAnnouncer.AllEvery
            );
        }

        await PeriodicWorkSetup.ForEachAsync(
            sites.All.Where(site => changed.TakeOverflow(site.Id) || isDue),
            site => announcer.AnnounceAllAsync(site, stopping),
            stopping
        );
        return ViewAnnouncer.ChangesEvery;
    }
}
