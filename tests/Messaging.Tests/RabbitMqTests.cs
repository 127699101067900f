using Microsoft.EntityFrameworkCore;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;
using RabbitMQ.Client;

namespace PortalServices.Messaging.Tests;

/// <summary>What the broker adds: queues that outlive processes, and their ends.</summary>
public sealed class RabbitMqTests(Servers servers)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_whose_consumer_has_never_run_stays_in_the_outbox_until_it_does()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await using var publisher = await NoteApp.StartAsync(wiring, Consumers.None);
        await publisher.WriteAsync("early");
        await Eventually.HoldsAsync(() => RefusedAsync(publisher, 1), "it was tried and came back", Cancel);

        await using var consumer = await NoteApp.StartAsync(wiring, Consumers.Read);
        await Eventually.HoldsAsync(() => !consumer.Readers.First.Taken.IsEmpty, "it arrives", Cancel);
        Assert.Equal(["early"], consumer.Readers.First.Texts.Distinct());
        await Eventually.HoldsAsync(async () => await publisher.WaitingAsync() == 0, "the outbox is empty", Cancel);
    }

    [Fact]
    public async Task An_event_waits_in_the_queue_while_its_consumer_is_away()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await using (await NoteApp.StartAsync(wiring, Consumers.Read))
        {
            // It has its queue from now on.
        }

        await using var publisher = await NoteApp.StartAsync(wiring, Consumers.None);
        await publisher.WriteAsync("meanwhile");
        await Eventually.HoldsAsync(async () => await publisher.WaitingAsync() == 0, "the outbox is empty", Cancel);
        await using var consumer = await NoteApp.StartAsync(wiring, Consumers.Read);
        await Eventually.HoldsAsync(() => !consumer.Readers.First.Taken.IsEmpty, "it arrives", Cancel);
    }

    [Theory]
    [InlineData("application/vnd.masstransit+json", "not even JSON")]
    [InlineData("application/vnd.masstransit+json", """{"messageType":["urn:message:tests:note-taken:v1"],"message":{"text":7}}""")]
    [InlineData("application/vnd.masstransit+json", """{"messageType":["urn:message:tests:of-a-later-version:v1"],"message":{}}""")]
    [InlineData("image/png", "\u0001\u0002")]
    public async Task What_no_consumer_can_read_is_parked_and_holds_up_no_other(string contentType, string body)
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Read, settings: ["--Messaging:DeliveryLimit=3", "--Messaging:Prefetch=1"]);
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        var garbage = System.Text.Encoding.UTF8.GetBytes(body);
        await channel.BasicPublishAsync(
            ReadNoteConsumer.Name, "", mandatory: true, new BasicProperties { ContentType = contentType, MessageId = $"{Guid.NewGuid()}" }, garbage, Cancel);
        await app.WriteAsync("readable");
        await Eventually.HoldsAsync(() => !app.Readers.First.Taken.IsEmpty, "the readable one is taken", Cancel);

        var parked = await Eventually.BecomesAsync(
            () => channel.BasicGetAsync(ReadNoteConsumer.Name + ".parked", autoAck: true, Cancel), message => message is not null, "it is parked", Cancel);
        Assert.Equal(garbage, parked!.Body.ToArray());
        Assert.Equal(0u, await channel.MessageCountAsync(ReadNoteConsumer.Name, Cancel));
        Assert.Equal((1, 0), (app.Readers.First.Calls, await app.DeadAsync()));
    }

    [Fact]
    public async Task A_process_that_stops_while_a_consumer_works_gives_the_message_back()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        var stops = await NoteApp.StartAsync(wiring, Consumers.Read);
        stops.Readers.First.Before = (_, cancel) => Task.Delay(Timeout.Infinite, cancel);
        await stops.WriteAsync("in its hands");
        await Eventually.HoldsAsync(() => stops.Readers.First.Calls == 1, "it is being worked on", Cancel);

        await using var other = await NoteApp.StartAsync(wiring, Consumers.Read);
        await stops.DisposeAsync();
        await Eventually.HoldsAsync(() => !other.Readers.First.Taken.IsEmpty, "the other one takes it", Cancel);
        Assert.Empty(stops.Readers.First.Taken);
        Assert.Equal(0, await other.DeadAsync());
    }

    [Fact]
    public async Task What_does_not_fit_into_a_queue_stays_in_the_outbox_and_arrives_later()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Read, settings: ["--Messaging:MostQueued=1", "--Messaging:Prefetch=1"]);
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Readers.First.Before = (_, cancel) => free.Task.WaitAsync(cancel);
        var texts = Enumerable.Range(0, 12).Select(n => $"{n:D2}").ToList();
        foreach (var text in texts)
            await app.WriteAsync(text);
        // The broker notices a little late that a queue is full, and then sticks to it.
        await Eventually.HoldsAsync(() => RefusedAsync(app, 3), "some are refused again and again", Cancel);

        free.SetResult();
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "the outbox is empty", Cancel);
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Distinct().Count() == texts.Count, "all arrive", Cancel);
        Assert.Equal(texts, app.Readers.First.Texts.Distinct());
    }

    /// <summary>Whether events wait that were claimed more often than so.</summary>
    static Task<bool> RefusedAsync(NoteApp app, int times) =>
        app.WithDatabaseAsync(database => database.Set<OutboxMessage>().AnyAsync(message => message.Attempts > times, Cancel));
}
