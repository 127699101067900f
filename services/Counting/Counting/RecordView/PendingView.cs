using System.Diagnostics;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// A view on its way: what the steps of the intake find out about it, then the answer of its commit. Its stamp, age and
/// visitor are fixed by the intake and never change while it waits.
/// </summary>
/// <remarks>
/// Whoever completes it runs what waits for it, to the end of the reply. So only <see cref="BatchCompletion"/> does.
/// </remarks>
internal sealed class PendingView : TaskCompletionSource<ViewAnswer>
{
    /// <summary>The request that it came with; null once it waits for its commit.</summary>
    public HttpContext? Context { get; set; }

    /// <summary>What its client says of it; null once it waits for its commit.</summary>
    public ViewRequest? Request { get; set; }

    /// <summary>What is wrong with the request of a view that is refused.</summary>
    public ProblemCode? Problem { get; set; }

    /// <summary>Identity of its page.</summary>
    public string Path { get; set; } = "";

    /// <summary>Where it is counted, by this machine's clock.</summary>
    public TimeBuckets Buckets { get; set; }

    /// <summary>Fingerprint of the view id; 0 for none.</summary>
    public ulong Id { get; set; }

    /// <summary>Local timestamp at which it had arrived whole.</summary>
    public long Arrived { get; set; }

    /// <summary>When the client first sent it, store time in ms.</summary>
    public long FirstSent { get; set; }

    /// <summary>For how long this process stood still lately, ms: so long it may have lain in a socket.</summary>
    public long StoodStill { get; set; }

    /// <summary>Members of the visitors' HLLs; null for a view without a visitor.</summary>
    public VisitorNames? Visitor { get; set; }

    public BotReason Bot { get; set; }

    /// <summary>The span of its request, where that is sampled.</summary>
    public ActivityContext? Sampled { get; set; }

    /// <summary>Local timestamp after which nobody waits any more.</summary>
    public long Deadline { get; set; }

    /// <summary>Lets go of the request, which may be over long before the outcome of the commit is clear.</summary>
    public void Forget() => (Context, Request) = (null, null);
}

/// <summary>
/// What became of a view, with the numbers of its site and page as of its commit; those are null when it was not
/// committed.
/// </summary>
internal readonly record struct ViewAnswer(ViewFate Fate, SiteNumbers? Site = null, PageRecord? Page = null);
