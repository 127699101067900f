using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Feedback.Measure;

/// <summary>Names under which feedback reports its metrics; mail has its own.</summary>
internal static class FeedbackTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "PortalServices.Feedback";

    private static readonly Meter Meter = new(Name);

    private static readonly InstrumentAdvice<long> Costs = new()
    {
        HistogramBucketBoundaries = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    };

    public static readonly MetricLabel Kind = new("kind", "captcha", "work"),
        Outcome = MetricLabel.Of<CaptchaOutcome>("outcome"),
        Status = MetricLabel.Of<FeedbackStatus>("status");

    public static readonly Counter<long> Issued = Meter.CreateCounter<long>(
        Meter.Named("portal.feedback.captchas.issued", Kind),
        "{challenge}",
        "Challenges that were made: captchas (images and sounds) and proof of work."
    );
    public static readonly Counter<long> Judged = Meter.CreateCounter<long>(
        Meter.Named("portal.feedback.captchas.judged", Outcome),
        "{submission}",
        "Submissions whose captcha was judged, by what became of it."
    );
    public static readonly Histogram<long> WorkCost = Meter.CreateHistogram(
        "portal.feedback.work.cost",
        "{hash}",
        "Cost of the proof-of-work challenges that were made: the most hashes that one takes.",
        advice: Costs
    );
    public static readonly Gauge<long> Entries = Meter.CreateGauge<long>(
        Meter.Named("portal.feedback.entries", Status),
        "{feedback}",
        "Feedback of all sites, by status."
    );
    public static readonly Gauge<long> Overdue = Meter.CreateGauge<long>(
        "portal.feedback.overdue",
        "{feedback}",
        "Open feedback of all sites whose due day is over."
    );
}
