using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests;

/// <summary>What is committed is published, and nothing else.</summary>
public sealed class OutboxTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryWiring]
    public async Task What_is_committed_reaches_every_consumer_and_leaves_the_outbox(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        for (var n = 0; n < 250; n++)
        {
            await app.WriteAsync($"{n:D3}", n);
        }
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "the outbox is empty", Cancel);
        await Eventually.HoldsAsync(
            () => app.Readers.First.Taken.Count >= 250 && app.Readers.Second.Taken.Count >= 250,
            "all are taken",
            Cancel
        );
        var texts = Enumerable.Range(0, 250).Select(n => $"{n:D3}");
        Assert.Equal(texts, app.Readers.First.Texts);
        Assert.Equal(texts, app.Readers.Second.Texts);
    }

    [Theory]
    [EveryWiring]
    public async Task What_is_rolled_back_is_never_published(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        await app.WithDatabaseAsync(async database =>
        {
            await using var transaction = await database.Database.BeginTransactionAsync(Cancel);
            database.Notes.Add(new Note { Text = "never" });
            database.Publish(new NoteTaken { Text = "never", Number = 1 });
            await database.SaveChangesAsync(Cancel);
            await transaction.RollbackAsync(Cancel);
            return 0;
        });
        await app.WriteAsync("after");
        await Eventually.HoldsAsync(
            () => !app.Readers.Second.Taken.IsEmpty && !app.Readers.First.Taken.IsEmpty,
            "the other arrives",
            Cancel
        );
        Assert.Equal(["after"], app.Readers.First.Texts);
    }

    [Fact]
    public async Task An_event_whose_consumer_had_not_done_its_work_is_handed_over_again_after_a_restart()
    {
        using var wiring = await Wiring.EmbeddedAsync();
        Guid first;
        await using (var app = await NoteApp.StartAsync(wiring))
        {
            app.Readers.First.Before = (_, cancel) => Task.Delay(Timeout.Infinite, cancel);
            await app.WriteAsync("once");
            await Eventually.HoldsAsync(() => app.Readers.First.Calls == 1, "it is being worked on", Cancel);
            first = await app.WithDatabaseAsync(database =>
                database.Set<OutboxMessage>().Select(message => message.Id).SingleAsync(Cancel)
            );
        }

        await using var again = await NoteApp.StartAsync(wiring);
        await Eventually.HoldsAsync(() => !again.Readers.First.Taken.IsEmpty, "it is handed over again", Cancel);
        Assert.Equal(first, again.Readers.First.Taken.Single().Id);
        Assert.Equal(0, await again.DeadAsync());
        await Eventually.HoldsAsync(async () => await again.WaitingAsync() == 0, "the outbox is empty", Cancel);
    }

    [Theory]
    [EveryWiring]
    public async Task Several_publishers_on_one_outbox_publish_each_event_once(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var first = await NoteApp.StartAsync(wiring);
        await using var second = await NoteApp.StartAsync(wiring);
        for (var n = 0; n < 100; n++)
        {
            await (n % 2 == 0 ? first : second).WriteAsync($"{n:D3}");
        }
        await Eventually.HoldsAsync(async () => await first.WaitingAsync() == 0, "the outbox is empty", Cancel);
        await Eventually.HoldsAsync(
            () => first.Readers.First.Taken.Count + second.Readers.First.Taken.Count >= 100,
            "all are taken",
            Cancel
        );
        Assert.Equal(
            Enumerable.Range(0, 100).Select(n => $"{n:D3}"),
            first.Readers.First.Texts.Concat(second.Readers.First.Texts).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [EveryWiring]
    public async Task An_event_of_a_type_that_this_version_does_not_know_waits_and_holds_up_no_other(WiringKind kind)
    {
        const int Unknown = 20;
        using var wiring = await Wiring.OfAsync(kind, servers);
        using var journal = new Journal();
        await using var app = await NoteApp.StartAsync(
            wiring,
            builder => builder.Logging.AddProvider(journal),
            settings: ["--Logging:LogLevel:PortalServices=Information"]
        );
        await app.WithDatabaseAsync(database =>
        {
            // So many that the known one is never among the first that are published side by side.
            database.AddRange(
                Enumerable
                    .Range(0, Unknown)
                    .Select(_ => new OutboxMessage
                    {
                        Id = Guid.CreateVersion7(),
                        Type = "tests:of-a-later-version:v1",
                        Body = "{}",
                    })
            );
            return database.SaveChangesAsync(Cancel);
        });
        await app.WriteAsync("known");
        await Eventually.HoldsAsync(() => !app.Readers.First.Taken.IsEmpty, "the known one arrives", Cancel);
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == Unknown, "the others wait", Cancel);

        // Each is told once, however often it is tried.
        await Eventually.HoldsAsync(
            () =>
                app.WithDatabaseAsync(database =>
                    database.Set<OutboxMessage>().AllAsync(message => message.Attempts > 2, Cancel)
                ),
            "all are tried again",
            Cancel
        );
        Assert.Equal(
            Unknown,
            journal.Entries.Count(each =>
                each.Text.Contains("which this version cannot read", StringComparison.Ordinal)
            )
        );
    }

    [Theory]
    [EveryWiring]
    public async Task The_trace_of_the_request_travels_with_the_event(WiringKind kind)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is MessagingTelemetry.Name or "test",
            Sample = (ref _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        string trace;
        using (var request = source.StartActivity("request"))
        {
            trace = request!.TraceId.ToHexString();
            await app.WriteAsync("a");
        }

        await app.WriteAsync("of no request");
        await Eventually.HoldsAsync(() => app.Readers.First.Taken.Count == 2, "both arrive", Cancel);
        Assert.Equal(trace, app.Readers.First.Taken.Single(each => each.Note.Text == "a").Trace);
        Assert.NotEqual(trace, app.Readers.First.Taken.Single(each => each.Note.Text != "a").Trace);
    }

    [Fact]
    public async Task A_full_outbox_says_so_and_is_told_in_health_while_the_process_stays_ready()
    {
        using var wiring = await Wiring.EmbeddedAsync();
        await using var app = await NoteApp.StartAsync(wiring, settings: "--Messaging:MaxWaiting=1");
        app.Readers.First.Before = (_, cancel) => Task.Delay(Timeout.Infinite, cancel);
        Assert.False(app.Outbox.IsFull);
        await app.WriteAsync("held");
        await Eventually.HoldsAsync(() => app.Outbox.IsFull, "it is full", Cancel);
        var (status, checks) = await app.ReadyAsync();
        Assert.Equal((200, "degraded"), (status, checks.GetProperty("notesOutbox").GetProperty("status").GetString()));
    }
}
