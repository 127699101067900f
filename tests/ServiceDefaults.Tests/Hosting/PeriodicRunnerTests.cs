using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Hosting;

/// <summary>Background work: repeated, whatever it throws, and never the end of the process.</summary>
public sealed class PeriodicRunnerTests : IDisposable
{
    private readonly Time _time = new();
    private readonly Journal _journal = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Dispose();

    [Fact]
    public async Task A_run_begins_so_long_after_the_beginning_of_the_one_before()
    {
        var work = new Work { Every = TimeSpan.FromSeconds(10) };
        work.Runs = () => _time.Advance(TimeSpan.FromSeconds(3));
        using var runner = await StartAsync(work);
        await RunsAsync(work, 1);
        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(1, work.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await RunsAsync(work, 2);
        await runner.StopAsync(Cancel);
    }

    [Fact]
    public async Task Where_there_is_more_to_do_it_goes_on_at_once_and_where_nothing_is_it_ends()
    {
        var work = new Work { Every = TimeSpan.Zero };
        work.Runs = () => work.Every = work.Count < 5 ? TimeSpan.Zero : IPeriodicWork.Finished;
        using var runner = await StartAsync(work);
        await runner.ExecuteTask!.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(5, work.Count);
    }

    public static TheoryData<Type> Faults =>
        [
            typeof(InvalidOperationException),
            typeof(OperationCanceledException),
            typeof(TimeoutException),
            typeof(NotSupportedException),
            typeof(OutOfMemoryException),
        ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_a_run_throws_it_is_tried_again_with_longer_waits_and_told_once(Type fault)
    {
        var work = new Work
        {
            Every = TimeSpan.FromHours(1),
            Runs = () => throw (Exception)Activator.CreateInstance(fault)!,
        };
        using var runner = await StartAsync(work);
        await RunsAsync(work, 1);
        var (runs, wait) = (1, 1.0);
        for (; runs < 7; runs++, wait = Math.Min(2 * wait, 10))
        {
            _time.Advance(TimeSpan.FromSeconds(wait - 0.01));
            Assert.Equal(runs, work.Count);
            _time.Advance(TimeSpan.FromSeconds(0.01));
            await RunsAsync(work, runs + 1);
        }

        Assert.True(runner.IsFailing);
        var told = Assert.Single(_journal.Entries);
        Assert.Equal(
            (LogLevel.Warning, "Background work fails and is tried again: working", fault),
            (told.Level, told.Text, told.Exception!.GetType())
        );

        work.Runs = null;
        _time.Advance(TimeSpan.FromSeconds(10));
        await RunsAsync(work, runs + 1);
        Assert.False(runner.IsFailing);
        Assert.Equal("Background work goes on after 7 failures: working", _journal.Entries.Last().Text);
        await runner.StopAsync(Cancel);
    }

    [Fact]
    public async Task What_fails_every_other_time_does_not_fill_the_log()
    {
        var work = new Work { Every = TimeSpan.FromSeconds(1) };
        work.Runs = () =>
        {
            if (work.Count % 2 == 1)
            {
                throw new InvalidOperationException();
            }
        };
        using var runner = await StartAsync(work);
        for (var runs = 1; runs < 20; runs++)
        {
            await RunsAsync(work, runs);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            ["Background work fails and is tried again: working", "Background work goes on after 1 failures: working"],
            _journal.Entries.Select(each => each.Text)
        );
        await runner.StopAsync(Cancel);
    }

    [Fact]
    public async Task It_ends_promptly_with_the_process_and_does_what_is_left()
    {
        var work = new Work { Every = TimeSpan.FromHours(1) };
        using var runner = await StartAsync(work);
        await RunsAsync(work, 1);
        Assert.Equal(0, work.Ends);
        await runner.StopAsync(Cancel);
        Assert.True(runner.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Equal((1, 1), (work.Count, work.Ends));
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task A_run_that_the_end_of_the_process_cancels_is_no_failure()
    {
        var work = new Work { Every = TimeSpan.Zero, HangsUntilTheEnd = true };
        using var runner = await StartAsync(work);
        await RunsAsync(work, 1);
        await runner.StopAsync(Cancel);
        Assert.False(runner.IsFailing);
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task Work_that_fails_ends_no_process_and_is_named_by_its_readiness()
    {
        var work = new Work
        {
            Every = TimeSpan.FromMilliseconds(1),
            Runs = () => throw new InvalidOperationException("of no kind that anybody expects"),
        };
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton(work).AddPeriodicWork<Work>().AddPeriodicWork<Work>(),
            _ => { }
        );
        var runner = Assert.Single(app.Services.GetServices<IHostedService>().OfType<PeriodicRunner<Work>>());
        await Eventually.HoldsAsync(() => runner.IsFailing, "it fails", Cancel);
        Assert.Equal((200, "degraded", "working"), await ReadyAsync());
        Assert.False(
            app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested
        );
        work.Runs = null;
        await Eventually.HoldsAsync(() => !runner.IsFailing, "it goes on", Cancel);
        Assert.Equal((200, "healthy", ""), await ReadyAsync());

        async Task<(int, string?, string)> ReadyAsync()
        {
            using var reply = await app.GetAsync(Door.Probe, "/health/ready");
            var check = JsonElement
                .Parse(await reply.Content.ReadAsStringAsync(Cancel))
                .GetProperty("checks")
                .GetProperty("work");
            var failing = check.GetProperty("data").TryGetProperty("failing", out var names)
                ? string.Join(", ", names.EnumerateArray())
                : "";
            return ((int)reply.StatusCode, check.GetProperty("status").GetString(), failing);
        }
    }

    [Fact]
    public async Task Of_several_things_one_that_fails_keeps_no_other_from_its_turn()
    {
        List<int> done = [];
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            PeriodicWorkSetup.ForEachAsync(
                [1, 2, 3, 4],
                number =>
                {
                    done.Add(number);
                    return number is 2 or 3 ? throw new InvalidOperationException($"{number}") : Task.CompletedTask;
                },
                Cancel
            )
        );
        Assert.Equal("2", failure.Message);
        Assert.Equal([1, 2, 3, 4], done);
    }

    private async Task<PeriodicRunner<Work>> StartAsync(Work work)
    {
        using var factory = LoggerFactory.Create(logs => logs.AddProvider(_journal));
        var runner = new PeriodicRunner<Work>(work, _time, factory.CreateLogger<Work>());
        await runner.StartAsync(Cancel);
        return runner;
    }

    /// <summary>Waits until it has run so often, and waits for the next time.</summary>
    private async Task RunsAsync(Work work, int count)
    {
        await Eventually.HoldsAsync(
            () => work.Count >= count && (_time.Timers >= count || work.HangsUntilTheEnd),
            $"it runs {count} times",
            Cancel
        );
        Assert.Equal(count, work.Count);
    }

    private sealed class Time : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }

    private sealed class Work : IPeriodicWork
    {
        private int _count;

        public string Name => "working";

        public TimeSpan Every { get; set; }

        public Action? Runs { get; set; }

        public bool HangsUntilTheEnd { get; set; }

        public int Ends { get; private set; }

        public int Count => Volatile.Read(ref _count);

        public async Task<TimeSpan> RunAsync(CancellationToken stopping)
        {
            Interlocked.Increment(ref _count);
            Runs?.Invoke();
            if (HangsUntilTheEnd)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
            }
            return Every;
        }

        public Task EndAsync()
        {
            Ends++;
            return Task.CompletedTask;
        }
    }
}
