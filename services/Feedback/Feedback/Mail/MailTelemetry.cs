using System.Diagnostics;
using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Feedback.Mail;

/// <summary>Names under which mail reports its metrics and spans.</summary>
internal static class MailTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PortalServices.Feedback.Mail";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly MetricLabel Kind = MetricLabel.Of<MailKind>("kind");

    public static readonly Gauge<long> Waiting = Meter.CreateGauge<long>(
        "portal.feedback.mail.waiting",
        "{mail}",
        "Mails that wait to be sent."
    );
    public static readonly Gauge<double> Age = Meter.CreateGauge<double>(
        "portal.feedback.mail.age",
        "s",
        "How long the oldest mail that waits has waited; 0 when none does."
    );
    public static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        Meter.Named("portal.feedback.mail.sent", Kind),
        "{mail}",
        "Mails that the mail server took, by kind."
    );
    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        Meter.Named("portal.feedback.mail.failures", Kind),
        "{try}",
        "Mails that could not be sent and are tried again, by kind."
    );
    public static readonly Counter<long> Withheld = Meter.CreateCounter<long>(
        Meter.Named("portal.feedback.mail.withheld", Kind),
        "{mail}",
        "Receipts that were not sent, as their address had enough of them that day, by kind."
    );
    public static readonly Counter<long> GivenUp = Meter.CreateCounter<long>(
        Meter.Named("portal.feedback.mail.given_up", Kind),
        "{mail}",
        "Mails that were given up, by kind."
    );
}
