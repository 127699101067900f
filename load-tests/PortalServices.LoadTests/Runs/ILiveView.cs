using System.Globalization;
using PortalServices.LoadTests.Measure;
using Spectre.Console;

namespace PortalServices.LoadTests.Runs;

/// <summary>What is seen while a run goes on.</summary>
internal interface ILiveView
{
    Task StartAsync(RunPlan plan);

    /// <summary>Called several times a second.</summary>
    void Show(Measurements measurements, int unknown, Series series);

    Task EndAsync();
}

/// <summary>A line every five seconds, for logs.</summary>
internal sealed class LineView(TextWriter output) : ILiveView
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private TimeSpan _last;

    public Task StartAsync(RunPlan plan) => Task.CompletedTask;

    public void Show(Measurements measurements, int unknown, Series series)
    {
        if (measurements.Elapsed - _last < Every || series.Points.Count == 0)
        {
            return;
        }
        _last = measurements.Elapsed;
        var point = series.Points[^1];
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{point.At:F0} s: {point.Answered:F0}/s, failed {point.Failed:F0}/s, in flight {point.InFlight}, unknown {unknown}, late {measurements.Late}, dropped {measurements.Dropped}, 99 % {point.P99:F1} ms"
            )
        );
    }

    public Task EndAsync() => Task.CompletedTask;
}

/// <summary>A table that is drawn anew in place, at a terminal.</summary>
internal sealed class TableView(IAnsiConsole console, TimeProvider time) : ILiveView
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Table _table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn("");
    private RunPlan? _plan;
    private LiveDisplayContext? _context;
    private Task _drawing = Task.CompletedTask;

    public Task StartAsync(RunPlan plan)
    {
        _plan = plan;
        _drawing = console
            .Live(_table)
            .StartAsync(async context =>
            {
                _context = context;
                await _over.Task;
            });
        return Task.CompletedTask;
    }

    public void Show(Measurements measurements, int unknown, Series series)
    {
        if (_context is not { } context || _plan is not { } plan)
        {
            return;
        }
        var done = Math.Clamp(measurements.Elapsed / plan.Duration, 0, 1);
        var point = series.Points.Count > 0 ? series.Points[^1] : null;
        _table.Rows.Clear();
        void Row(string name, FormattableString value) =>
            _table.AddRow(name, value.ToString(CultureInfo.InvariantCulture));
        Row("progress", $"{new string('█', (int)(done * 30)).PadRight(30, '░')} {done:P0} of {plan.Duration:c}");
        Row("ends at", $"{time.GetLocalNow() + (plan.Duration - measurements.Elapsed):T}");
        Row("succeeded", $"{measurements.Succeeded:N0} ({point?.Answered ?? 0:N0}/s)");
        Row("failed", $"{point?.Failed ?? 0:N0}/s");
        Row("in flight", $"{measurements.InFlight:N0}");
        Row("unknown", $"{unknown:N0}");
        Row("late, dropped", $"{measurements.Late:N0}, {measurements.Dropped:N0}");
        Row("latency 50 %, 99 %, max", $"{point?.P50 ?? 0:N1}, {point?.P99 ?? 0:N1}, {point?.Max ?? 0:N1} ms");
        context.Refresh();
    }

    public async Task EndAsync()
    {
        _over.TrySetResult();
        await _drawing;
    }
}
