using System.Diagnostics;

namespace PortalServices.Edge.Headers;

/// <summary>
/// Takes the trace of a caller and leaves its baggage: nothing reads it, and it is escaped anew at each hop, so that a
/// header of the allowed size would grow to three times that.
/// </summary>
internal sealed class TraceContext : DistributedContextPropagator
{
    private readonly DistributedContextPropagator _trace = CreateW3CPropagator();

    public override IReadOnlyCollection<string> Fields => _trace.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        _trace.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    ) => _trace.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;
}
