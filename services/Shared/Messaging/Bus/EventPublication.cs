using MassTransit;

namespace PortalServices.Messaging.Bus;

/// <summary>What an event says of itself, alike on every transport.</summary>
internal static class EventPublication
{
    public static void Describe(PublishContext context, EventEnvelope envelope)
    {
        context.MessageId = envelope.Id;
        if (envelope.TraceParent is { } trace)
        {
            context.Headers.Set(EventHeaders.TraceParent, trace);
        }
        if (envelope.OnlyFor is { } consumer)
        {
            context.Headers.Set(EventHeaders.OnlyFor, consumer);
        }
    }
}
