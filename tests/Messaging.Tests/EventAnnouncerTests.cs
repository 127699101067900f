using Microsoft.Extensions.Logging;
using PortalServices.Messaging.Bus;
using PortalServices.Messaging.Tests.Fixtures;

namespace PortalServices.Messaging.Tests;

/// <summary>Events that are told again and again go past the outbox.</summary>
public sealed class EventAnnouncerTests
{
    private static readonly NoteTaken Note = new() { Text = "a", Number = 1 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_reaches_its_consumers()
    {
        using var wiring = await Wiring.EmbeddedAsync();
        await using var app = await NoteApp.StartAsync(wiring);
        Assert.True(await app.Get<EventAnnouncer>().TryPublishAsync(Note, Cancel));
        Assert.Equal(["a"], app.Readers.First.Texts);
        Assert.Equal(0, await app.WaitingAsync());
    }

    [Fact]
    public async Task A_bus_that_takes_none_is_told_of_once_and_once_more_when_it_takes_them_again()
    {
        var bus = new Bus();
        var log = new Journal();
        var announcer = new EventAnnouncer(bus, log);
        Assert.True(await announcer.TryPublishAsync(Note, Cancel));
        bus.Failure = new InvalidOperationException("No queue takes it.");
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await announcer.TryPublishAsync(Note, Cancel));
        }
        Assert.Equal([LogLevel.Warning], log.Levels);
        bus.Failure = null;
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await announcer.TryPublishAsync(Note, Cancel));
        }
        Assert.Equal([LogLevel.Warning, LogLevel.Information], log.Levels);
        Assert.Equal(4, bus.Ids.Count);
    }

    [Fact]
    public async Task A_type_that_nobody_takes_is_told_of_once_however_often_another_one_is_taken()
    {
        var bus = new Bus { Refuses = message => message is string };
        var log = new Journal();
        var announcer = new EventAnnouncer(bus, log);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await announcer.TryPublishAsync("unknown", Cancel));
            Assert.True(await announcer.TryPublishAsync(Note, Cancel));
        }

        Assert.Equal([LogLevel.Warning], log.Levels);
    }

    [Fact]
    public async Task The_patience_of_the_bus_is_a_failure_and_the_callers_end_is_none()
    {
        var bus = new Bus { Failure = new OperationCanceledException() };
        var announcer = new EventAnnouncer(bus, new Journal());
        Assert.False(await announcer.TryPublishAsync(Note, Cancel));
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            announcer.TryPublishAsync(Note, new CancellationToken(canceled: true))
        );
    }

    private sealed class Bus : IEventTransport
    {
        public Exception? Failure { get; set; }

        public Func<object, bool> Refuses { get; set; } = _ => false;

        public HashSet<Guid> Ids { get; } = [];

        public Task PublishAsync(EventEnvelope envelope, CancellationToken cancel)
        {
            if (Failure is not null)
            {
                throw Failure;
            }
            if (Refuses(envelope.Message))
            {
                throw new InvalidOperationException("No queue takes it.");
            }
            Ids.Add(envelope.Id);
            return Task.CompletedTask;
        }
    }

    private sealed class Journal : ILogger<EventAnnouncer>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Levels.Add(logLevel);
    }
}
