using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PortalServices.Counting.Store;

/// <summary>Names under which counting reports its metrics and spans.</summary>
public static class CountingTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PortalServices.Counting";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Views = Meter.CreateCounter<long>(
        "portal.counting.views",
        "{view}",
        "Views answered, by outcome: counted, duplicate, expired, bot, optedOut, refused."
    );
    internal static readonly Histogram<int> BatchViews = Meter.CreateHistogram<int>(
        "portal.counting.batch.views",
        "{view}",
        "Views in a committed batch."
    );
    internal static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram<double>(
        "portal.counting.commit.duration",
        "s",
        "From sending a batch to its clear outcome, retries included."
    );
    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "portal.counting.commit.retries",
        "{try}",
        "Batches sent again because their outcome was unclear."
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
        "The share of its memory that the store has filled; 0 for a store without a limit."
    );
    internal static readonly Counter<long> StaleReads = Meter.CreateCounter<long>(
        "portal.counting.stale_reads",
        "{read}",
        "Reads answered with the last numbers because the store was away."
    );
}
