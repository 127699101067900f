namespace PortalServices.Messaging.Retired;

/// <summary>The retired consumers of this process.</summary>
internal sealed class RetiredConsumers(IEnumerable<RetiredConsumer> consumers, IServiceScopeFactory scopes)
{
    public RetiredConsumer[] All { get; } = [.. consumers];

    public RetiredConsumer? Find(string name) => Array.Find(All, each => each.Queue.Name == name);

    /// <summary>Hands a message to each that took its type.</summary>
    public async Task ConsumeAsync(object message, CancellationToken cancel)
    {
        foreach (var consumer in All.Where(each => each.MessageType == message.GetType()))
        {
            await ConsumeAsync(consumer, message, cancel);
        }
    }

    public async Task ConsumeAsync(RetiredConsumer consumer, object message, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await consumer.Consume(scope.ServiceProvider, message, cancel);
    }
}

/// <summary>A consumer that an earlier version had.</summary>
internal sealed record RetiredConsumer(
    ConsumerQueue Queue,
    Type MessageType,
    Func<IServiceProvider, object, CancellationToken, Task> Consume
);
