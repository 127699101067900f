using MassTransit;
using MassTransit.Mediator;

namespace PortalServices.Messaging.Bus;

/// <summary>Hands events to the consumers of this process and waits until they have done their work.</summary>
internal sealed class InProcessTransport(IMediator mediator) : IEventTransport
{
    public Task PublishAsync(EventEnvelope envelope, CancellationToken cancel) =>
        mediator.Publish(
            envelope.Message,
            envelope.Message.GetType(),
            Pipe.Execute<PublishContext>(context =>
            {
                envelope.Describe(context);
                context.Headers.Set(EventHeaders.SenderKeeps, bool.TrueString);
            }),
            cancel
        );
}
