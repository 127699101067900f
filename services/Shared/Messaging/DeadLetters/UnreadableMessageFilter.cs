using System.Runtime.Serialization;
using MassTransit;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>
/// Around a whole queue of the broker: a message that its consumer cannot read becomes a dead letter at once. To hand
/// it out again would end the same way, and no other message is to wait for it.
/// </summary>
internal sealed class UnreadableMessageFilter(
    string service,
    string consumer,
    DeadLetterKeeper keeper,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (Exception failure) when (failure is SerializationException or MessageNotConsumedException)
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
                context.CancellationToken,
                lifetime.ApplicationStopping
            );
            var why =
                failure is MessageNotConsumedException
                    ? "No message of a type that this consumer takes."
                    : $"{failure.GetType().Name}: {failure.Message}";
            await keeper.PutAsync(
                service,
                ReceivedMessage.LetterOf(consumer, context.GetBody(), why, time.GetUtcNow()),
                failure,
                stopping.Token
            );
        }
    }

    public void Probe(ProbeContext context) =>
        context.CreateFilterScope("unreadableMessages").Add("consumer", consumer);
}
