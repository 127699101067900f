using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>What a host adds to the sampling of traces.</summary>
public sealed class TraceLimitOptions
{
    /// <summary>
    /// Traces that this process records within a second, of those that begin here or come from outside: whatever share
    /// is set, and whatever clients say of theirs. 0 for no limit, behind a process that has one.
    /// </summary>
    public int MaxPerSecond { get; set; }
}

/// <summary>
/// Decides which traces are recorded: a share of those that begin here, and of those of a caller what the caller
/// records, up to a number in a second.
/// </summary>
internal sealed class TraceSampler : Sampler
{
    private static readonly SamplingResult Drop = new(SamplingDecision.Drop),
        Record = new(SamplingDecision.RecordAndSample);

    private readonly TraceIdRatioBasedSampler _share;
    private readonly bool _followsParent;
    private readonly int _max;
    private readonly TimeProvider _time;
    private long _second,
        _taken;

    public TraceSampler(OtlpSettings settings, IOptions<TraceLimitOptions> limit, TimeProvider time)
    {
        (var ratio, _followsParent) = settings.Sampling;
        _share = new TraceIdRatioBasedSampler(ratio);
        (_max, _time) = (limit.Value.MaxPerSecond, time);
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var hasParent = parent.TraceId != default;
        if (hasParent && !parent.IsRemote)
        {
            return parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? Record : Drop;
        }

        if (!hasParent && samplingParameters.Kind == ActivityKind.Client)
        {
            // What background work asks of a store or a database belongs to no request.
            return Drop;
        }

        var isSampled =
            hasParent && _followsParent
                ? parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                : _share.ShouldSample(samplingParameters).Decision == SamplingDecision.RecordAndSample;
        return isSampled && HasRoom() ? Record : Drop;
    }

    // A client can ask for every one of its requests to be recorded.
    private bool HasRoom()
    {
        if (_max == 0)
        {
            return true;
        }
        var second = _time.GetTimestamp() / _time.TimestampFrequency;
        if (Interlocked.Exchange(ref _second, second) != second)
        {
            Interlocked.Exchange(ref _taken, 0);
        }
        return Interlocked.Increment(ref _taken) <= _max;
    }
}
