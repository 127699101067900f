using System.Collections.Concurrent;

namespace PortalServices.Messaging.Bus;

/// <summary>
/// Publishes events past any outbox: those that are told again and again anyway, so that none of them needs to be kept.
/// Of a bus that takes none of a type it tells once, and once more when it takes them again.
/// </summary>
public sealed partial class EventAnnouncer
{
    private readonly IEventTransport _transport;
    private readonly ILogger<EventAnnouncer> _logger;

    // Where the one consumer of a type has never run, the other types go their way.
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);

    internal EventAnnouncer(IEventTransport transport, ILogger<EventAnnouncer> logger) =>
        (_transport, _logger) = (transport, logger);

    /// <summary>
    /// Hands an event over; false when that is not certain, because the broker is away or no queue takes the event: try
    /// again later. It may take seconds, which no request should wait for.
    /// </summary>
    public async Task<bool> TryPublishAsync<TEvent>(TEvent message, CancellationToken cancel)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(message);
        var type = EventTypes.NameOf(typeof(TEvent));
        var tag = MessagingTelemetry.Type.With(type);
        try
        {
            await _transport.PublishAsync(new EventEnvelope(Guid.CreateVersion7(), message), cancel);
        }
#pragma warning disable CA1031 // Whatever it was, the event is told again.
        catch (Exception failure) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            MessagingTelemetry.PublishFailures.Add(1, tag);
            if (_failing.TryAdd(type, true))
            {
                // A consumer that cannot begin yet is no fault that a stack trace would explain.
                LogFails(failure is MessageHeldException ? null : failure, type, failure.Message);
            }
            return false;
        }

        MessagingTelemetry.Published.Add(1, tag);
        if (_failing.TryRemove(type, out _))
        {
            LogGoesOn(type);
        }
        return true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Events ({Type}) cannot be announced at the moment; they are told again later: {Reason}"
    )]
    private partial void LogFails(Exception? failure, string type, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Events ({Type}) are announced again")]
    private partial void LogGoesOn(string type);
}
