using System.Text.Json;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;
using PortalServices.Frames.Receiving;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// A view that came in a frame: it writes its own reply as soon as its answer is there, without a request that waits.
/// </summary>
internal sealed class FramedView(ViewFrames frames, FramedSite site, FrameReplier replier) : PendingView
{
    private int _isAnswered;

    public override bool IsAnswered => Volatile.Read(ref _isAnswered) != 0;

    /// <summary>Whether it is answered without numbers.</summary>
    public bool IsMinimal { get; init; }

    /// <summary>What its client says of languages, for a problem.</summary>
    public string AcceptLanguage { get; init; } = "";

    /// <summary>The trace that its request belongs to; 0 for none.</summary>
    public UInt128 Trace { get; init; }

    /// <summary>Writes the reply, unless that was done; never throws.</summary>
    public void Answer(ViewAnswer answer)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) != 0)
        {
            return;
        }
        try
        {
            Write(answer);
        }
#pragma warning disable CA1031 // The other views of the batch have done nothing.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            frames.Fault(fault, site.Site.Id);
            replier.AppendFault();
        }
    }

    /// <summary>Sends the reply, with all that were written for the same gateway.</summary>
    public void Send() => replier.Flush();

    private void Write(ViewAnswer answer)
    {
        var fate = site.Intake.FateOf(this, answer);
        ViewTelemetry.Count(fate, problem: null);
        if (RecordViewEndpoint.Failure(fate, problem: null) is { } failure)
        {
            Reply(failure);
        }
        else if (IsMinimal)
        {
            replier.Append(StatusCodes.Status204NoContent, ViewFrames.NoHeaders, []);
        }
        else if (site.Reader.After(answer.Site!, answer.Page!) is { } numbers)
        {
            Reply(fate, numbers);
        }
        else
        {
            _ = ReadNumbersAsync(fate);
        }
    }

    // A day has ended since.
    private async Task ReadNumbersAsync(ViewFate fate)
    {
        try
        {
            if (await site.Reader.ReadAsync([Path]) is { } numbers)
            {
                Reply(fate, numbers);
            }
            else
            {
                Reply(StoreFailure.Reply());
            }
        }
#pragma warning disable CA1031 // As above.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            frames.Fault(fault, site.Site.Id);
            replier.AppendFault();
        }
        replier.Flush();
    }

    private void Reply(ViewFate fate, SiteView numbers) =>
        replier.Append(
            StatusCodes.Status200OK,
            ViewFrames.Json,
            JsonSerializer.SerializeToUtf8Bytes(
                RecordViewEndpoint.ReplyOf(site.Site, Path, fate, numbers),
                ViewJson.Readable.ViewReply
            )
        );

    // A problem is written as for any request of the site, into memory.
    private void Reply(IResult problem)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = frames.Services };
        context.Request.Path = site.Path;
        context.Request.Headers.AcceptLanguage = AcceptLanguage;
        if (Trace != 0)
        {
            // Of which only the trace is told.
            context.Request.Headers.TraceParent = $"00-{Trace:x32}-{1:x16}-00";
        }
        context.Response.Body = body;
        var written = problem.ExecuteAsync(context);
        if (!written.IsCompleted)
        {
            throw new InvalidOperationException("A reply in memory is written at once.");
        }
        written.GetAwaiter().GetResult();
        replier.Append(context.Response.StatusCode, context.Response.Headers, body.ToArray());
    }
}

/// <summary>What the views of one site need that come in frames.</summary>
internal sealed class FramedSite(Site site, ViewIntake intake, SiteReader reader)
{
    public Site Site => site;

    public ViewIntake Intake => intake;

    public SiteReader Reader => reader;

    public string Path { get; } = PathOf(site);

    /// <summary>Where the views of a site are sent.</summary>
    public static string PathOf(Site site) => $"/api/sites/{site.Id}/views";
}
