using System.Globalization;

namespace PortalServices.Testing.Processes;

/// <summary>
/// What /proc says of processes. A zombie counts as gone: where nobody reaps orphans it stays for ever, and holds
/// nothing.
/// </summary>
public static class ProcessTree
{
    /// <summary>The ids of all processes that this one started, and that those started, and so on.</summary>
    public static IReadOnlyList<int> Below(int process)
    {
        var byParent = All().ToLookup(one => one.Parent, one => one.Id);
        var below = new List<int>(byParent[process]);
        for (var next = 0; next < below.Count; next++)
        {
            below.AddRange(byParent[below[next]]);
        }
        return below;
    }

    /// <summary>The ids of the processes with this text on their command line.</summary>
    public static IReadOnlyList<int> Naming(string text) =>
        [
            .. All()
                .Where(one =>
                    one.State is not ('Z' or 'X')
                    && Read($"/proc/{one.Id}/cmdline").Contains(text, StringComparison.Ordinal)
                )
                .Select(one => one.Id),
        ];

    /// <summary>True while the process is there.</summary>
    public static bool Runs(int process) => Of(process) is { State: not ('Z' or 'X') };

    /// <summary>True while the process is there and was not stopped.</summary>
    public static bool Moves(int process) => Of(process) is { State: not ('Z' or 'X' or 'T') };

    private static IEnumerable<(int Id, char State, int Parent)> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder =>
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Of(id) : null
            )
            .OfType<(int, char, int)>();

    private static (int Id, char State, int Parent)? Of(int process)
    {
        // "id (name) state parent …", and a name may hold anything.
        var line = Read($"/proc/{process}/stat");
        return
            line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                is [var state, var parent, ..]
            ? (process, state[0], int.Parse(parent, CultureInfo.InvariantCulture))
            : null;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
