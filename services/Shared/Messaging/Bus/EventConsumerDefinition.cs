using MassTransit;
using Microsoft.Extensions.Options;

namespace PortalServices.Messaging.Bus;

/// <summary>
/// How every consumer takes its messages: retried, then put among the dead letters; over RabbitMQ from a bounded quorum
/// queue of its own.
/// </summary>
internal sealed class EventConsumerDefinition<TConsumer, TMessage> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer<TMessage>
    where TMessage : class
{
    private const int MaxParked = 100_000;

    private readonly EventConsumer<TConsumer> _consumer;

    public EventConsumerDefinition(EventConsumer<TConsumer> consumer)
    {
        _consumer = consumer;
        EndpointName = consumer.Name;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context
    )
    {
        var options = context.GetRequiredService<IOptions<MessagingOptions>>().Value;
        if (endpointConfigurator is IRabbitMqReceiveEndpointConfigurator queue)
        {
            Declare(
                queue,
                options,
                ActivatorUtilities.CreateInstance<UnreadableMessageFilter>(context, _consumer.Service, _consumer.Name)
            );
        }
        var catching = ActivatorUtilities.CreateInstance<DeadLetterFilter<TMessage>>(
            context,
            _consumer.Service,
            _consumer.Name
        );
        consumerConfigurator.Message<TMessage>(message =>
        {
            message.UseFilter(catching);
            message.UseMessageRetry(retry => retry.Intervals(options.RetryAfter, options.RetryAfter * 3));
        });
    }

    private void Declare(
        IRabbitMqReceiveEndpointConfigurator queue,
        MessagingOptions options,
        UnreadableMessageFilter unreadable
    )
    {
        queue.PrefetchCount = options.Prefetch;
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-delivery-limit", options.DeliveryLimit);
        queue.SetQueueArgument("x-max-length", Math.Min(_consumer.MaxQueued ?? int.MaxValue, options.MaxQueued));
        queue.SetQueueArgument("x-overflow", "reject-publish");
        queue.ConfigureReceive(receive => receive.UseFilter(unreadable));
        // What a stopping process gives back is handed out again, up to the limit.
        queue.RethrowFaultedMessages();
        queue.ThrowOnSkippedMessages();
        var parked = new ConsumerQueue(_consumer.Service, _consumer.Name).Parked;
        queue.BindDeadLetterQueue(
            parked,
            parked,
            parking =>
            {
                parking.SetQuorumQueue();
                parking.SetQueueArgument("x-max-length", MaxParked);
            }
        );
    }
}
