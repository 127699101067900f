using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using PortalServices.Messaging.Bus;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;
using RabbitMQ.Client;

namespace PortalServices.Messaging.Tests;

/// <summary>What the broker adds: queues that outlive processes, and their ends.</summary>
public sealed class RabbitMqTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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

    [Theory, Rows]
    [UsualRow("application/vnd.masstransit+json", "not even JSON", "portal:unreadable", "")]
    [LongRow(
        "application/vnd.masstransit+json",
        """{"messageType":["tests:note-taken:v1"],"message":{"text":7,"number":1},"site":"sonla"}""",
        "portal:unreadable",
        ""
    )]
    [UsualRow(
        "application/vnd.masstransit+json",
        """{"messageId":"0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57","messageType":["tests:of-a-later-version:v1"],"message":{"a":[1, 2]}}""",
        "tests:of-a-later-version:v1",
        "No message of a type that this consumer takes."
    )]
    [LongRow("image/png", "\u0001\u0000\u0002", "portal:unreadable", "")]
    public async Task What_a_consumer_cannot_read_is_a_dead_letter_at_once_and_holds_up_no_other(
        string contentType,
        string body,
        string type,
        string error
    )
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        using var journal = new Journal();
        await using var app = await NoteApp.StartAsync(
            wiring,
            builder => builder.Logging.AddProvider(journal),
            Consumers.Read,
            settings: ["--Messaging:Prefetch=1", "--Logging:LogLevel:PortalServices=Information"]
        );
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        // Twice the same is one.
        for (var times = 0; times < 2; times++)
        {
            await PublishAsync(channel, ReadNoteConsumer.Name, contentType, body);
        }
        await app.WriteAsync("readable");
        await Eventually.HoldsAsync(() => !app.Readers.First.Taken.IsEmpty, "the readable one is taken", Cancel);

        await Eventually.HoldsAsync(
            async () =>
                (await app.DeadLettersAsync()).GetProperty("items").EnumerateArray().ToList() is [var only]
                && only.GetProperty("failures").GetInt32() == 2,
            "both are one dead letter",
            Cancel
        );
        var letter = (await app.DeadLettersAsync()).GetProperty("items").EnumerateArray().Single();
        var kept = type == "portal:unreadable" ? body.Replace('\0', '\uFFFD') : """{"a":[1, 2]}""";
        Assert.Equal(
            (type, kept, ReadNoteConsumer.Name, 2),
            (
                letter.GetProperty("type").GetString(),
                letter.GetProperty("body").GetString(),
                letter.GetProperty("consumer").GetString(),
                letter.GetProperty("failures").GetInt32()
            )
        );
        Assert.Contains(error, letter.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            1,
            (await app.ReadyAsync())
                .Checks.GetProperty("notesDeadLetters")
                .GetProperty("data")
                .GetProperty("count")
                .GetInt32()
        );
        Assert.Equal(
            2,
            journal.Entries.Count(each =>
                each.Level >= LogLevel.Warning && each.Text.Contains("dead letters", StringComparison.Ordinal)
            )
        );

        // Whoever works for one site does not see it, whatever it names; nobody can replay it.
        Assert.Equal(0, (await app.DeadLettersAsync(bySonla: true)).GetProperty("total").GetInt32());
        var id = await app.OnlyDeadLetterAsync();
        Assert.Equal((409, "unreadable_dead_letter"), await app.AskAsync(HttpMethod.Post, $"notes/{id}/replay"));
        Assert.Equal((204, null), await app.AskAsync(HttpMethod.Delete, $"notes/{id}"));
        Assert.Equal((1, 0), (app.Readers.First.Calls, await app.DeadAsync()));
    }

    [Fact]
    public async Task What_was_parked_is_moved_among_the_dead_letters_and_an_event_can_be_replayed()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        // Its queues.
        await (await NoteApp.StartAsync(wiring, Consumers.Read)).DisposeAsync();
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        var (id, parked) = (Guid.NewGuid(), ReadNoteConsumer.Name + ".parked");
        await PublishAsync(
            channel,
            parked,
            "application/vnd.masstransit+json",
            $$$"""{"messageId":"{{{id}}}","messageType":["tests:note-taken:v1"],"message":{"text":"again","number":1,"site":"sonla"}}"""
        );
        await PublishAsync(channel, parked, "image/png", new string('x', 20_000));

        await using var app = await NoteApp.StartAsync(wiring, Consumers.Read);
        await Eventually.HoldsAsync(
            async () => await app.DeadAsync() == 2 && await channel.MessageCountAsync(parked, Cancel) == 0,
            "both are dead letters",
            Cancel
        );
        var letters = (await app.DeadLettersAsync())
            .GetProperty("items")
            .EnumerateArray()
            .ToDictionary(each => each.GetProperty("type").GetString()!);
        Assert.Equal(16_000, letters["portal:unreadable"].GetProperty("body").GetString()!.Length);
        Assert.Equal($"{id:N}.{ReadNoteConsumer.Name}", letters["tests:note-taken:v1"].GetProperty("id").GetString());
        Assert.Equal(
            (202, null),
            await app.AskAsync(HttpMethod.Post, $"notes/{id:N}.{ReadNoteConsumer.Name}/replay", bySonla: true)
        );
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("again"), "it is consumed", Cancel);
        await Eventually.HoldsAsync(async () => await app.DeadAsync() == 1, "it is no dead letter", Cancel);
    }

    [Fact]
    public async Task What_was_parked_stays_where_it_is_while_the_dead_letters_are_full()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await (await NoteApp.StartAsync(wiring, Consumers.Read)).DisposeAsync();
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        var parked = ReadNoteConsumer.Name + ".parked";
        foreach (var body in new[] { "one", "two", "three" })
        {
            await PublishAsync(channel, parked, "image/png", body);
        }

        await using var app = await NoteApp.StartAsync(
            wiring,
            Consumers.Read,
            settings: ["--Messaging:MaxDeadLetters=1"]
        );
        await Eventually.HoldsAsync(
            async () => await app.DeadAsync() == 1 && await channel.MessageCountAsync(parked, Cancel) == 2,
            "one is a dead letter",
            Cancel
        );

        // They are not taken and given back meanwhile: a broker counts that, and drops them in the end.
        var work = new BackgroundWork(app.Get<IServiceProvider>());
        for (var times = 0; times < 3; times++)
        {
            await work.FailingAsync();
        }
        Assert.False((await channel.BasicGetAsync(parked, autoAck: true, Cancel))!.Redelivered);
    }

    /// <summary>What the alert on parked messages looks at.</summary>
    [Fact]
    public async Task What_was_parked_is_counted_while_the_dead_letters_are_away()
    {
        const int Bodies = 7;
        using var wiring = await Wiring.ServicesAsync(servers);
        await (await NoteApp.StartAsync(wiring, Consumers.Read)).DisposeAsync();
        await using var connection = await new ConnectionFactory { Uri = wiring.Broker! }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        for (var body = 0; body < Bodies; body++)
        {
            await PublishAsync(channel, ReadNoteConsumer.Name + ".parked", "image/png", $"{body}");
        }
        await ExecuteAsync("""ALTER TABLE "DeadLetters" RENAME TO "Away" """);

        var counted = new ConcurrentQueue<long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "portal.messaging.parked")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted.Enqueue(value));
        listener.Start();
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Read);
        await Eventually.HoldsAsync(() => counted.Contains(Bodies), "they are counted", Cancel);

        await ExecuteAsync("""ALTER TABLE "Away" RENAME TO "DeadLetters" """);
        await new BackgroundWork(app.Get<IServiceProvider>()).GoesOnAsync();
        await Eventually.HoldsAsync(async () => await app.DeadAsync() == Bodies, "they are dead letters", Cancel);

        async Task ExecuteAsync(string command)
        {
            var options = new DbContextOptionsBuilder<NoteContext>();
            wiring.Use(options);
            await using var database = new NoteContext(options.Options);
            await database.Database.ExecuteSqlRawAsync(command, Cancel);
        }
    }

    private static async Task PublishAsync(IChannel channel, string queue, string contentType, string body) =>
        await channel.BasicPublishAsync(
            "",
            queue,
            mandatory: true,
            new BasicProperties { ContentType = contentType, MessageId = $"{Guid.NewGuid()}" },
            System.Text.Encoding.UTF8.GetBytes(body),
            Cancel
        );

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
        await using var app = await NoteApp.StartAsync(
            wiring,
            Consumers.Read,
            settings: ["--Messaging:MaxQueued=1", "--Messaging:Prefetch=1"]
        );
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Readers.First.Before = (_, cancel) => free.Task.WaitAsync(cancel);
        var texts = Enumerable.Range(0, 12).Select(n => $"{n:D2}").ToList();
        foreach (var text in texts)
        {
            await app.WriteAsync(text);
        }
        // The broker notices a little late that a queue is full, and then sticks to it.
        await Eventually.HoldsAsync(() => RefusedAsync(app, 3), "some are refused again and again", Cancel);

        free.SetResult();
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "the outbox is empty", Cancel);
        await Eventually.HoldsAsync(
            () => app.Readers.First.Texts.Distinct().Count() == texts.Count,
            "all arrive",
            Cancel
        );
        Assert.Equal(texts, app.Readers.First.Texts.Distinct());
    }

    [Fact]
    public async Task A_queue_with_a_bound_of_its_own_gives_back_what_does_not_fit()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Bounded, settings: ["--Messaging:Prefetch=1"]);
        app.Readers.First.Before = (_, cancel) => free.Task.WaitAsync(cancel);
        var announcer = app.Get<EventAnnouncer>();
        var sent = 0;
        await Eventually.HoldsAsync(
            async () => !await announcer.TryPublishAsync(new NoteTaken { Text = $"{sent++}", Number = 1 }, Cancel),
            "one comes back",
            Cancel
        );

        // It has room again when the consumer goes on, and nothing was set aside.
        free.SetResult();
        await Eventually.HoldsAsync(
            () => announcer.TryPublishAsync(new NoteTaken { Text = "again", Number = 1 }, Cancel),
            "one is taken",
            Cancel
        );
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("again"), "it arrives", Cancel);
        Assert.Equal(0, await app.DeadAsync());
    }

    [Fact]
    public async Task An_event_of_a_later_version_beside_this_one_comes_back_to_its_publisher_and_is_nobodys_dead_letter()
    {
        using var wiring = await Wiring.ServicesAsync(servers);
        await using var app = await NoteApp.StartAsync(wiring, Consumers.Read);
        Assert.False(await app.Get<EventAnnouncer>().TryPublishAsync(new NotePinned { Text = "later" }, Cancel));
        await app.WriteAsync("of this version");
        await Eventually.HoldsAsync(() => !app.Readers.First.Taken.IsEmpty, "what it knows is taken", Cancel);
        Assert.Equal((1, 0), (app.Readers.First.Calls, await app.DeadAsync()));
    }

    /// <summary>Whether events wait that were claimed more often than so.</summary>
    private static Task<bool> RefusedAsync(NoteApp app, int times) =>
        app.WithDatabaseAsync(database =>
            database.Set<OutboxMessage>().AnyAsync(message => message.Attempts > times, Cancel)
        );
}
