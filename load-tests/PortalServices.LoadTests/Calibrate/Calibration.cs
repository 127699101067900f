using System.Globalization;
using System.Text.Json;
using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Runs;
using PortalServices.LoadTests.Sending;
using PortalServices.Testing.Processes;
using Spectre.Console;

namespace PortalServices.LoadTests.Calibrate;

/// <summary>What the generator itself can do on this machine.</summary>
internal sealed record CalibrationResult
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;
    public required int Cores { get; init; }

    /// <summary>Answers a second in a closed loop, with the endpoint on the same machine.</summary>
    public required double ClosedLoopRate { get; init; }

    /// <summary>Its processor time for each request there, microseconds.</summary>
    public required double ClosedLoopMicroseconds { get; init; }
    public required IReadOnlyList<CalibrationStep> Steps { get; init; }

    /// <summary>The highest rate at which at most one request in a hundred was late; 0 when there is none.</summary>
    public required double HighestRate { get; init; }
}

/// <summary>One rate of an open loop.</summary>
/// <param name="Rate">Requests a second that were wanted.</param>
/// <param name="Reached">Successes a second.</param>
/// <param name="LatePercent">Of a hundred requests those that began more than 10 ms late.</param>
/// <param name="LatenessP99">99 % began within so many milliseconds.</param>
/// <param name="LatencyP99">99 % were answered within so many milliseconds.</param>
/// <param name="Microseconds">Processor time of the generator for each request.</param>
internal sealed record CalibrationStep(
    double Rate,
    double Reached,
    double LatePercent,
    double LatenessP99,
    double LatencyP99,
    double Microseconds
);

/// <summary>Measures the generator against an endpoint that does nothing.</summary>
internal sealed class Calibration(TimeProvider time)
{
    private const double MaxLatePercent = 1;
    private static readonly double[] Parts = [0.1, 0.25, 0.5, 0.75, 0.9];

    public async Task<CalibrationResult> RunAsync(TimeSpan duration, int connections, CancellationToken stopping)
    {
        var port = Ports.Free();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var endpoint = await ChildProcess.StartAsync(
            HostProcess.Dotnet,
            [typeof(Calibration).Assembly.Location, "no-op", port.ToString(CultureInfo.InvariantCulture)],
            onLine: line =>
            {
                if (line == NoOpEndpoint.Ready)
                {
                    ready.TrySetResult();
                }
            }
        );
        var ended = endpoint.WaitForExitAsync(TimeSpan.FromHours(24));
        if (await Task.WhenAny(ready.Task, ended) == ended)
        {
            throw new ToolException(ErrorCode.SuiteFailed, $"the endpoint did not start: {endpoint.Tail()}");
        }
        var plan = new RunPlan
        {
            Scenario = "views",
            Targets = [new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/"))],
            Sites = ["loadtest"],
            ReadSites = [],
            Duration = duration,
            Clients = connections,
            Limits = new SendingLimits(connections, 100_000, TimeSpan.FromSeconds(10)),
            Repeats = 0,
        };
        var silent = new LineView(TextWriter.Null);
        // Once for the compiler of the runtime.
        await new Run(plan with { Duration = duration / 2 }, silent, time).RunAsync(stopping, stopping);
        var closed = await new Run(plan, silent, time).RunAsync(stopping, stopping);
        List<CalibrationStep> steps = [];
        foreach (var rate in Parts.Select(part => Math.Max(100, Math.Round(closed.Rate * part / 100) * 100)))
        {
            if (stopping.IsCancellationRequested)
            {
                break;
            }
            var open = await new Run(
                plan with
                {
                    Schedule = ArrivalSchedule.Constant(rate, duration),
                },
                silent,
                time
            ).RunAsync(stopping, stopping);
            steps.Add(
                new CalibrationStep(
                    rate,
                    open.Rate,
                    open.Requests == 0 ? 100 : 100.0 * open.Late / open.Requests,
                    open.Lateness.P99,
                    open.Latency.P99,
                    open.GeneratorMicroseconds
                )
            );
        }
        return new CalibrationResult
        {
            Cores = Environment.ProcessorCount,
            ClosedLoopRate = closed.Rate,
            ClosedLoopMicroseconds = closed.GeneratorMicroseconds,
            Steps = steps,
            HighestRate = steps
                .Where(step => step.LatePercent <= MaxLatePercent)
                .Select(step => step.Rate)
                .DefaultIfEmpty(0)
                .Max(),
        };
    }

    /// <summary>Reads what an earlier calibration wrote.</summary>
    public static CalibrationResult Read(string path)
    {
        try
        {
            var result = JsonSerializer.Deserialize<CalibrationResult>(File.ReadAllText(path), RunReport.Json);
            return result is { Version: CalibrationResult.CurrentVersion }
                ? result
                : throw new ToolException(ErrorCode.ReportUnreadable, $"{path} is of another version.");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ErrorCode.ReportUnreadable, $"{path}: {failure.Message}");
        }
    }

    /// <summary>For people at a terminal.</summary>
    public static void Write(CalibrationResult result, IAnsiConsole console)
    {
        string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
        var table = new Table().Border(TableBorder.Simple);
        foreach (
            var column in (string[])
                ["rate", "reached", "late %", "99 % begun within, ms", "99 % answered within, ms", "µs a request"]
        )
        {
            table.AddColumn(column, cell => cell.RightAligned());
        }
        foreach (var step in result.Steps)
        {
            table.AddRow(
                Number(step.Rate, "N0"),
                Number(step.Reached, "N0"),
                Number(step.LatePercent, "F2"),
                Number(step.LatenessP99, "F1"),
                Number(step.LatencyP99, "F1"),
                Number(step.Microseconds, "F1")
            );
        }
        console.Write(table);
        var line = console.Profile.Out.Writer;
        line.WriteLine(
            FormattableString.Invariant(
                $"closed loop: {result.ClosedLoopRate:N0} answers a second of an endpoint that does nothing, on {result.Cores} cores that both share; {result.ClosedLoopMicroseconds:F1} µs of the generator a request"
            )
        );
        line.WriteLine(
            FormattableString.Invariant($"good for an open loop up to {result.HighestRate:N0} requests a second here")
        );
    }
}
