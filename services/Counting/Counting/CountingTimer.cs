using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Store;

namespace PortalServices.Counting;

/// <summary>
/// What happens by the clock: active sites are read once a second, views that waited too long are answered, and the
/// store's settings are looked at again, and how full it is.
/// </summary>
internal sealed class CountingTimer(
    SiteList sites,
    PerSite<ViewCommitter> committers,
    PerSite<SiteReader> readers,
    PerSite<StoreAvailability> availability,
    WaitingViews waiting,
    StoreConnection store,
    ViewLedger ledger,
    StoreMemoryMonitor fill,
    TimeProvider time
) : IPeriodicWork
{
    private const int BeatsPerSecond = 10;
    private const int SecondsBetweenChecks = 10;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1) / BeatsPerSecond;

    private long _beats;

    public string Name => "answering views that waited too long";

    // One site that fails does not slow the others down.
    public Backoff Backoff => new(Beat, Beat);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        var n = _beats++;
        if (n % (BeatsPerSecond * SecondsBetweenChecks) == 0)
        {
            // Not awaited: a slow store must not hold up the beat. A check that is still under way only waits for its
            // own answers.
            _ = store.CheckAgainAsync();
        }

        if (n % BeatsPerSecond == 0)
        {
            fill.Poll();
            Measure();
        }

        var isMemoryShort = fill.IsMemoryShort;
        await PeriodicWorkSetup.ForEachAsync(
            sites.All,
            site =>
            {
                committers.Of(site.Id).CompleteOverdue();
                if (isMemoryShort)
                {
                    committers.Of(site.Id).MakeRoom();
                }

                if (n % BeatsPerSecond == 0)
                {
                    readers.Of(site.Id).RefreshIfActive();
                }

                return Task.CompletedTask;
            },
            stopping
        );
        return Beat;
    }

    private void Measure()
    {
        CountingTelemetry.Waiting.Record(waiting.Taken);
        CountingTelemetry.WaitingLimit.Record(waiting.Most);
        CountingTelemetry.SitesAway.Record(sites.All.Count(site => IsFailing(site.Id)));
        var oldest = sites
            .All.Select(site => readers.Of(site.Id))
            .Where(reader => reader is { IsActive: true, Latest: not null })
            .Select(reader => time.GetElapsedTime(reader.Latest!.TakenAt))
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();
        CountingTelemetry.SnapshotAge.Record(oldest.TotalSeconds);
    }

    // Reads may go well where writes do not.
    private bool IsFailing(string site) =>
        availability.Of(site).IsAway || store.IsFailing(site) || ledger.IsDamaged(site);
}
