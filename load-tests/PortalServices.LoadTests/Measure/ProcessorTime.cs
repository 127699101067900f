using System.Globalization;
using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Measure;

/// <summary>
/// Processor time of processes of this machine, as /proc tells it, with all that they started; those that were killed
/// and started again are followed. What a process used between the last sample and its end is missing.
/// </summary>
internal sealed class ProcessorTime(Func<IReadOnlyDictionary<string, int>> processes)
{
    // The kernel shows ticks of 10 ms on every architecture.
    private const double TickMicroseconds = 10_000;

    // Fields of /proc/PID/stat behind the name, which may itself hold blanks.
    private const int User = 11,
        System = 12;

    private readonly Dictionary<int, long> _before = [];
    private readonly Dictionary<string, long> _used = [];

    /// <summary>Microseconds of each part since the first sample.</summary>
    public IReadOnlyDictionary<string, double> Used =>
        _used.ToDictionary(part => part.Key, part => part.Value * TickMicroseconds);

    /// <summary>Looks at all of them now.</summary>
    public void Sample()
    {
        var isFirst = _used.Count == 0;
        foreach (var (part, root) in processes())
        {
            _used.TryAdd(part, 0);
            foreach (var process in ProcessTree.Below(root).Prepend(root))
            {
                if (TicksOf(process) is not { } ticks)
                {
                    continue;
                }
                if (!_before.TryGetValue(process, out var before))
                {
                    before = isFirst ? ticks : 0;
                }
                _used[part] += Math.Max(0, ticks - before);
                _before[process] = ticks;
            }
        }
    }

    /// <summary>This process' own so far, in microseconds.</summary>
    public static double OfGenerator => Environment.CpuUsage.TotalTime.TotalMicroseconds;

    private static long? TicksOf(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[User], CultureInfo.InvariantCulture)
                + long.Parse(fields[System], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
