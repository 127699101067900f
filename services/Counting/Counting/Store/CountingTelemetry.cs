using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PortalServices.Counting.Store;

/// <summary>
/// Names under which counting reports its metrics and spans. No metric has the site as a label: views are counted for
/// each site by counting itself, and what is looked at here is whether it goes well.
/// </summary>
public static class CountingTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PortalServices.Counting";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    // From a view alone to a full batch, and from a memory disk to a store that hardly answers.
    private static readonly InstrumentAdvice<int> Batches = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    };
    private static readonly InstrumentAdvice<double> Commits = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    };

    internal static readonly Histogram<int> BatchViews = Meter.CreateHistogram(
        "portal.counting.batch.views",
        "{view}",
        "Views in a committed batch.",
        advice: Batches
    );
    internal static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram(
        "portal.counting.commit.duration",
        "s",
        "From sending a batch to its clear outcome, retries included.",
        advice: Commits
    );
    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "portal.counting.commit.retries",
        "{try}",
        "Batches sent again because their outcome was unclear."
    );
    internal static readonly Gauge<long> Waiting = Meter.CreateGauge<long>(
        "portal.counting.waiting",
        "{view}",
        "Views that wait for their commit, of all sites."
    );
    internal static readonly Gauge<long> WaitingLimit = Meter.CreateGauge<long>(
        "portal.counting.waiting.limit",
        "{view}",
        "Views that may wait for their commit; further ones are refused."
    );
    internal static readonly Gauge<int> SitesAway = Meter.CreateGauge<int>(
        "portal.counting.sites.failing",
        "{site}",
        "Sites whose last read or last write of the store failed, or whose ledger is damaged."
    );
    internal static readonly Gauge<double> SnapshotAge = Meter.CreateGauge<double>(
        "portal.counting.snapshot.age",
        "s",
        "Age of the oldest numbers that readers are shown, of the sites that somebody asked for lately."
    );
    internal static readonly Counter<long> EarlyGenerations = Meter.CreateCounter<long>(
        "portal.counting.generations.early",
        "{generation}",
        "Generations of view ids that ended before their time, because they were full."
    );
    internal static readonly Gauge<double> IdsFill = Meter.CreateGauge<double>(
        "portal.counting.ids.fill",
        "1",
        "View ids of the current generation against their cap, of the site that has most; as of the last housekeeping."
    );
    internal static readonly Gauge<double> PagesFill = Meter.CreateGauge<double>(
        "portal.counting.pages.fill",
        "1",
        "Pages that count on their own against their cap, of the site that has most; as of the last housekeeping."
    );
    internal static readonly Counter<long> Gaps = Meter.CreateCounter<long>(
        "portal.counting.gaps",
        "{gap}",
        "Times the store had lost commits that it had acknowledged."
    );
    internal static readonly Counter<long> StoreLosses = Meter.CreateCounter<long>(
        "portal.counting.store.losses",
        "{loss}",
        "Losses of acknowledged commits that this process noted in a ledger."
    );
    internal static readonly Gauge<int> OpenStoreLosses = Meter.CreateGauge<int>(
        "portal.counting.store.losses.open",
        "{site}",
        "Sites whose store lost acknowledged commits, as no operator has acknowledged yet."
    );
    internal static readonly Counter<long> RemovedFields = Meter.CreateCounter<long>(
        "portal.counting.housekeeping.removed",
        "{field}",
        "Fields of ledgers removed because nothing needed them any more."
    );
    internal static readonly Counter<long> FoldedPages = Meter.CreateCounter<long>(
        "portal.counting.housekeeping.folded",
        "{page}",
        "Small, silent pages folded into \"other\"."
    );
    internal static readonly Gauge<double> StoreFill = Meter.CreateGauge<double>(
        "portal.counting.store.fill",
        "1",
        "The share of its memory that the store has filled, of its fullest process; 0 for a store without a limit."
    );
    internal static readonly Gauge<long> StoreMemory = Meter.CreateGauge<long>(
        "portal.counting.store.memory",
        "By",
        "Memory that the store holds, of its fullest process."
    );
    internal static readonly Gauge<long> StoreMemoryLimit = Meter.CreateGauge<long>(
        "portal.counting.store.memory.limit",
        "By",
        "Memory that the same process may hold; 0 for no limit."
    );
    internal static readonly Gauge<int> StoreDurable = Meter.CreateGauge<int>(
        "portal.counting.store.durable",
        "1",
        "1 while every process of the store has a commit on disk before it is acknowledged, as it says or the operator vouches; else 0."
    );
    internal static readonly Counter<long> StaleReads = Meter.CreateCounter<long>(
        "portal.counting.stale_reads",
        "{read}",
        "Reads answered with the last numbers because the store was away."
    );
}
