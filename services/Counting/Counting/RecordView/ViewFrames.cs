using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using PortalServices.Counting.Model;
using PortalServices.Frames.Format;
using PortalServices.Frames.Receiving;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Takes in views straight from their frames: those that no step of the intake ends or holds up, written as browsers
/// write them. All others go through the pipeline, where the same steps answer them.
/// </summary>
internal sealed partial class ViewFrames : IFrameHandler
{
    public static readonly PreparedHeaders NoHeaders = new(),
        Json = new(("Content-Type", "application/json; charset=utf-8"));

    // Of the thread that hands over what came at the same time; begun when all of it is there.
    [ThreadStatic]
    private static List<ViewIntake>? t_taken;

    private readonly FrozenDictionary<string, FramedSite>.AlternateLookup<ReadOnlySpan<char>> _sites;
    private readonly ILogger<ViewFrames> _logger;

    public ViewFrames(IServiceProvider services, SiteList sites, PerSite<FramedSite> framed, ILogger<ViewFrames> logger)
    {
        (Services, _logger) = (services, logger);
        _sites = sites
            .All.ToFrozenDictionary(FramedSite.PathOf, site => framed.Of(site.Id), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IServiceProvider Services { get; }

    // Of a site whose name is as long as it may be.
    private const int LongestPath = 128;

    public bool TryHandle(in FramedRequest request, FrameReplier replier)
    {
        Span<char> path = stackalloc char[LongestPath];
        if (
            !request.Method.SequenceEqual("POST"u8)
            || request.Path.Length > LongestPath
            || !Encoding.UTF8.TryGetChars(request.Path, path, out var length)
            || !_sites.TryGetValue(path[..length], out var site)
            || request.Body.IsEmpty
            || request.Body.Length > ViewRequest.MaxBytes
            || !TryReadQuery(request.Query, out var isMinimal)
            || !TryReadHeaders(request, out var source, out var language, out var trace)
            || ViewRequest.Read(request.Body).View is not { } sent
        )
        {
            return false;
        }

        var view = new FramedView(this, site, replier)
        {
            Request = sent,
            Source = source,
            IsMinimal = isMinimal,
            AcceptLanguage = language,
            Trace = trace,
        };
        if (!site.Intake.TryAccept(view, out var refusal))
        {
            return false;
        }
        if (refusal is { } fate)
        {
            view.Answer(new ViewAnswer(fate));
            view.Send();
            return true;
        }
        var taken = t_taken ??= [];
        if (!taken.Contains(site.Intake))
        {
            taken.Add(site.Intake);
        }
        return true;
    }

    public void EndOfBatch()
    {
        if (t_taken is not { Count: > 0 } taken)
        {
            return;
        }
        // Each goes before it is begun: should that fail, the others are begun with what comes next.
        while (taken.Count > 0)
        {
            var intake = taken[^1];
            taken.RemoveAt(taken.Count - 1);
            intake.Commit();
        }
    }

    public void Fault(Exception fault, string site) => LogFault(fault, site);

    // Others may mean something else.
    private static bool TryReadQuery(ReadOnlySpan<byte> query, out bool isMinimal)
    {
        isMinimal = query.SequenceEqual("?return=minimal"u8);
        return isMinimal || query.IsEmpty;
    }

    /// <summary>False for headers that come twice, or that are not plainly what a browser sends.</summary>
    private static bool TryReadHeaders(
        in FramedRequest request,
        out ViewSource source,
        out string language,
        out UInt128 trace
    )
    {
        (source, language, trace) = (default, "", 0);
        string? agent = null;
        var (seen, asksForPrivacy) = (Header.None, false);
        foreach (var header in request.Headers)
        {
            var each = HeaderOf(header.Name);
            if ((seen & each) != 0)
            {
                return false;
            }
            seen |= each;
            switch (each)
            {
                case Header.UserAgent:
                    agent = KnownTexts.Of(header.Value);
                    break;
                case Header.ContentType when IsKnownType(header.Value):
                    break;
                case Header.AcceptLanguage:
                    language = KnownTexts.Of(header.Value);
                    break;
                case Header.DoNotTrack or Header.GlobalPrivacyControl when header.Value.Length <= 1:
                    asksForPrivacy |= header.Value is [(byte)'1'];
                    break;
                // One whose trace is recorded gets a span, which the pipeline has.
                case Header.TraceParent when header.Value is [.., (byte)'0', (byte)'0']:
                    trace = TraceOf(header.Value);
                    break;
                case Header.TraceState:
                    break;
                default:
                    return false;
            }
        }
        source = new ViewSource(
            request.IsHttps ? "https" : "http",
            KnownTexts.Of(request.Host),
            asksForPrivacy,
            agent,
            request.ClientAddress,
            request.WaitedMilliseconds
        );
        return (seen & Header.ContentType) != 0;
    }

    // https://www.w3.org/TR/trace-context: a version, 32 digits of the trace, and the rest.
    private static UInt128 TraceOf(ReadOnlySpan<byte> parent) =>
        parent.Length >= 35
        && UInt128.TryParse(parent[3..35], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var trace)
            ? trace
            : 0;

    private static bool IsKnownType(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("application/json"u8)
        || type.SequenceEqual("text/plain;charset=UTF-8"u8)
        || type.SequenceEqual("application/json; charset=utf-8"u8)
        || type.SequenceEqual("text/plain"u8);

    // As the gateway's route writes them.
    private static Header HeaderOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("User-Agent"u8) ? Header.UserAgent
        : name.SequenceEqual("Content-Type"u8) ? Header.ContentType
        : name.SequenceEqual("Accept-Language"u8) ? Header.AcceptLanguage
        : name.SequenceEqual("DNT"u8) ? Header.DoNotTrack
        : name.SequenceEqual("Sec-GPC"u8) ? Header.GlobalPrivacyControl
        : name.SequenceEqual("traceparent"u8) ? Header.TraceParent
        : name.SequenceEqual("tracestate"u8) ? Header.TraceState
        : Header.Other;

    [Flags]
    private enum Header
    {
        None = 0,
        UserAgent = 1,
        ContentType = 2,
        AcceptLanguage = 4,
        DoNotTrack = 8,
        GlobalPrivacyControl = 16,
        TraceParent = 32,
        TraceState = 64,
        Other = 128,
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A view of {Site} that came in a frame could not be answered.")]
    private partial void LogFault(Exception exception, string site);
}
