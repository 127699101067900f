using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Messaging.Bus;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests;

/// <summary>A message whose consumer fails is tried again, then kept for an operator.</summary>
public sealed class DeadLetterTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryWiring]
    public async Task A_consumer_that_fails_twice_is_tried_a_third_time(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        app.Readers.First.Before = (call, _) => call < 3 ? throw new InvalidOperationException() : Task.CompletedTask;
        await app.WriteAsync("a");
        await Eventually.HoldsAsync(() => !app.Readers.First.Taken.IsEmpty, "it is taken", Cancel);
        Assert.Equal((3, 0), (app.Readers.First.Calls, await app.DeadAsync()));
    }

    [Fact]
    public async Task A_consumer_does_not_begin_before_the_tables_of_its_service_are_there()
    {
        using var wiring = await Wiring.EmbeddedAsync();
        var tables = new TaskCompletionSource();
        await using var app = await NoteApp.StartAsync(
            wiring,
            builder => builder.Services.AddSingleton(new Tables(tables.Task))
        );
        app.Readers.First.Before = (_, _) =>
            tables.Task.IsCompleted ? Task.CompletedTask : throw new InvalidOperationException("no such table");
        var announced = app.Get<EventAnnouncer>().TryPublishAsync(new NoteTaken { Text = "early", Number = 1 }, Cancel);
        // Each of them takes longer than a consumer that fails at once.
        for (var look = 0; look < 50; look++)
        {
            Assert.Equal((0, 0), (await app.DeadAsync(), app.Readers.First.Calls));
        }
        Assert.False(announced.IsCompleted);

        tables.SetResult();
        Assert.True(await announced);
        Assert.Equal(["early"], app.Readers.First.Texts);
        Assert.Equal((1, 0), (app.Readers.First.Calls, await app.DeadAsync()));
    }

    [Fact]
    public async Task A_sender_in_the_same_process_waits_five_seconds_for_them_and_keeps_its_event()
    {
        using var wiring = await Wiring.EmbeddedAsync();
        var time = new FakeTimeProvider();
        var tables = new TaskCompletionSource();
        await using var app = await NoteApp.StartAsync(
            wiring,
            builder => builder.Services.AddSingleton(new Tables(tables.Task)),
            time: time
        );
        var announced = app.Get<EventAnnouncer>().TryPublishAsync(new NoteTaken { Text = "early", Number = 1 }, Cancel);
        var waited = TimeSpan.Zero;
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                waited += TimeSpan.FromSeconds(1);
                return announced.IsCompleted;
            },
            "the sender has its event back",
            Cancel
        );
        Assert.False(await announced);
        Assert.Equal(0, app.Readers.First.Calls);
        Assert.True(waited >= TimeSpan.FromSeconds(5), $"after {waited}");
    }

    [Theory]
    [EveryWiring]
    public async Task What_fails_for_good_is_listed_and_a_replay_reaches_the_consumer_that_failed_and_no_other(
        WiringKind kind
    )
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        app.Readers.First.Fail();
        await app.WriteAsync("Đơn số 7", 7);
        await Eventually.HoldsAsync(async () => await app.DeadAsync() == 1, "it is a dead letter", Cancel);
        Assert.Equal(3, app.Readers.First.Calls);
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "it has left the outbox", Cancel);

        var letter = (await app.DeadLettersAsync()).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(
            (
                ReadNoteConsumer.Name,
                "tests:note-taken:v1",
                """{"text":"Đơn số 7","number":7}""",
                "InvalidOperationException: This note cannot be read.",
                1
            ),
            (
                letter.GetProperty("consumer").GetString(),
                letter.GetProperty("type").GetString(),
                letter.GetProperty("body").GetString(),
                letter.GetProperty("error").GetString(),
                letter.GetProperty("failures").GetInt32()
            )
        );

        app.Readers.First.Succeed();
        Assert.Equal(
            (202, null),
            await app.AskAsync(HttpMethod.Post, $"notes/{letter.GetProperty("id").GetString()}/replay")
        );
        await Eventually.HoldsAsync(async () => await app.DeadAsync() == 0, "it is no dead letter any more", Cancel);
        Assert.Equal("Đơn số 7", app.Readers.First.Taken.Single().Note.Text);
        Assert.Equal(1, app.Readers.Second.Calls);
    }

    [Theory]
    [EveryWiring]
    public async Task A_replay_that_fails_again_leaves_it_with_its_failures_counted(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        app.Readers.First.Fail();
        await app.WriteAsync("a");
        await Eventually.HoldsAsync(async () => await app.DeadAsync() == 1, "it is a dead letter", Cancel);
        var id = await app.OnlyDeadLetterAsync();
        Assert.Equal((202, null), await app.AskAsync(HttpMethod.Post, $"notes/{id}/replay"));
        await Eventually.HoldsAsync(
            async () => (await app.DeadLettersAsync()).GetProperty("items")[0].GetProperty("failures").GetInt32() == 2,
            "it is counted",
            Cancel
        );
        Assert.Equal(1, await app.DeadAsync());
        Assert.Equal((204, null), await app.AskAsync(HttpMethod.Delete, $"notes/{id}"));
        Assert.Equal(0, await app.DeadAsync());
        Assert.Equal((404, "unknown_dead_letter"), await app.AskAsync(HttpMethod.Delete, $"notes/{id}"));
        Assert.Equal((404, "unknown_dead_letter"), await app.AskAsync(HttpMethod.Post, $"notes/{id}/replay"));
    }

    [Theory]
    [InlineData("GET", "nobody", 404, "not_found")]
    [InlineData("POST", "nobody/1/replay", 404, "not_found")]
    [InlineData("DELETE", "nobody/1", 404, "not_found")]
    [InlineData("GET", "notes?page=0", 400, "invalid_paging")]
    [InlineData("GET", "notes?page=99999999999", 400, "invalid_paging")]
    [InlineData("GET", "notes?pageSize=101", 400, "invalid_paging")]
    [InlineData("GET", "notes?pageSize=a", 400, "invalid_paging")]
    [InlineData("DELETE", "notes/a", 404, "unknown_dead_letter")]
    [InlineData("POST", "notes/00000000000000000000000000000000.x/replay", 404, "unknown_dead_letter")]
    public async Task What_does_not_exist_is_told(string method, string path, int status, string code)
    {
        using var wiring = await Wiring.EmbeddedAsync();
        await using var app = await NoteApp.StartAsync(wiring);
        Assert.Equal((status, code), await app.AskAsync(new HttpMethod(method), path));
    }

    [Theory]
    [EveryWiring]
    public async Task The_list_has_pages_the_latest_failure_first(WiringKind kind)
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        await using var app = await NoteApp.StartAsync(wiring);
        app.Readers.First.Fail();
        for (var n = 1; n <= 5; n++)
        {
            await app.WriteAsync($"{n}");
            await Eventually.HoldsAsync(async () => await app.DeadAsync() == n, "it is a dead letter", Cancel);
        }

        string[] Bodies(System.Text.Json.JsonElement list) =>
            [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("body").GetString()!)];
        var first = await app.DeadLettersAsync("?pageSize=2");
        Assert.Equal(
            (5, 1, 2),
            (
                first.GetProperty("total").GetInt32(),
                first.GetProperty("page").GetInt32(),
                first.GetProperty("pageSize").GetInt32()
            )
        );
        Assert.Equal(["""{"text":"5","number":0}""", """{"text":"4","number":0}"""], Bodies(first));
        Assert.Equal(["""{"text":"1","number":0}"""], Bodies(await app.DeadLettersAsync("?pageSize=2&page=3")));
        Assert.Empty(Bodies(await app.DeadLettersAsync("?pageSize=2&page=4")));
    }

    [Theory]
    [EveryWiring]
    public async Task Where_the_dead_letters_are_full_a_failing_message_is_held_and_told_and_nothing_is_lost(
        WiringKind kind
    )
    {
        using var wiring = await Wiring.OfAsync(kind, servers);
        using var journal = new Journal();
        await using var app = await NoteApp.StartAsync(
            wiring,
            builder => builder.Logging.AddProvider(journal),
            settings: ["--Messaging:MaxDeadLetters=1", "--Logging:LogLevel:PortalServices=Information"]
        );
        app.Readers.First.Fail();
        await app.WriteAsync("first");
        await Eventually.HoldsAsync(async () => await app.DeadAsync() == 1, "it is a dead letter", Cancel);
        await app.WriteAsync("second");
        await Eventually.HoldsAsync(() => app.Readers.First.Calls >= 7, "the second is tried again and again", Cancel);
        // By the outbox, or by the broker, which has it back when the process ends.
        Assert.Single(
            journal.Entries,
            each => each.Text.Contains("the dead letters are full", StringComparison.Ordinal)
        );
        Assert.Equal((1, kind is WiringKind.Embedded ? 1 : 0), (await app.DeadAsync(), await app.WaitingAsync()));
        var (status, checks) = await app.ReadyAsync();
        Assert.Equal(
            (200, "degraded"),
            (status, checks.GetProperty("notesDeadLetters").GetProperty("status").GetString())
        );

        Assert.Equal((204, null), await app.AskAsync(HttpMethod.Delete, $"notes/{await app.OnlyDeadLetterAsync()}"));
        await Eventually.HoldsAsync(
            async () => await app.DeadAsync() == 1 && await app.WaitingAsync() == 0,
            "the second has its place",
            Cancel
        );
        Assert.Contains("second", (await app.DeadLettersAsync()).ToString(), StringComparison.Ordinal);
    }
}
