using HdrHistogram;

namespace PortalServices.LoadTests.Measure;

/// <summary>Latencies of many threads, in microseconds to three digits, up to an hour.</summary>
internal sealed class Latencies
{
    private const long Longest = 3_600_000_000;
    private const int Digits = 3;

    private readonly Recorder _recorder = HistogramFactory
        .With64BitBucketSize()
        .WithValuesFrom(1)
        .WithValuesUpTo(Longest)
        .WithPrecisionOf(Digits)
        .WithThreadSafeWrites()
        .WithThreadSafeReads()
        .Create();
    private readonly LongHistogram _total = new(1, Longest, Digits);
    private HistogramBase? _spare;

    /// <summary>Notes one.</summary>
    public void Record(TimeSpan latency) =>
        _recorder.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, Longest));

    /// <summary>Those since the last call, which join the total.</summary>
    public Percentiles TakeInterval()
    {
        lock (_total)
        {
            var interval = _recorder.GetIntervalHistogram(_spare);
            _spare = interval;
            _total.Add(interval);
            return Percentiles.Of(interval);
        }
    }

    /// <summary>All that were taken so far.</summary>
    public Percentiles Total
    {
        get
        {
            TakeInterval();
            lock (_total)
            {
                return Percentiles.Of(_total);
            }
        }
    }
}

/// <summary>Of latencies, in milliseconds; all 0 when there are none.</summary>
internal sealed record Percentiles(
    long Count,
    double Mean,
    double P50,
    double P75,
    double P90,
    double P95,
    double P99,
    double P999,
    double Max
)
{
    public static readonly Percentiles None = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    internal static Percentiles Of(HistogramBase histogram)
    {
        return histogram.TotalCount == 0
            ? None
            : new Percentiles(
                histogram.TotalCount,
                Milliseconds((long)histogram.GetMean()),
                At(50),
                At(75),
                At(90),
                At(95),
                At(99),
                At(99.9),
                Milliseconds(histogram.GetMaxValue())
            );
        double At(double percentile) => Milliseconds(histogram.GetValueAtPercentile(percentile));
    }

    private static double Milliseconds(long microseconds) => microseconds / 1_000.0;
}
