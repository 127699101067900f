using System.Diagnostics;
using System.Net;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// A view on its way: what the steps of the intake find out about it, then the answer of its commit. Its stamp, age and
/// visitor are fixed by the intake and never change while it waits.
/// </summary>
internal abstract class PendingView
{
    /// <summary>What its client says of it; null once it waits for its commit.</summary>
    public ViewRequest? Request { get; set; }

    /// <summary>What its request says beside; empty once it waits for its commit.</summary>
    public ViewSource Source { get; set; }

    /// <summary>What is wrong with the request of a view that is refused.</summary>
    public ProblemCode? Problem { get; set; }

    /// <summary>Identity of its page.</summary>
    public string Path { get; set; } = "";

    /// <summary>Where it is counted, by this machine's clock.</summary>
    public TimeBuckets Buckets { get; set; }

    /// <summary>Fingerprint of the view id; 0 for none.</summary>
    public ulong Id { get; set; }

    /// <summary>The same by the earlier hash; null where no ledger is known to need it.</summary>
    public ulong? EarlierId { get; set; }

    /// <summary>Local timestamp at which it had arrived whole.</summary>
    public long Arrived { get; set; }

    /// <summary>When the client first sent it, store time in ms.</summary>
    public long FirstSent { get; set; }

    /// <summary>For how long this process may have stood still lately, ms: so long it may have lain in a socket.</summary>
    public long StoodStill { get; set; }

    /// <summary>Members of the visitors' HLLs; null for a view without a visitor.</summary>
    public VisitorNames? Visitor { get; set; }

    public BotReason Bot { get; set; }

    /// <summary>The span of its request, where that is sampled.</summary>
    public ActivityContext? Sampled { get; set; }

    /// <summary>Local timestamp after which nobody waits any more.</summary>
    public long Deadline { get; set; }

    /// <summary>Whether it has its answer.</summary>
    public abstract bool IsAnswered { get; }

    /// <summary>Lets go of the request, which may be over long before the outcome of the commit is clear.</summary>
    public void Forget() => (Request, Source) = (null, default);
}

/// <summary>A view for whose answer its request waits.</summary>
internal sealed class AwaitedView : PendingView
{
    /// <summary>
    /// Whoever completes it runs what waits for it, to the end of the reply. So only <see cref="BatchCompletion"/> does.
    /// </summary>
    public TaskCompletionSource<ViewAnswer> Completion { get; } = new();

    public override bool IsAnswered => Completion.Task.IsCompleted;
}

/// <summary>What the request of a view says beside its fields, as its door reads it.</summary>
/// <param name="Scheme">As its client used it.</param>
/// <param name="Host">The host that its client named, with the port where there is one.</param>
/// <param name="AsksForPrivacy">Whether its visitor asks not to be tracked (<see cref="OptOut"/>).</param>
/// <param name="UserAgent">Of several header values, all of them joined.</param>
/// <param name="Address">Of the client; null where it is not known.</param>
/// <param name="WaitedMilliseconds">How long it waited on its way here.</param>
internal readonly record struct ViewSource(
    string Scheme,
    string Host,
    bool AsksForPrivacy,
    string? UserAgent,
    IPAddress? Address,
    long WaitedMilliseconds
)
{
    public static ViewSource Of(HttpRequest request) =>
        new(
            request.Scheme,
            request.Headers.Host.ToString(),
            OptOut.IsAsked(request.Headers),
            request.Headers.UserAgent,
            request.HttpContext.Connection.RemoteIpAddress,
            GatewayHeaders.WaitedMilliseconds(request.Headers)
        );
}

/// <summary>
/// What became of a view, with the numbers of its site and page as of its commit; those are null when it was not
/// committed.
/// </summary>
internal readonly record struct ViewAnswer(ViewFate Fate, SiteNumbers? Site = null, PageRecord? Page = null);
