using System.Diagnostics.Metrics;

namespace PortalServices.Edge;

/// <summary>The edge's own numbers, and the one way it refuses.</summary>
internal sealed class EdgeTelemetry(IMeterFactory meters)
{
    public const string Name = "PortalServices.Edge";
    private readonly Counter<long> _refused = meters
        .Create(Name)
        .CreateCounter<long>("portal.edge.refused", "{request}", "Requests refused at the edge, by problem code");

    public Task RefuseAsync(HttpContext context, ProblemCode code, string? detail = null, TimeSpan? retryAfter = null)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("code", code.Code));
        return Problem.Of(code, detail, retryAfter).ExecuteAsync(context);
    }
}
