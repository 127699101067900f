using RabbitMQ.Client;

namespace PortalServices.Messaging.Retired;

/// <summary>
/// Deletes the queues of retired consumers at the broker: each is unbound, its messages are consumed, and when it is
/// empty and nobody consumes it, it goes with its exchange and its queue of parked messages. One process does this at a
/// time.
/// </summary>
internal sealed partial class RetiredQueues(
    ConnectionFactory factory,
    BrokerLogin login,
    RetiredConsumers consumers,
    EventTypes types,
    DeadLetterKeeper keeper,
    TimeProvider time,
    ILogger<RetiredQueues> logger
) : IPeriodicWork
{
    private const int NotFound = 404,
        Locked = 405;
    private const string Turn = "portal.retiring-queues";
    private const string WhyUnread = "Its consumer is retired, and it is no message that this version can read.";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public string Name => "deleting queues of earlier versions";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        // While the broker lets nobody in, others report it.
        if (await login.TryOpenAsync(factory, "retired", stopping, reports: false) is not var (connection, first))
        {
            return Every;
        }
        await using (connection)
        {
            await using (first)
            {
                if (!await TryTakeTurnAsync(first, stopping))
                {
                    return Every;
                }
                var left = 0;
                await PeriodicWorkSetup.ForEachAsync(
                    consumers.All,
                    async consumer => left += await IsRetiredAsync(connection, consumer, stopping) ? 0 : 1,
                    stopping
                );
                return left == 0 ? IPeriodicWork.Finished : Every;
            }
        }
    }

    /// <summary>
    /// An exclusive queue belongs to one connection, and ends with it: quorum queues cannot be deleted on condition
    /// that they are unused.
    /// </summary>
    private static Task<bool> TryTakeTurnAsync(IChannel channel, CancellationToken stopping) =>
        BrokerLogin.TryAsync(
            () =>
                channel.QueueDeclareAsync(
                    Turn,
                    durable: false,
                    exclusive: true,
                    autoDelete: true,
                    cancellationToken: stopping
                ),
            refusal: Locked
        );

    /// <summary>True when nothing of the consumer is left at the broker.</summary>
    private async Task<bool> IsRetiredAsync(
        IConnection connection,
        RetiredConsumer consumer,
        CancellationToken stopping
    )
    {
        var queue = consumer.Queue;
        if (await FindAsync(connection, queue.Name, stopping) is not null)
        {
            await UnbindAsync(connection, consumer, stopping);
            if (!await TryDrainAsync(connection, consumer, stopping))
            {
                return false;
            }
        }

        return await TryDeleteAsync(connection, queue.Name, stopping)
            && await TryDeleteAsync(connection, queue.Parked, stopping);
    }

    private static async Task UnbindAsync(IConnection connection, RetiredConsumer consumer, CancellationToken stopping)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stopping);
        var events = EventTypes.ExchangeOf(consumer.MessageType);
        // Without the exchange, nothing comes through it.
        await BrokerLogin.TryAsync(
            () => channel.ExchangeUnbindAsync(consumer.Queue.Name, events, "", cancellationToken: stopping),
            refusal: NotFound
        );
    }

    /// <summary>Consumes what waits. False where the dead letters take no more of what cannot be read.</summary>
    private async Task<bool> TryDrainAsync(IConnection connection, RetiredConsumer consumer, CancellationToken stopping)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stopping);
        while (await channel.BasicGetAsync(consumer.Queue.Name, autoAck: false, stopping) is { } message)
        {
            var letter = ReceivedMessage.LetterOf(consumer.Queue.Name, message.Body.Span, WhyUnread, time.GetUtcNow());
            if (types.TryRead(letter.Type, letter.Body, out var content) && content.GetType() == consumer.MessageType)
            {
                await consumers.ConsumeAsync(consumer, content, stopping);
            }
            else if (!await keeper.TryPutAsync(consumer.Queue.Service, letter, null, stopping))
            {
                await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, stopping);
                return false;
            }

            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, stopping);
        }

        return true;
    }

    /// <summary>
    /// Deletes a queue and the exchange before it, which may be what is left. False while the queue has messages, or a
    /// process of an earlier version consumes it.
    /// </summary>
    private async Task<bool> TryDeleteAsync(IConnection connection, string name, CancellationToken stopping)
    {
        var found = await FindAsync(connection, name, stopping);
        if (found is { MessageCount: > 0 } or { ConsumerCount: > 0 })
        {
            return false;
        }
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stopping);
        if (found is not null)
        {
            await channel.QueueDeleteAsync(name, ifUnused: false, ifEmpty: false, cancellationToken: stopping);
            LogDeleted(name);
        }
        await channel.ExchangeDeleteAsync(name, cancellationToken: stopping);
        return true;
    }

    private static async Task<QueueDeclareOk?> FindAsync(
        IConnection connection,
        string name,
        CancellationToken stopping
    )
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stopping);
        QueueDeclareOk? found = null;
        await BrokerLogin.TryAsync(
            async () => found = await channel.QueueDeclarePassiveAsync(name, stopping),
            refusal: NotFound
        );
        return found;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Queue {Queue} of an earlier version was empty and is deleted"
    )]
    private partial void LogDeleted(string queue);
}
