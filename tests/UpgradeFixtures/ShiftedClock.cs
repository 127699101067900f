using System.Globalization;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.UpgradeFixtures;

/// <summary>
/// The environment of processes that are to live on other days. It is read at each start: a process changes its day by
/// a restart.
/// </summary>
internal sealed class ShiftedClock : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    private ShiftedClock() { }

    /// <summary>The variables.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>Builds what moves a clock; it needs a C compiler.</summary>
    public static async Task<ShiftedClock> BuildAsync()
    {
        var clock = new ShiftedClock();
        var library = clock._folder.File("clock.so");
        await ChildProcess.RunAsync(
            "cc",
            [
                "-shared",
                "-fPIC",
                "-O2",
                "-o",
                library,
                Path.Combine(Repository.Root, "tests", "UpgradeFixtures", "clock.c"),
            ]
        );
        clock._environment["LD_PRELOAD"] = library;
        return clock;
    }

    /// <summary>From the next start on, it is so many days from now.</summary>
    public void Set(int days) =>
        _environment["CLOCK_SHIFT_SECONDS"] = (days * 86_400).ToString(CultureInfo.InvariantCulture);

    /// <summary>Sets another variable.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    public void Dispose() => _folder.Dispose();
}
