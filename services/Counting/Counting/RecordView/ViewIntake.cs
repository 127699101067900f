using System.Buffers.Binary;
using System.Net;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Accepts the views of one site, step by step: each passes a view on or ends it with a fate. They fix, once and for
/// all, its stamp by this machine's clock, its first-sent instant by the store's, and its visitor. Whatever happens to
/// the commit later, a view that waits, is repeated or comes late from a healed connection stays as old as it is.
/// </summary>
internal sealed class ViewIntake(
    Site site,
    SiteCalendar calendar,
    StoreClock clock,
    SiteReader reader,
    VisitorKeys visitors,
    ViewIdFingerprint fingerprint,
    ViewCommitter committer,
    SuspensionDetector suspension,
    TimeProvider time,
    CountingOptions options
)
{
    // What was counted elsewhere after a shorter one began is still remembered when the late views have been read.
    private readonly TimeSpan _maxTolerablePause = options.ViewIdGeneration / 2;

    public async ValueTask<ViewAnswer> AcceptAsync(PendingView view)
    {
        // In their order: null passes the view on, a fate ends it. A view that passes all is committed.
        var ended =
            await ReadRequestAsync(view)
            ?? IdentifyPage(view)
            ?? HonourOptOut(view)
            ?? Stamp(view)
            ?? RefuseAfterSuspension(view)
            ?? await OpenLedgerAsync(view)
            ?? ClassifyBot(view)
            ?? Date(view)
            ?? RefuseTooOld(view)
            ?? await NameVisitorAsync(view);
        if (ended is { } fate)
        {
            return new ViewAnswer(fate);
        }

        reader.Touch();
        // A batch whose outcome is unclear outlives the requests of its views.
        view.Forget();
        var answer = await committer.CommitAsync(view);
        return answer.Fate == ViewFate.Expired ? new ViewAnswer(TooOld(view)) : answer;
    }

    private static async ValueTask<ViewFate?> ReadRequestAsync(PendingView view)
    {
        (view.Request, view.Problem) = await ViewRequest.ReadAsync(view.Context!.Request);
        return view.Request is null ? ViewFate.Refused : null;
    }

    private ViewFate? IdentifyPage(PendingView view)
    {
        var own = WebOrigin.Of(view.Context!.Request);
        if (PageIdentity.TryParse(view.Request!.Page!, site, own, out var path, out var fault))
        {
            view.Path = path;
            return null;
        }

        view.Problem = fault == PageFault.ForeignOrigin ? CommonProblems.ForeignOrigin : CountingProblems.InvalidPage;
        return ViewFate.Refused;
    }

    private ViewFate? HonourOptOut(PendingView view) =>
        OptOut.Decide(view.Context!.Request.Headers, site.Privacy) == OptOutOutcome.Drop ? ViewFate.OptedOut : null;

    private ViewFate? Stamp(PendingView view)
    {
        view.Arrived = time.GetTimestamp();
        view.Buckets = calendar.Of(time.GetUtcNow());
        view.Deadline = view.Arrived + (long)(options.AnswerWithin.TotalSeconds * time.TimestampFrequency);
        view.Id = view.Request!.View is { } id ? Fingerprint(id) : 0;
        return null;
    }

    private ViewFate? RefuseAfterSuspension(PendingView view) =>
        view.Request!.View is not null && suspension.ResumedWithin(_maxTolerablePause) ? ViewFate.StoreAway : null;

    private async ValueTask<ViewFate?> OpenLedgerAsync(PendingView view) =>
        clock.Known || await reader.OpenAsync() ? null : ViewFate.StoreAway;

    private static ViewFate? ClassifyBot(PendingView view)
    {
        // Counted by reason, with the commit.
        view.Bot = BotDetector.Classify(view.Context!.Request.Headers.UserAgent);
        return null;
    }

    private ViewFate? Date(PendingView view)
    {
        // What it waited on its way is as much of its age as what its client knows of, and so is what it lay in the
        // sockets of a process that stood still.
        view.StoodStill = (long)Math.Ceiling(suspension.RecentPause().TotalMilliseconds);
        var age = view.Request!.Age + GatewayHeaders.WaitedMilliseconds(view.Context!.Request.Headers);
        view.FirstSent = Math.Max(0, clock.At(view.Arrived) - age - view.StoodStill);
        return null;
    }

    // What this process does not know yet, the ledger decides.
    private ViewFate? RefuseTooOld(PendingView view) =>
        view is { Bot: BotReason.None, Request.View: not null } && view.FirstSent <= reader.Latest?.Site.IdHorizon
            ? TooOld(view)
            : null;

    private async ValueTask<ViewFate?> NameVisitorAsync(PendingView view)
    {
        var request = view.Context!.Request;
        if (
            view.Bot != BotReason.None
            || OptOut.Decide(request.Headers, site.Privacy) != OptOutOutcome.CountWithVisitor
        )
        {
            return null;
        }

        try
        {
            var address = view.Context.Connection.RemoteIpAddress ?? IPAddress.None;
            string? agent = request.Headers.UserAgent;
            view.Visitor = await visitors.NameAsync(view.Buckets, address, agent!);
            return null;
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return ViewFate.StoreAway;
        }
    }

    // Whether it lay in a socket cannot be known: one that is too old for that alone is sent again, when it looks no
    // older than it is.
    private ViewFate TooOld(PendingView view) =>
        view.FirstSent + view.StoodStill <= reader.Latest?.Site.IdHorizon ? ViewFate.Expired : ViewFate.StoreAway;

    private ulong Fingerprint(string viewId)
    {
        Span<byte> print = stackalloc byte[ViewIdFingerprint.Size];
        fingerprint.Write(viewId, print);
        return BinaryPrimitives.ReadUInt64BigEndian(print);
    }
}
