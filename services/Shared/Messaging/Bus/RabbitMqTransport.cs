using MassTransit;

namespace PortalServices.Messaging.Bus;

/// <summary>Publishes with confirmation by the broker.</summary>
internal sealed class RabbitMqTransport(BusKeeper keeper, EventTypes types) : IEventTransport
{
    // While the broker is away, a publication waits for it.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task PublishAsync(EventEnvelope envelope, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(Timeout);
        var bus = await keeper.BusAsync(timeout.Token);
        // A bus that hangs does not look at the token.
        await bus.Publish(
                envelope.Message,
                envelope.Message.GetType(),
                Pipe.Execute<PublishContext>(context =>
                {
                    envelope.Describe(context);
                    // An event that no queue takes, because its consumer has never run yet, comes back and stays in the
                    // outbox.
                    context.Mandatory = !types.IsOptional(envelope.Message.GetType());
                }),
                timeout.Token
            )
            .WaitAsync(timeout.Token);
    }
}
