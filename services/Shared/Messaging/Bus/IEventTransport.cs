namespace PortalServices.Messaging.Bus;

/// <summary>Takes events to their consumers: over RabbitMQ, or within the process.</summary>
internal interface IEventTransport
{
    /// <summary>
    /// Hands an event over. When it returns, the event is safe without the sender: the broker has confirmed it on its
    /// quorum of disks, or all consumers of this process have had it.
    /// </summary>
    /// <exception cref="Exception">It may or may not have been handed over; try again.</exception>
    Task PublishAsync(EventEnvelope envelope, CancellationToken cancel);
}
