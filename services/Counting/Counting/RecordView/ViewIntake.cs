using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Options;
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
internal sealed class ViewIntake
{
    private readonly Site _site;
    private readonly SiteCalendar _calendar;
    private readonly StoreClock _clock;
    private readonly SiteReader _reader;
    private readonly VisitorKeys _visitors;
    private readonly ViewIdFingerprint _fingerprint;
    private readonly ViewCommitter _committer;
    private readonly SuspensionDetector _suspension;
    private readonly TimeProvider _time;
    private readonly TimeSpan _answerWithin;

    // In their order: null passes the view on, a fate ends it. A view that passes all is committed.
    private readonly Func<PendingView, ValueTask<ViewFate?>>[] _steps;

    // What was counted elsewhere after a shorter one began is still remembered when the late views have been read.
    private readonly TimeSpan _maxTolerablePause;

    public ViewIntake(
        Site site,
        SiteCalendar calendar,
        StoreClock clock,
        SiteReader reader,
        VisitorKeys visitors,
        ViewIdFingerprint fingerprint,
        ViewCommitter committer,
        SuspensionDetector suspension,
        TimeProvider time,
        IOptions<CountingOptions> options
    )
    {
        (_site, _calendar, _clock, _reader) = (site, calendar, clock, reader);
        (_visitors, _fingerprint, _committer) = (visitors, fingerprint, committer);
        (_suspension, _time) = (suspension, time);
        (_answerWithin, _maxTolerablePause) = (options.Value.AnswerWithin, options.Value.ViewIdGeneration / 2);
        _steps =
        [
            ReadRequestAsync,
            IdentifyPage,
            HonourOptOut,
            Stamp,
            RefuseAfterSuspension,
            OpenLedgerAsync,
            ClassifyBot,
            Date,
            RefuseTooOld,
            NameVisitorAsync,
        ];
    }

    public async ValueTask<ViewAnswer> AcceptAsync(PendingView view)
    {
        foreach (var step in _steps)
        {
            if (await step(view) is { } fate)
            {
                return new ViewAnswer(fate);
            }
        }

        _reader.Touch();
        // A batch whose outcome is unclear outlives the requests of its views.
        view.Forget();
        var answer = await _committer.CommitAsync(view);
        return answer.Fate == ViewFate.Expired ? new ViewAnswer(TooOld(view)) : answer;
    }

    private static async ValueTask<ViewFate?> ReadRequestAsync(PendingView view)
    {
        (view.Request, view.Problem) = await ViewRequest.ReadAsync(view.Context!.Request);
        return view.Request is null ? ViewFate.Refused : null;
    }

    private ValueTask<ViewFate?> IdentifyPage(PendingView view)
    {
        var own = WebOrigin.Of(view.Context!.Request);
        if (PageIdentity.TryParse(view.Request!.Page!, _site, own, out var path, out var fault))
        {
            view.Path = path;
            return Pass;
        }

        view.Problem = fault == PageFault.ForeignOrigin ? CommonProblems.ForeignOrigin : CountingProblems.InvalidPage;
        return End(ViewFate.Refused);
    }

    private ValueTask<ViewFate?> HonourOptOut(PendingView view) =>
        OptOut.Decide(view.Context!.Request.Headers, _site.Privacy) == OptOutOutcome.Drop
            ? End(ViewFate.OptedOut)
            : Pass;

    private ValueTask<ViewFate?> Stamp(PendingView view)
    {
        view.Arrived = _time.GetTimestamp();
        view.Buckets = _calendar.Of(_time.GetUtcNow());
        view.Deadline = view.Arrived + (long)(_answerWithin.TotalSeconds * _time.TimestampFrequency);
        view.Id = view.Request!.View is { } id ? Fingerprint(id) : 0;
        return Pass;
    }

    private ValueTask<ViewFate?> RefuseAfterSuspension(PendingView view) =>
        view.Request!.View is not null && _suspension.ResumedWithin(_maxTolerablePause)
            ? End(ViewFate.StoreAway)
            : Pass;

    private async ValueTask<ViewFate?> OpenLedgerAsync(PendingView view) =>
        _clock.Known || await _reader.OpenAsync() ? null : ViewFate.StoreAway;

    private static ValueTask<ViewFate?> ClassifyBot(PendingView view)
    {
        // Counted by reason, with the commit.
        view.Bot = BotDetector.Classify(view.Context!.Request.Headers.UserAgent);
        return Pass;
    }

    private ValueTask<ViewFate?> Date(PendingView view)
    {
        // What it waited on its way is as much of its age as what its client knows of, and so is what it lay in the
        // sockets of a process that stood still.
        view.StoodStill = (long)Math.Ceiling(_suspension.RecentPause().TotalMilliseconds);
        var age = view.Request!.Age + GatewayHeaders.WaitedMilliseconds(view.Context!.Request.Headers);
        view.FirstSent = Math.Max(0, _clock.At(view.Arrived) - age - view.StoodStill);
        return Pass;
    }

    // What this process does not know yet, the ledger decides.
    private ValueTask<ViewFate?> RefuseTooOld(PendingView view) =>
        view is { Bot: BotReason.None, Request.View: not null } && view.FirstSent <= _reader.Latest?.Site.IdHorizon
            ? End(TooOld(view))
            : Pass;

    private async ValueTask<ViewFate?> NameVisitorAsync(PendingView view)
    {
        var request = view.Context!.Request;
        if (
            view.Bot != BotReason.None
            || OptOut.Decide(request.Headers, _site.Privacy) != OptOutOutcome.CountWithVisitor
        )
        {
            return null;
        }

        try
        {
            var address = view.Context.Connection.RemoteIpAddress ?? IPAddress.None;
            string? agent = request.Headers.UserAgent;
            view.Visitor = await _visitors.NameAsync(view.Buckets, address, agent!);
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
        view.StoodStill == 0 || view.FirstSent + view.StoodStill <= _reader.Latest?.Site.IdHorizon
            ? ViewFate.Expired
            : ViewFate.StoreAway;

    private ulong Fingerprint(string viewId)
    {
        Span<byte> print = stackalloc byte[ViewIdFingerprint.Size];
        _fingerprint.Write(viewId, print);
        return BinaryPrimitives.ReadUInt64BigEndian(print);
    }

    private static ValueTask<ViewFate?> Pass => default;

    private static ValueTask<ViewFate?> End(ViewFate fate) => new(fate);
}
