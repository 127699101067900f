using PortalServices.Counting.Bots;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// A view that was accepted and waits for its commit. Its stamp, age and visitor were fixed at acceptance and never
/// change.
/// </summary>
/// <remarks>
/// Whoever completes it runs what waits for it, to the end of the reply. So only <see cref="BatchCompletion"/> does.
/// </remarks>
internal sealed class PendingView : TaskCompletionSource<ViewAnswer>
{
    public required string Path { get; init; }

    public required TimeBuckets Buckets { get; init; }

    /// <summary>Fingerprint of the view id; 0 for none.</summary>
    public ulong Id { get; init; }

    /// <summary>When the client first sent it, store time in ms.</summary>
    public long FirstSent { get; init; }

    /// <summary>Members of the visitors' HLLs; null for a view without a visitor.</summary>
    public VisitorNames? Visitor { get; init; }

    public BotReason Bot { get; init; }

    /// <summary>Local timestamp after which nobody waits any more.</summary>
    public required long Deadline { get; init; }
}

/// <summary>
/// What became of a view, with the numbers of its site and page as of its commit; those are null when it was refused.
/// </summary>
internal readonly record struct ViewAnswer(ViewOutcome Outcome, SiteNumbers? Site = null, PageRecord? Page = null);

internal enum ViewOutcome
{
    Counted,
    Duplicate,

    /// <summary>
    /// First sent before the ids that are still remembered: it may have been counted, so it is not counted again.
    /// </summary>
    Expired,
    Bot,

    /// <summary>Too many views wait.</summary>
    TooManyWaiting,

    /// <summary>The store did not answer in time, or this process stood still. The view may still count.</summary>
    StoreAway,

    /// <summary>The store has no room for views of this site. The view was not sent to it.</summary>
    StoreFull,
}
