using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Feedback.Measure;

/// <summary>Names under which feedback reports what there is of it; captchas and mail have their own.</summary>
internal static class FeedbackTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "PortalServices.Feedback";

    private static readonly Meter Meter = new(Name);

    public static readonly MetricLabel Status = MetricLabel.Of<FeedbackStatus>("status");

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
