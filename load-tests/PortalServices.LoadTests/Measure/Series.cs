namespace PortalServices.LoadTests.Measure;

/// <summary>One interval of a run.</summary>
/// <param name="At">Its end, seconds since the start.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Sent">Attempts handed to the connections, a second.</param>
/// <param name="Answered">First attempts answered as a client wanted, a second.</param>
/// <param name="Failed">Attempts that ended otherwise, a second.</param>
/// <param name="InFlight">Attempts under way at its end.</param>
/// <param name="P50">Median latency, milliseconds.</param>
/// <param name="P99">99th percentile, milliseconds.</param>
/// <param name="Max">The longest, milliseconds.</param>
internal sealed record SeriesPoint(
    double At,
    double Seconds,
    double Sent,
    double Answered,
    double Failed,
    int InFlight,
    double P50,
    double P99,
    double Max
);

/// <summary>The course of a run, in at most about <see cref="MaxPoints"/> intervals.</summary>
internal sealed class Series(Measurements measurements, TimeSpan expected)
{
    public const int MaxPoints = 600;
    private readonly List<SeriesPoint> _points = [];
    private TimeSpan _last;
    private long _sent,
        _succeeded,
        _failed;

    /// <summary>The length of an interval: a second, or more in a long run.</summary>
    public TimeSpan Interval { get; } =
        TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(expected.TotalSeconds / MaxPoints)));

    public IReadOnlyList<SeriesPoint> Points => _points;

    /// <summary>Closes an interval.</summary>
    public SeriesPoint Take()
    {
        var now = measurements.Elapsed;
        var seconds = Math.Max(0.001, (now - _last).TotalSeconds);
        var latency = measurements.All.TakeInterval();
        var sent = measurements.Dispatched + measurements.Repeats;
        var succeeded = measurements.Succeeded;
        var failed = measurements
            .ByOutcome.Where(each => !Sending.Outcomes.IsSuccess(each.Key))
            .Sum(each => each.Value);
        var point = new SeriesPoint(
            Math.Round(now.TotalSeconds, 3),
            Math.Round(seconds, 3),
            Math.Round((sent - _sent) / seconds, 1),
            Math.Round((succeeded - _succeeded) / seconds, 1),
            Math.Round((failed - _failed) / seconds, 1),
            measurements.InFlight,
            latency.P50,
            latency.P99,
            latency.Max
        );
        (_last, _sent, _succeeded, _failed) = (now, sent, succeeded, failed);
        if (_points.Count < MaxPoints * 2)
        {
            _points.Add(point);
        }
        return point;
    }
}
