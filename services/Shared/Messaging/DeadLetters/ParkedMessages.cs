using RabbitMQ.Client;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>
/// Moves what the broker has parked among the dead letters: messages that it has handed out too often to processes that
/// went away, and those that a former version could not read. An operator sees them there, and can replay those that
/// are events.
/// </summary>
internal sealed class ParkedMessages(
    ConnectionFactory factory,
    BrokerLogin login,
    IEnumerable<ConsumerQueue> queues,
    DeadLetterKeeper keeper,
    TimeProvider time
) : IPeriodicWork
{
    private const string WhyParked =
        "The broker has handed it out too often to processes that went away, or none could read it.";
    private const int NotFound = 404;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    public string Name => "moving parked messages among the dead letters";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        // While the broker lets nobody in, others tell.
        if (await login.TryOpenAsync(factory, "parked", stopping, reports: false) is not var (connection, first))
        {
            return Every;
        }
        await using (connection)
        {
            await first.DisposeAsync();
            await PeriodicWorkSetup.ForEachAsync(
                queues,
                // A consumer that has never run has no queue.
                async queue =>
                {
                    if (!await BrokerLogin.TryAsync(() => MoveAsync(connection, queue, stopping), refusal: NotFound))
                    {
                        MessagingTelemetry.Parked.Record(0, MessagingTelemetry.Consumer.With(queue.Name));
                    }
                },
                stopping
            );
        }

        return Every;
    }

    private async Task MoveAsync(IConnection connection, ConsumerQueue queue, CancellationToken stopping)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stopping);
        // Before anything is moved, too: where the dead letters are away, this is as far as it comes.
        await CountAsync();
        // A message is not taken where it cannot be put: a broker drops those that are given back too often.
        while (
            await keeper.HasRoomAsync(queue.Service, stopping)
            && await channel.BasicGetAsync(queue.Parked, autoAck: false, stopping) is { } message
        )
        {
            var isKept = await keeper.TryPutAsync(
                queue.Service,
                ReceivedMessage.LetterOf(queue.Name, message.Body.Span, WhyParked, time.GetUtcNow()),
                null,
                stopping
            );
            if (!isKept)
            {
                await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, stopping);
                return;
            }
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, stopping);
        }

        await CountAsync();

        async Task CountAsync() =>
            MessagingTelemetry.Parked.Record(
                await channel.MessageCountAsync(queue.Parked, stopping),
                MessagingTelemetry.Consumer.With(queue.Name)
            );
    }
}

/// <summary>The queue of a consumer at the broker.</summary>
/// <param name="Service">Whose dead letters it fills.</param>
/// <param name="Name">Its name, which is the consumer's.</param>
internal sealed record ConsumerQueue(string Service, string Name)
{
    /// <summary>Where the broker puts what it gives up on.</summary>
    public string Parked => Name + ".parked";
}
