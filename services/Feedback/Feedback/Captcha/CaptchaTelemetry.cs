using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Feedback.Captcha;

/// <summary>Names under which captchas report their metrics.</summary>
internal static class CaptchaTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "PortalServices.Feedback.Captcha";

    private static readonly Meter Meter = new(Name);

    private static readonly InstrumentAdvice<long> Costs = new()
    {
        HistogramBucketBoundaries = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    };

    private static readonly MetricLabel Kind = new("kind", "captcha", "work");

    public static readonly MetricLabel Outcome = MetricLabel.Of<CaptchaOutcome>("outcome");

    public static readonly KeyValuePair<string, object?> OfCaptcha = Kind.With("captcha"),
        OfWork = Kind.With("work");

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
}
