using System.Globalization;

namespace PortalServices.ViewRate;

/// <summary>Processor time used so far, in ticks of the kernel's clock, as /proc tells it.</summary>
internal static class ProcessorTime
{
    /// <summary>A tick, as the kernel shows it to programs on every architecture.</summary>
    public const double TickMicroseconds = 10_000;

    // Fields of /proc/PID/stat behind the name, which may itself hold blanks.
    private const int User = 11;
    private const int System = 12;
    private const int ChildrensUser = 13;
    private const int ChildrensSystem = 14;

    /// <summary>Of a process and of its children that have ended, such as a rewrite of Redis' file.</summary>
    public static long Of(int process)
    {
        var fields = Stat($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
        return fields[User] + fields[System] + fields[ChildrensUser] + fields[ChildrensSystem];
    }

    /// <summary>Of the children of this process that have ended.</summary>
    public static long OfEndedChildren()
    {
        var fields = Stat("/proc/self/stat");
        return fields[ChildrensUser] + fields[ChildrensSystem];
    }

    /// <summary>Of everything that runs on this machine, and what the machine's host kept from it.</summary>
    public static (long Busy, long Stolen) OfMachine()
    {
        // user, nice, system, idle, iowait, irq, softirq, steal
        var times = Array.ConvertAll(
            File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9],
            Number
        );
        return (times[0] + times[1] + times[2] + times[5] + times[6], times[7]);
    }

    private static long[] Stat(string file)
    {
        var text = File.ReadAllText(file);
        // The first field behind the name is a letter, and of no use here.
        return [0, .. text[(text.LastIndexOf(')') + 4)..].Split(' ').Take(ChildrensSystem).Select(Number)];
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
