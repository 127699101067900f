using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Messaging.Tests;

/// <summary>
/// The broker is away, or takes nothing that is published: what is committed waits for it, and nothing is lost.
/// </summary>
public sealed class BrokerAwayTests(Servers servers, BrokerAwayTests.Own own) : IClassFixture<BrokerAwayTests.Own>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_committed_and_the_process_stays_ready_and_the_event_arrives_afterwards()
    {
        using var wiring = await Wiring.ServicesAsync(servers, own.Server.Broker);
        await using var app = await NoteApp.StartAsync(wiring);
        await own.Server.KillAsync();
        await app.WriteAsync("of a running process");
        await Eventually.HoldsAsync(async () => await app.CheckAsync("broker") == "degraded", "it is told", Cancel);
        await using var late = await NoteApp.StartAloneAsync(wiring);
        await late.WriteAsync("of one that starts meanwhile");
        Assert.Equal((2, "degraded"), (await app.WaitingAsync(), await late.CheckAsync("broker")));

        await own.Server.StartAgainAsync();
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "the outbox is empty", Cancel);
        string[] texts = ["of a running process", "of one that starts meanwhile"];
        await Eventually.HoldsAsync(
            () =>
                app
                    .Readers.First.Texts.Concat(late.Readers.First.Texts)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .SequenceEqual(texts),
            "both arrive",
            Cancel
        );
        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("broker") == "healthy" && await late.CheckAsync("broker") == "healthy",
            "both are well again",
            Cancel
        );
    }

    [Fact]
    public async Task A_kill_amid_publishing_and_consuming_loses_nothing()
    {
        const int Events = 500,
            BeforeTheKill = 200;
        using var wiring = await Wiring.ServicesAsync(servers, own.Server.Broker);
        await using var app = await NoteApp.StartAsync(wiring);
        // Those in the hands of a consumer when the broker dies cannot be confirmed to it.
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Readers.First.Before = (call, cancel) =>
            call <= BeforeTheKill ? Task.CompletedTask : back.Task.WaitAsync(cancel);
        var writing = Task.Run(
            async () =>
            {
                for (var n = 0; n < Events; n++)
                {
                    await app.WriteAsync($"{n:D3}", n);
                }
            },
            Cancel
        );
        await Eventually.HoldsAsync(
            () => app.Readers.First.Calls > BeforeTheKill,
            "consumers have some in their hands",
            Cancel
        );

        await own.Server.RestartAsync();
        back.SetResult();
        await writing;
        await Eventually.HoldsAsync(async () => await app.WaitingAsync() == 0, "the outbox is empty", Cancel);
        await Eventually.BecomesAsync(
            () => Task.FromResult((Numbers(app.Readers.First), Numbers(app.Readers.Second))),
            counts => counts == (Events, Events),
            "all arrive at both",
            Cancel
        );
        // Whatever came twice has the same id.
        Assert.Equal(Events, app.Readers.First.Taken.Select(each => each.Id).Distinct().Count());
        Assert.Empty(await app.ErrorsOfDeadLettersAsync());
    }

    [Fact]
    public async Task A_broker_without_memory_is_told_and_events_wait_for_it()
    {
        using var wiring = await Wiring.ServicesAsync(servers, own.Server.Broker);
        await using var app = await NoteApp.StartAsync(wiring);
        Assert.Equal("healthy", await app.CheckAsync("brokerConnection"));
        await own.Server.Broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1MB");
        try
        {
            await Eventually.HoldsAsync(
                async () => await app.CheckAsync("brokerConnection") == "degraded",
                "it is told",
                Cancel
            );
            Assert.Equal(
                "The broker takes no events (low on memory). Events wait.",
                await app.DescriptionAsync("brokerConnection")
            );
            await app.WriteAsync("waits");
        }
        finally
        {
            await own.Server.Broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "512MB");
        }

        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "healthy",
            "it is well",
            Cancel
        );
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("waits"), "it arrives", Cancel);
    }

    private static int Numbers(Reader reader) => reader.Taken.Select(each => each.Note.Number).Distinct().Count();

    /// <summary>A broker that these tests kill, and starve of memory.</summary>
    public sealed class Own : IAsyncLifetime
    {
        public RabbitMqServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RabbitMqServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
