using MassTransit;

namespace PortalServices.Messaging.Bus;

/// <summary>An event on its way.</summary>
/// <param name="Id">The same at every repetition, so that a consumer can tell.</param>
/// <param name="Message">The event.</param>
/// <param name="TraceParent">W3C trace context of what caused it; null without one.</param>
/// <param name="OnlyFor">The one consumer that is to have it, when a dead letter is replayed; null for all.</param>
internal sealed record EventEnvelope(Guid Id, object Message, string? TraceParent = null, string? OnlyFor = null)
{
    /// <summary>What it says of itself, alike on every transport.</summary>
    public void Describe(PublishContext context)
    {
        context.MessageId = Id;
        if (TraceParent is { } trace)
        {
            context.Headers.Set(EventHeaders.TraceParent, trace);
        }
        if (OnlyFor is { } consumer)
        {
            context.Headers.Set(EventHeaders.OnlyFor, consumer);
        }
    }
}

/// <summary>Names of the headers that messaging adds.</summary>
internal static class EventHeaders
{
    public const string TraceParent = "traceparent";
    public const string OnlyFor = "portal-only-for";

    /// <summary>
    /// Present where the sender keeps the event when a consumer throws, and hands it over again later.
    /// </summary>
    public const string SenderKeeps = "portal-sender-keeps";
}
