using Microsoft.AspNetCore.Http;
using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Chaos;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Sending;
using PortalServices.LoadTests.Tests.Fakes;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Tests.Runs;

public sealed class RunTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Waiting_for_a_slow_target_is_part_of_the_latency()
    {
        await using var portal = await FakePortal.StartAsync();
        portal.Before = async (_, _) =>
        {
            await Task.Delay(50);
            return null;
        };
        // One connection, and twenty answers a second at the most: the last of a hundred begins when ninety-nine have
        // taken 50 ms each, though its own answer takes no longer.
        var plan = Plans.Views(_folder, portal.Door) with
        {
            History = null,
            Repeats = 0,
            Schedule = ArrivalSchedule.Constant(100, TimeSpan.FromSeconds(1)),
            Limits = new SendingLimits(1, 10_000, TimeSpan.FromSeconds(20)),
        };
        var report = await plan.RunAsync();
        Assert.Equal((100L, 100L), (report.Requests, report.Succeeded));
        Assert.True(report.Latency.Max >= 99 * 50 - 1_000, $"{report.Latency.Max} ms");
        Assert.True(report.Latency.P50 >= 49 * 50 - 1_000, $"{report.Latency.P50} ms");
    }

    [Fact]
    public async Task What_finds_no_room_is_dropped_and_said_so()
    {
        await using var portal = await FakePortal.StartAsync();
        portal.Before = async (_, _) =>
        {
            await Task.Delay(50);
            return null;
        };
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Limits = new SendingLimits(1, 10, TimeSpan.FromSeconds(20)),
        };
        var report = await plan.RunAsync();
        Assert.Equal(400, report.Requests);
        Assert.True(report.Dropped > 300, $"{report.Dropped} dropped");
        Assert.Contains(report.Warnings, warning => warning.Contains("were dropped", StringComparison.Ordinal));
        // What was never sent does not count, and the check knows.
        Assert.Equal(ExitCode.Valid, report.ExitCode);
        Assert.Equal(report.Dropped, report.Verification!.NotTaken);
        Assert.Equal(portal.Counted, report.Verification.Counted);
    }

    [Fact]
    public async Task A_closed_loop_has_as_many_requests_in_flight_as_clients()
    {
        await using var portal = await FakePortal.StartAsync();
        var (now, most) = (0, 0);
        portal.Before = async (_, _) =>
        {
            var under = Interlocked.Increment(ref now);
            for (var seen = most; under > seen; seen = most)
            {
                Interlocked.CompareExchange(ref most, under, seen);
            }
            await Task.Delay(20);
            Interlocked.Decrement(ref now);
            return null;
        };
        var plan = Plans.Views(_folder, portal.Door) with { Schedule = null, Clients = 7, Repeats = 0 };
        var report = await plan.RunAsync();
        Assert.Equal(ExitCode.Valid, report.ExitCode);
        Assert.Equal(7, most);
        Assert.Contains(report.Warnings, warning => warning.Contains("closed loop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_target_that_only_fails_is_no_success()
    {
        await using var portal = await FakePortal.StartAsync();
        portal.Before = (_, _) => Task.FromResult<IResult?>(Results.StatusCode(500));
        var report = await (Plans.Views(_folder, portal.Door) with { History = null }).RunAsync();
        Assert.Equal((ExitCode.Unknown, 0L, 400L), (report.ExitCode, report.Succeeded, report.Outcomes["serverError"]));
    }

    [Fact]
    public async Task A_target_that_hangs_is_given_up_and_the_view_sent_again()
    {
        await using var portal = await FakePortal.StartAsync();
        var hung = 0;
        portal.Before = async (sent, context) =>
        {
            if (sent.Sequence == 60 && Interlocked.Increment(ref hung) == 1)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            return null;
        };
        var plan = Plans.Views(_folder, portal.Door);
        var report = await (plan with { Limits = plan.Limits with { Timeout = TimeSpan.FromSeconds(5) } }).RunAsync();
        Assert.Equal((ExitCode.Valid, 1L), (report.ExitCode, report.Outcomes["timedOut"]));
        Assert.Equal(400, report.Verification!.Acknowledged);
    }

    [Fact]
    public async Task A_run_that_is_stopped_reports_what_it_did()
    {
        await using var portal = await FakePortal.StartAsync();
        using var stopping = new CancellationTokenSource();
        portal.After = sent =>
        {
            if (sent.Sequence == 100)
            {
                stopping.Cancel();
            }
            return null;
        };
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Duration = TimeSpan.FromMinutes(1),
            Schedule = ArrivalSchedule.Constant(400, TimeSpan.FromMinutes(1)),
        };
        var report = await plan.RunUntilAsync(stopping.Token);
        Assert.True(report.WasInterrupted);
        Assert.InRange(report.Requests, 101, 23_999);
        Assert.Equal((ExitCode.Valid, report.Requests), (report.ExitCode, report.Verification!.Sent));
    }

    [Fact]
    public async Task A_threshold_that_is_missed_has_its_exit_code()
    {
        await using var portal = await FakePortal.StartAsync();
        Assert.True(Threshold.TryParse("rate>1000000", out var rate));
        Assert.True(Threshold.TryParse("errors<1%", out var errors));
        var report = await (Plans.Views(_folder, portal.Door) with { Thresholds = [rate!, errors!] }).RunAsync();
        Assert.Equal([false, true], report.Thresholds.Select(threshold => threshold.IsMet));
        // A generator that was late says nothing of the target.
        Assert.Contains(report.ExitCode, (int[])[ExitCode.ThresholdMissed, ExitCode.Unknown]);
        Assert.Equal(report.ExitCode == ExitCode.Unknown, report.Late > 4);
    }

    [Fact]
    public async Task A_fault_that_hits_nothing_decides_nothing()
    {
        await using var portal = await FakePortal.StartAsync();
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Chaos = new ChaosPlan([new Part()], TimeSpan.FromHours(1), TimeSpan.Zero),
        };
        var report = await plan.RunAsync();
        Assert.Equal(ExitCode.Unknown, report.ExitCode);
        Assert.Contains("no fault hit a request in flight", report.Verification!.Undecided);
    }

    [Fact]
    public async Task A_part_is_killed_under_a_request_and_started_again()
    {
        await using var portal = await FakePortal.StartAsync();
        var part = new Part();
        portal.Before = async (_, _) =>
        {
            await Task.Delay(20);
            return part.IsDown ? Results.StatusCode(503) : null;
        };
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Chaos = new ChaosPlan([part], TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(100)),
        };
        var report = await plan.RunAsync();
        Assert.Equal((ExitCode.Valid, false), (report.ExitCode, part.IsDown));
        Assert.Contains(report.Faults, fault => fault is { Part: "part", InFlight: > 0, To: not null });
    }

    [Fact]
    public async Task A_part_that_does_not_come_up_ends_the_run()
    {
        await using var portal = await FakePortal.StartAsync();
        var part = CommandPart.Parse("redis=true=>echo no such file >&2; exit 7");
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Duration = TimeSpan.FromMinutes(1),
            Schedule = ArrivalSchedule.Constant(100, TimeSpan.FromMinutes(1)),
            Chaos = new ChaosPlan([part!], TimeSpan.FromMilliseconds(200), TimeSpan.Zero),
        };
        var report = await plan.RunAsync();
        Assert.Equal(ExitCode.ToolFailed, report.ExitCode);
        Assert.StartsWith("fault_failed: redis: ", report.Failure, StringComparison.Ordinal);
        Assert.Contains("no such file", report.Failure, StringComparison.Ordinal);
        Assert.True(report.Requests < 3_000);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Part : IPart
    {
        public string Name => "part";

        public bool IsDown { get; private set; }

        public Task KillAsync(CancellationToken cancel)
        {
            IsDown = true;
            return Task.CompletedTask;
        }

        public Task StartAsync(CancellationToken cancel)
        {
            IsDown = false;
            return Task.CompletedTask;
        }
    }
}
