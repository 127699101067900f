using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Chaos;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Measure;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Scenarios;
using PortalServices.LoadTests.Sending;
using PortalServices.LoadTests.Verify;

namespace PortalServices.LoadTests.Runs;

/// <summary>One run: send, resolve what is unknown, check, report.</summary>
internal sealed class Run(RunPlan plan, ILiveView view, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly string _name = ViewId.NewRun();
    private ToolException? _failure;

    /// <summary>Runs it.</summary>
    /// <param name="stopping">Ends the sending.</param>
    /// <param name="givingUp">Ends the check, too.</param>
    /// <exception cref="ToolException">It could not begin.</exception>
    public async Task<RunReport> RunAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        var expected = plan.Schedule?.Count ?? (long)(plan.Duration.TotalSeconds * 20_000);
        var views = ViewPlan.For(
            _name,
            plan.Sites,
            plan.SharedPages,
            expected,
            plan.PageCap,
            plan.Visitors,
            plan.Repeats
        );
        var scenario = ScenarioList.Make(plan.Scenario, views, plan.ReadSites, time);
        if (plan.History is not null && scenario.Views is null)
        {
            throw new ToolException(
                ErrorCode.InvalidOption,
                $"'{plan.Scenario}' sends no views that could be verified."
            );
        }
        await Preflight.CheckAsync(plan, scenario, stopping);

        var (startedAt, started) = (time.GetUtcNow(), time.GetTimestamp());
        using var history = plan.History is { } path
            ? HistoryWriter.Create(path, new HistoryHeader(_name, startedAt, plan.Targets, plan.Sites), time, started)
            : null;
        var measurements = new Measurements([.. scenario.Kinds.Select(kind => kind.Name)], time, started, plan.WarmUp);
        using var generator = new Generator(scenario, plan.Targets, plan.Limits, history, measurements, time);
        var series = new Series(measurements, plan.Duration);
        var processors = new ProcessorTime(plan.Processes);
        var chaos = plan.Chaos is { } faults ? new ChaosRun(faults, measurements, history, time) : null;

        processors.Sample();
        var before = ProcessorTime.OfGenerator;
        using var sent = new CancellationTokenSource();
        using var drained = new CancellationTokenSource();
        var keeping = generator.KeepAsync(plan.Verifier.ResolveFor, sent.Token, givingUp);
        var watching = WatchAsync(measurements, series, processors, generator, drained.Token);
        var (requests, seconds, succeeded) = await SendAsync(generator, chaos, started, stopping);
        await sent.CancelAsync();
        await keeping;
        await drained.CancelAsync();
        await watching;
        processors.Sample();
        var used = ProcessorTime.OfGenerator - before;
        _failure ??= generator.Failure;
        if (history is not null && generator.Failure is null)
        {
            history.End();
        }
        history?.Dispose();

        var verification = plan.History is null ? null : await VerifyAsync(plan.History, givingUp);
        var attempts = Math.Max(1, measurements.Ended);
        var report = new RunReport
        {
            Run = _name,
            Started = startedAt,
            Scenario = plan.Scenario,
            Targets = [.. plan.Targets.Select(target => target.AbsoluteUri)],
            Sites = plan.Sites,
            Arrivals =
                plan.Schedule?.Description ?? FormattableString.Invariant($"closed loop, {plan.Clients} clients"),
            WantedRate = plan.Schedule is null ? 0 : plan.Schedule.Count / plan.Duration.TotalSeconds,
            WantedSeconds = plan.Duration.TotalSeconds,
            WarmUpSeconds = plan.WarmUp.TotalSeconds,
            Seconds = seconds,
            WasInterrupted = stopping.IsCancellationRequested || generator.Failure is not null,
            Requests = requests,
            Succeeded = measurements.Succeeded,
            Dropped = measurements.Dropped,
            Late = measurements.Late,
            Repeats = measurements.Repeats,
            Rate = succeeded / Math.Max(0.001, seconds),
            Outcomes = measurements.ByOutcome.ToDictionary(each => Name(each.Key), each => each.Value),
            Latency = measurements.All.Total,
            LatencyByKind = measurements.ByKind,
            UntilAcknowledged = measurements.UntilAcknowledged.Total,
            Lateness = measurements.Lateness.Total,
            GeneratorMicroseconds = used / attempts,
            SuiteMicroseconds = processors.Used.ToDictionary(part => part.Key, part => part.Value / attempts),
            Series = series.Points,
            Faults = verification?.Faults ?? chaos?.Faults ?? [],
            Thresholds = [],
            Warnings = [],
            Verification = verification,
            Failure = _failure is null ? null : $"{_failure.Code}: {_failure.Message}",
            History = plan.History,
            ExitCode = 0,
        };
        return Conclusion.Of(report, plan);
    }

    private async Task<(long Requests, double Seconds, long Succeeded)> SendAsync(
        Generator generator,
        ChaosRun? chaos,
        long started,
        CancellationToken stopping
    )
    {
        using var over = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var breaking = BreakAsync();
        var requests =
            plan.Driver is { } driver ? await driver.RunAsync(generator, plan, time, either.Token)
            : plan.Schedule is { } schedule ? await OpenLoop.RunAsync(generator, schedule, time, started, either.Token)
            : await ClosedLoop.RunAsync(generator, plan.Clients, plan.Duration, time, started, either.Token);
        var (seconds, succeeded) = (time.GetElapsedTime(started).TotalSeconds, generator.Measurements.Succeeded);
        await over.CancelAsync();
        await breaking;
        return (requests, seconds, succeeded);

        async Task BreakAsync()
        {
            try
            {
                await (chaos?.RunAsync(over.Token) ?? Task.CompletedTask);
            }
            catch (ToolException failure)
            {
                // A suite that does not come up again is nothing to send to.
                _failure = failure;
                await either.CancelAsync();
            }
        }
    }

    private async Task WatchAsync(
        Measurements measurements,
        Series series,
        ProcessorTime processors,
        Generator generator,
        CancellationToken stopping
    )
    {
        using var timer = new PeriodicTimer(Tick, time);
        var last = measurements.Elapsed;
        await view.StartAsync(plan);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                if (measurements.Elapsed - last >= series.Interval)
                {
                    last = measurements.Elapsed;
                    series.Take();
                    processors.Sample();
                }
                view.Show(measurements, generator.Unknown, series);
            }
        }
        catch (OperationCanceledException)
        {
            series.Take();
        }
        await view.EndAsync();
    }

    private async Task<Verification?> VerifyAsync(string path, CancellationToken givingUp)
    {
        try
        {
            return await new Verifier(plan.Verifier, time).VerifyAsync(
                path,
                plan.Targets,
                resolves: _failure is not { Code: ErrorCode.HistoryUnwritable },
                plan.Ledger,
                needsFaults: plan.Chaos is not null,
                givingUp
            );
        }
        catch (ToolException failure)
        {
            _failure ??= failure;
            return null;
        }
        catch (OperationCanceledException)
        {
            _failure ??= new ToolException(ErrorCode.HistoryUnreadable, $"the check of {path} was given up");
            return null;
        }
    }

    private static string Name(Outcome outcome) =>
        char.ToLowerInvariant(outcome.ToString()[0]) + outcome.ToString()[1..];
}
