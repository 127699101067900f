using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PortalServices.Feedback.Mail;

/// <summary>Names under which mail reports its metrics and spans.</summary>
internal static class MailTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PortalServices.Feedback.Mail";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "portal.feedback.mail.sent",
        "{mail}",
        "Mails that the mail server took, by kind."
    );
    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "portal.feedback.mail.failures",
        "{try}",
        "Mails that could not be sent and are tried again, by kind."
    );
    public static readonly Counter<long> Withheld = Meter.CreateCounter<long>(
        "portal.feedback.mail.withheld",
        "{mail}",
        "Receipts that were not sent, as their address had enough of them that day, by kind."
    );
    public static readonly Counter<long> GivenUp = Meter.CreateCounter<long>(
        "portal.feedback.mail.given_up",
        "{mail}",
        "Mails that were given up, by kind."
    );
}
