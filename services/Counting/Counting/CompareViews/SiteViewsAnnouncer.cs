using PortalServices.Contracts;
using PortalServices.Counting.Ledger;
using PortalServices.Messaging.Bus;

namespace PortalServices.Counting.CompareViews;

/// <summary>
/// Tells the last acknowledged state of each ledger to content, which keeps it outside the store: every ten seconds,
/// where it has changed. At the start, for each new epoch and every ten minutes it asks what content had kept before.
/// </summary>
internal sealed class SiteViewsAnnouncer(
    SiteList sites,
    AcknowledgedStates acknowledged,
    EventAnnouncer events,
    TimeProvider time
) : IPeriodicWork
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10),
        RecallEvery = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);

    public string Name => "announcing the views of sites";

    public Backoff Backoff => new(TimeSpan.FromSeconds(2), Every);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        foreach (var site in sites.All)
        {
            // Where one is not taken, the others need not wait in vain.
            if (!await TryTellAsync(site.Id, stopping))
            {
                return Backoff.After(1);
            }
        }

        return Every;
    }

    private async Task<bool> TryTellAsync(string site, CancellationToken cancel)
    {
        var state = acknowledged.Last(site) ?? default;
        var told = _told.GetValueOrDefault(site);
        var recall =
            told is null
            || told.State.Version.Epoch != state.Version.Epoch
            || time.GetElapsedTime(told.RecalledAt) >= RecallEvery;
        if (!recall && told!.State == state)
        {
            return true;
        }

        var (now, version) = (time.GetTimestamp(), state.Version);
        if (
            !await events.TryPublishAsync(
                new SiteViewsCounted
                {
                    Site = site,
                    Views = state.Views,
                    Epoch = version.Epoch,
                    Commit = version.Commit,
                    Recall = recall,
                },
                cancel
            )
        )
        {
            return false;
        }

        _told[site] = new Told(state, recall ? now : told!.RecalledAt);
        return true;
    }

    private sealed record Told(LedgerState State, long RecalledAt);
}
