using System.Net;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;

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

    /// <summary>Accepts a view and waits for its commit.</summary>
    /// <param name="view">With its request and source.</param>
    public async ValueTask<ViewAnswer> AcceptAsync(AwaitedView view)
    {
        // In their order: null passes the view on, a fate ends it. A view that passes all is committed.
        var ended =
            IdentifyPage(view)
            ?? HonourOptOut(view)
            ?? Stamp(view)
            ?? RefuseAfterSuspension(view)
            ?? await OpenLedgerAsync()
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
        return answer with { Fate = FateOf(view, answer) };
    }

    /// <summary>
    /// The same without waiting for anything. False, and nothing has been done, where a step ends the view or has to
    /// wait: then <see cref="AcceptAsync"/> is for it.
    /// </summary>
    /// <param name="view">With its request and source.</param>
    /// <param name="refusal">Why it is not committed although it was accepted; null for one that is answered
    /// later.</param>
    public bool TryAccept(PendingView view, out ViewFate? refusal)
    {
        refusal = null;
        var passes =
            clock.Known
            && (
                IdentifyPage(view)
                ?? HonourOptOut(view)
                ?? Stamp(view)
                ?? RefuseAfterSuspension(view)
                ?? ClassifyBot(view)
                ?? Date(view)
                ?? RefuseTooOld(view)
            )
                is null
            && TryNameVisitor(view);
        if (passes)
        {
            reader.Touch();
            view.Forget();
            refusal = committer.TryAdd(view);
        }
        return passes;
    }

    /// <summary>Commits what <see cref="TryAccept"/> took in.</summary>
    public void Commit() => committer.Commit();

    /// <summary>What became of a view by the answer of its commit.</summary>
    public ViewFate FateOf(PendingView view, ViewAnswer answer) =>
        answer.Fate == ViewFate.Expired ? TooOld(view) : answer.Fate;

    private ViewFate? IdentifyPage(PendingView view)
    {
        var page = view.Request!.Page!;
        // Not Request.Host, which spells an international name in Unicode. Only a full address is compared with it.
        var own = page.StartsWith('/') ? "" : $"{view.Source.Scheme}://{view.Source.Host}";
        if (PageIdentity.TryParse(page, site, own, out var path, out var fault))
        {
            view.Path = path;
            return null;
        }

        view.Problem = fault == PageFault.ForeignOrigin ? CommonProblems.ForeignOrigin : CountingProblems.InvalidPage;
        return ViewFate.Refused;
    }

    private ViewFate? HonourOptOut(PendingView view) => OptOutOf(view) == OptOutOutcome.Drop ? ViewFate.OptedOut : null;

    private OptOutOutcome OptOutOf(PendingView view) => OptOut.Decide(view.Source.AsksForPrivacy, site.Privacy);

    private ViewFate? Stamp(PendingView view)
    {
        view.Arrived = time.GetTimestamp();
        view.Buckets = calendar.Of(time.GetUtcNow());
        view.Deadline = view.Arrived + (long)(options.AnswerWithin.TotalSeconds * time.TimestampFrequency);
        if (view.Request!.View is { } id)
        {
            view.Id = fingerprint.Of(id);
        }
        if (reader.Latest?.Site.NeedsEarlierIds ?? true)
        {
            view.EarlierId = view.Request.View is { } text ? fingerprint.EarlierOf(text) : 0;
        }
        return null;
    }

    private ViewFate? RefuseAfterSuspension(PendingView view) =>
        view.Request!.View is not null && suspension.ResumedWithin(_maxTolerablePause) ? ViewFate.StoreAway : null;

    private async ValueTask<ViewFate?> OpenLedgerAsync() =>
        clock.Known || await reader.OpenAsync() ? null : ViewFate.StoreAway;

    private static ViewFate? ClassifyBot(PendingView view)
    {
        // Counted by reason, with the commit.
        view.Bot = BotDetector.Classify(view.Source.UserAgent);
        return null;
    }

    private ViewFate? Date(PendingView view)
    {
        // What it waited on its way is as much of its age as what its client knows of, and so is what it lay in the
        // sockets of a process that stood still.
        view.StoodStill = (long)Math.Ceiling(suspension.RecentPause().TotalMilliseconds);
        var age = view.Request!.Age + view.Source.WaitedMilliseconds;
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
        if (TryNameVisitor(view))
        {
            return null;
        }

        try
        {
            view.Visitor = await visitors.NameAsync(view.Buckets, AddressOf(view), view.Source.UserAgent!);
            return null;
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return ViewFate.StoreAway;
        }
    }

    // Where the keys of its week and day are held, and where it has no visitor.
    private bool TryNameVisitor(PendingView view)
    {
        if (view.Bot != BotReason.None || OptOutOf(view) != OptOutOutcome.CountWithVisitor)
        {
            return true;
        }
        view.Visitor = visitors.TryName(view.Buckets, AddressOf(view), view.Source.UserAgent!);
        return view.Visitor is not null;
    }

    private static IPAddress AddressOf(PendingView view) => view.Source.Address ?? IPAddress.None;

    // Whether it lay in a socket cannot be known: one that is too old for that alone is sent again, when it looks no
    // older than it is.
    private ViewFate TooOld(PendingView view) =>
        view.FirstSent + view.StoodStill <= reader.Latest?.Site.IdHorizon ? ViewFate.Expired : ViewFate.StoreAway;
}
