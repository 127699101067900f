using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PortalServices.Messaging;

/// <summary>Names under which messaging reports its metrics and spans.</summary>
public static class MessagingTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PortalServices.Messaging";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "portal.messaging.published",
        "{event}",
        "Events that were handed over, by type."
    );
    internal static readonly Counter<long> PublishFailures = Meter.CreateCounter<long>(
        "portal.messaging.publish_failures",
        "{try}",
        "Events that could not be handed over and are tried again, by type."
    );
    internal static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "portal.messaging.dead_letters",
        "{message}",
        "Messages whose consumer failed for good, by consumer."
    );
    internal static readonly Counter<long> HeldUp = Meter.CreateCounter<long>(
        "portal.messaging.held_up",
        "{try}",
        "Times a failed message could not be put among the dead letters, because these are full or away, by consumer."
    );
}
