using System.Diagnostics.Metrics;
using PortalServices.Edge.CachedReads;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Edge;

/// <summary>The edge's own numbers, and the one way it refuses.</summary>
internal sealed class EdgeTelemetry
{
    public const string Name = "PortalServices.Edge";

    private static readonly MetricLabel OfCode = MetricLabel.OfProblems(
        "code",
        CommonProblems.BodyTooLarge,
        CommonProblems.ForeignOrigin,
        CommonProblems.HeadersTooLarge,
        CommonProblems.InvalidRequest,
        CommonProblems.MethodNotAllowed,
        CommonProblems.NotFound,
        CommonProblems.RequestTimeout,
        CommonProblems.ServiceUnavailable,
        CommonProblems.UnknownSite,
        CommonProblems.UriTooLong,
        EdgeProblems.RateLimited
    );

    private static readonly MetricLabel OfOutcome = MetricLabel.Of<ReadOutcome>("outcome");

    // By their numbers: a read finds its own without making a text of it.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        .. Enum.GetValues<ReadOutcome>().Select(outcome => OfOutcome.With(outcome)),
    ];

    private readonly Counter<long> _refused,
        _reads,
        _direct;

    public EdgeTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        (_refused, _reads, _direct) = (Refused(meter), Reads(meter), Direct(meter));
    }

    public void CountRead(ReadOutcome outcome) => _reads.Add(1, Outcomes[(int)outcome]);

    public void CountDirect() => _direct.Add(1);

    public Task RefuseAsync(HttpContext context, ProblemCode code, string? detail = null, TimeSpan? retryAfter = null)
    {
        _refused.Add(1, OfCode.With(code.Code));
        return Problem.Of(code, detail, retryAfter).ExecuteAsync(context);
    }

    private static Counter<long> Refused(Meter meter) =>
        meter.CreateCounter<long>(
            meter.Named("portal.edge.refused", OfCode),
            "{request}",
            "Requests refused at the edge, by problem code"
        );

    private static Counter<long> Direct(Meter meter) =>
        meter.CreateCounter<long>(
            meter.Named("portal.edge.direct"),
            "{request}",
            "Requests that passed all rules of the edge at once and went to their service without the pipeline"
        );

    private static Counter<long> Reads(Meter meter) =>
        meter.CreateCounter<long>(
            meter.Named("portal.edge.cached_reads", OfOutcome),
            "{request}",
            "Reads of routes whose replies are cached, by how they were answered"
        );
}
