using System.Diagnostics;
using System.Diagnostics.Metrics;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Messaging;

/// <summary>Names under which messaging reports its metrics and spans.</summary>
public static class MessagingTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "PortalServices.Messaging";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    // What the modules of this process bring with them.
    internal static readonly MetricLabel Type = new("type"),
        Consumer = new("consumer"),
        Service = new("service");

    internal static readonly MetricLabel Trouble = MetricLabel.Of<BrokerTrouble>("trouble");

    internal static readonly Counter<long> Published = Meter.CreateCounter<long>(
        Meter.Named("portal.messaging.published", Type),
        "{event}",
        "Events that were handed over, by type."
    );
    internal static readonly Counter<long> PublishFailures = Meter.CreateCounter<long>(
        Meter.Named("portal.messaging.publish_failures", Type),
        "{try}",
        "Events that could not be handed over and are tried again, by type."
    );
    internal static readonly Gauge<long> Outbox = Meter.CreateGauge<long>(
        Meter.Named("portal.messaging.outbox", Service),
        "{event}",
        "Events that wait to be published, by service."
    );
    internal static readonly Gauge<double> OutboxAge = Meter.CreateGauge<double>(
        Meter.Named("portal.messaging.outbox.age", Service),
        "s",
        "How long the oldest event that waits has waited, by service; 0 when none does."
    );
    internal static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        Meter.Named("portal.messaging.dead_letters", Consumer),
        "{message}",
        "Messages whose consumer failed for good, by consumer."
    );
    internal static readonly Gauge<long> WaitingDeadLetters = Meter.CreateGauge<long>(
        Meter.Named("portal.messaging.dead_letters.waiting", Service),
        "{message}",
        "Dead letters that wait for an operator, by service."
    );
    internal static readonly Gauge<long> Parked = Meter.CreateGauge<long>(
        Meter.Named("portal.messaging.parked", Consumer),
        "{message}",
        "Messages that the broker has parked and that are not among the dead letters yet, by consumer."
    );
    internal static readonly Counter<long> HeldUp = Meter.CreateCounter<long>(
        Meter.Named("portal.messaging.held_up", Consumer),
        "{try}",
        "Times a failed message could not be put among the dead letters, because these are full or away, by consumer."
    );
    internal static readonly Gauge<int> Broker = Meter.CreateGauge<int>(
        Meter.Named("portal.messaging.broker.trouble", Trouble),
        "1",
        "1 for what is wrong with the broker now, 0 for what is not."
    );
}

/// <summary>What can be wrong with the broker.</summary>
internal enum BrokerTrouble
{
    /// <summary>It does not let this process in, or is not reached.</summary>
    Refused,

    /// <summary>It does not let this process consume.</summary>
    Consumers,

    /// <summary>It takes nothing that is published.</summary>
    Blocked,
}
