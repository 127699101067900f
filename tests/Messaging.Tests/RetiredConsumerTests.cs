using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace PortalServices.Messaging.Tests;

/// <summary>
/// A version that has no use for a consumer any more takes what the former one left for it, and leaves nothing of it at
/// the broker.
/// </summary>
public sealed class RetiredConsumerTests(Servers servers)
{
    private const string Queue = ReadNoteConsumer.Name,
        Parked = ReadNoteConsumer.Name + ".parked";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_waits_in_its_queue_is_consumed_by_one_of_two_replicas_and_the_queue_is_deleted_with_all_that_belongs_to_it()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await LeaveQueueAsync(wiring, "one", "two", "three");
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await PublishAsync(connection, Queue, "not even JSON");
        await PublishAsync(connection, Parked, "parked");

        await using var first = await NoteApp.StartAsync(wiring, Consumers.Retired);
        await using var second = await NoteApp.StartAsync(wiring, Consumers.Retired);
        await GoneAsync(connection);
        Assert.Equal(
            ["one", "three", "two"],
            first.Readers.First.Texts.Concat(second.Readers.First.Texts).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["not even JSON", "parked"],
            (await first.DeadLettersAsync())
                .GetProperty("items")
                .EnumerateArray()
                .Select(letter => letter.GetProperty("body").GetString())
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_left_of_it_is_deleted(bool isQueueLeft)
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await LeaveQueueAsync(wiring, "left");
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Cancel))
        {
            await (
                isQueueLeft
                    ? channel.ExchangeDeleteAsync(Queue, cancellationToken: Cancel)
                    : channel.QueueDeleteAsync(Queue, cancellationToken: Cancel)
            );
        }

        await using var app = await NoteApp.StartAsync(wiring, Consumers.Retired);
        await GoneAsync(connection);
        Assert.Equal(isQueueLeft ? ["left"] : [], app.Readers.First.Texts);
    }

    [Fact]
    public async Task A_message_that_cannot_be_consumed_waits_until_it_can()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await LeaveQueueAsync(wiring, "waits");
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using var app = await NoteApp.StartAsync(wiring, builder => { }, Consumers.Retired);
        app.Readers.First.Before = (call, _) => call < 3 ? throw new InvalidOperationException() : Task.CompletedTask;
        await GoneAsync(connection);
        Assert.Equal(["waits"], app.Readers.First.Texts);
    }

    [Fact]
    public async Task While_a_process_of_the_former_version_runs_it_keeps_its_queue()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        var former = await NoteApp.StartAsync(wiring, Consumers.Read);
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Retired);
        await Eventually.HoldsAsync(async () => !await IsBoundAsync(connection), "it gets no more", Cancel);
        await new BackgroundWork(app.Get<IServiceProvider>()).FailingAsync();
        Assert.True(await ExistsAsync(connection, Queue));

        // What the former one publishes comes back to its outbox, from where the other takes it.
        await former.WriteAsync("by the former");
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("by the former"), "it is consumed", Cancel);
        await former.DisposeAsync();
        await GoneAsync(connection);
    }

    [Theory]
    [EveryWiring]
    public async Task An_event_of_the_outbox_is_consumed_and_needs_no_queue(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Retired);
        app.Readers.First.Fail();
        await app.WriteAsync("left");
        await Eventually.HoldsAsync(() => app.Readers.First.Calls >= 2, "it is tried again", Cancel);
        Assert.Equal(1, await app.WaitingAsync());
        app.Readers.First.Succeed();
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "the outbox is empty", Cancel);
        Assert.Equal(["left"], app.Readers.First.Texts);
    }

    [Theory]
    [EveryWiring]
    public async Task Its_dead_letters_can_be_replayed(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using (var former = await NoteApp.StartAsync(wiring, Consumers.Read))
        {
            former.Readers.First.Fail();
            await former.WriteAsync("dead");
            await Eventually.HoldsAsync(
                async () => await former.DeadAsync() == 1 && await former.WaitingAsync() == 0,
                "it is a dead letter",
                Cancel
            );
        }

        await using var app = await NoteApp.StartAsync(wiring, Consumers.Retired);
        var id = await app.OnlyDeadLetterAsync();
        app.Readers.First.Fail();
        Assert.Equal((503, "store_unavailable"), await app.AskAsync(HttpMethod.Post, $"notes/{id}/replay"));
        Assert.Equal(1, await app.DeadAsync());
        app.Readers.First.Succeed();
        Assert.Equal((202, null), await app.AskAsync(HttpMethod.Post, $"notes/{id}/replay"));
        Assert.Equal((0, "dead"), (await app.DeadAsync(), app.Readers.First.Texts.Single()));
    }

    /// <summary>Leaves the queue of a consumer as a former version does that stops while these wait.</summary>
    private async Task LeaveQueueAsync(Wiring wiring, params string[] texts)
    {
        await (await NoteApp.StartAsync(wiring, Consumers.Read)).DisposeAsync();
        await using var publisher = await NoteApp.StartAsync(wiring, Consumers.None);
        foreach (var text in texts)
        {
            await publisher.WriteAsync(text);
        }
        await Eventually.HoldsAsync(async () => await publisher.WaitingAsync() == 0, "they are in the queue", Cancel);
    }

    private static async Task PublishAsync(IConnection connection, string queue, string body)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        await channel.BasicPublishAsync(
            "",
            queue,
            mandatory: true,
            new BasicProperties(),
            System.Text.Encoding.UTF8.GetBytes(body),
            Cancel
        );
    }

    private static Task GoneAsync(IConnection connection) =>
        Eventually.HoldsAsync(
            async () =>
                !await ExistsAsync(connection, Queue)
                && !await ExistsAsync(connection, Parked)
                && !await HasExchangeAsync(connection, Queue)
                && !await HasExchangeAsync(connection, Parked),
            "nothing of it is left",
            Cancel
        );

    private static Task<bool> ExistsAsync(IConnection connection, string queue) =>
        IsThereAsync(connection, channel => channel.QueueDeclarePassiveAsync(queue, Cancel));

    private static Task<bool> HasExchangeAsync(IConnection connection, string exchange) =>
        IsThereAsync(connection, channel => channel.ExchangeDeclarePassiveAsync(exchange, Cancel));

    /// <summary>Whether what is published to the event's exchange reaches a queue.</summary>
    private static async Task<bool> IsBoundAsync(IConnection connection)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancel);
        try
        {
            await channel.BasicPublishAsync(
                "tests.note-taken.v1",
                "",
                mandatory: true,
                new BasicProperties(),
                ReadOnlyMemory<byte>.Empty,
                Cancel
            );
            return true;
        }
        catch (PublishException)
        {
            return false;
        }
    }

    private static async Task<bool> IsThereAsync(IConnection connection, Func<IChannel, Task> declare)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        try
        {
            await declare(channel);
            return true;
        }
        catch (OperationInterruptedException none) when (none.ShutdownReason?.ReplyCode == 404)
        {
            return false;
        }
    }
}
