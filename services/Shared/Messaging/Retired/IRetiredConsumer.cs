namespace PortalServices.Messaging.Retired;

/// <summary>
/// Does what a consumer of an earlier version did, for the messages that the earlier version has left: in its queue,
/// among the dead letters, and in the outbox.
/// It may be given the same message several times, also messages of this version.
/// </summary>
public interface IRetiredConsumer<in TMessage>
    where TMessage : class
{
    /// <summary>Consumes one message. Where it throws, the message stays where it is.</summary>
    Task ConsumeAsync(TMessage message, CancellationToken cancel);
}
