using System.Buffers.Binary;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Accepts a view: fixes, once and for all, its stamp by this machine's clock, its first-sent instant by the store's,
/// and its visitor. Whatever happens to the commit later, a view that waits, is repeated or comes late from a healed
/// connection stays as old as it is.
/// </summary>
internal sealed class ViewIntake(TimeProvider time, IOptions<CountingOptions> options, SuspensionDetector suspension)
{
    private readonly TimeSpan _answerWithin = options.Value.AnswerWithin;

    // What was counted elsewhere after a shorter one began is still remembered when the late views have been read.
    private readonly TimeSpan _maxTolerablePause = options.Value.ViewIdGeneration / 2;

    public async ValueTask<ViewAnswer> AcceptAsync(
        CountedSite site,
        string path,
        ViewRequest request,
        HttpContext context
    )
    {
        var arrived = time.GetTimestamp();
        var buckets = site.Calendar.Of(time.GetUtcNow());
        if (request.View is not null && suspension.ResumedWithin(_maxTolerablePause))
        {
            return new ViewAnswer(ViewOutcome.StoreAway);
        }

        if (!site.Clock.Known && !await site.Reader.OpenAsync())
        {
            return new ViewAnswer(ViewOutcome.StoreAway);
        }

        var headers = context.Request.Headers;
        string? agent = headers.UserAgent;
        var bot = BotDetector.Classify(agent);
        // What it waited on its way is as much of its age as what its client knows of, and so is what it lay in the
        // sockets of a process that stood still.
        var stoodStill = (long)Math.Ceiling(suspension.RecentPause().TotalMilliseconds);
        var firstSent = Math.Max(
            0,
            site.Clock.At(arrived) - request.Age - GatewayHeaders.WaitedMilliseconds(headers) - stoodStill
        );
        if (bot == BotReason.None && request.View is not null && firstSent <= site.Reader.Latest?.Site.IdHorizon)
        {
            // Too old as far as this process knows already, so the store need not hear of it. What it does not know
            // yet, the ledger decides.
            return TooOld(site, firstSent, stoodStill);
        }

        VisitorNames? visitor = null;
        if (bot == BotReason.None && OptOut.Decide(headers, site.Site.Privacy) == OptOutOutcome.CountWithVisitor)
        {
            try
            {
                visitor = await site.Keys.NameAsync(
                    buckets,
                    context.Connection.RemoteIpAddress ?? IPAddress.None,
                    agent!
                );
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                return new ViewAnswer(ViewOutcome.StoreAway);
            }
        }

        site.Reader.Touch();
        var answer = await site.Committer.CommitAsync(
            new PendingView
            {
                Path = path,
                Buckets = buckets,
                Id = request.View is { } id ? Fingerprint(site.Fingerprint, id) : 0,
                FirstSent = firstSent,
                Visitor = visitor,
                Bot = bot,
                Deadline = arrived + (long)(_answerWithin.TotalSeconds * time.TimestampFrequency),
            }
        );
        return answer.Outcome == ViewOutcome.Expired ? TooOld(site, firstSent, stoodStill) : answer;
    }

    // Whether it lay in a socket cannot be known: one that is too old for that alone is sent again, when it looks no
    // older than it is.
    private static ViewAnswer TooOld(CountedSite site, long firstSent, long stoodStill) =>
        new(
            stoodStill == 0 || firstSent + stoodStill <= site.Reader.Latest?.Site.IdHorizon
                ? ViewOutcome.Expired
                : ViewOutcome.StoreAway
        );

    private static ulong Fingerprint(ViewIdFingerprint fingerprint, string viewId)
    {
        Span<byte> print = stackalloc byte[ViewIdFingerprint.Size];
        fingerprint.Write(viewId, print);
        return BinaryPrimitives.ReadUInt64BigEndian(print);
    }
}
