using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Measure;
using PortalServices.LoadTests.Verify;

namespace PortalServices.LoadTests.Chaos;

/// <summary>How parts are killed.</summary>
/// <param name="Parts">The parts, one after the other, again and again.</param>
/// <param name="Every">From one kill to the next.</param>
/// <param name="Down">How long a part stays down before it is started again.</param>
internal sealed record ChaosPlan(IReadOnlyList<IPart> Parts, TimeSpan Every, TimeSpan Down);

/// <summary>
/// Kills and restarts parts while a run goes on. A part is killed when a request is in flight; one that was killed is
/// always started again, also after the run.
/// </summary>
internal sealed class ChaosRun(ChaosPlan plan, Measurements measurements, HistoryWriter? history, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly List<Fault> _faults = [];

    /// <summary>The faults so far.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>Goes on until it is stopped.</summary>
    /// <exception cref="ToolException">A part could not be killed or started.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var first = TimeSpan.FromTicks(Math.Min(plan.Every.Ticks, TimeSpan.TicksPerSecond * 2));
        for (var i = 0; await PauseAsync(i == 0 ? first : plan.Every, stopping); i++)
        {
            var part = plan.Parts[i % plan.Parts.Count];
            var waited = time.GetTimestamp();
            while (measurements.InFlight == 0 && time.GetElapsedTime(waited) < LongestWait)
            {
                await Task.Delay(Glance, time, CancellationToken.None);
            }
            var inFlight = measurements.InFlight;
            var from = measurements.Elapsed;
            history?.Fault(part.Name, down: true, inFlight);
            await part.KillAsync(CancellationToken.None);
            await PauseAsync(plan.Down, stopping);
            await part.StartAsync(CancellationToken.None);
            history?.Fault(part.Name, down: false, measurements.InFlight);
            _faults.Add(new Fault(part.Name, from.TotalSeconds, measurements.Elapsed.TotalSeconds, inFlight));
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }
}
