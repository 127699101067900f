using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Edge;

/// <summary>The edge's own numbers, and the one way it refuses.</summary>
internal sealed class EdgeTelemetry(IMeterFactory meters)
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

    private readonly Counter<long> _refused = Refused(meters.Create(Name));

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
}
