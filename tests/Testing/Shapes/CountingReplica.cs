using PortalServices.Testing.Compose;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Shapes;

/// <summary>One counting process, at an address that it keeps over restarts.</summary>
public sealed class CountingReplica : IAsyncDisposable
{
    /// <summary>The host's project.</summary>
    public const string Project = "services/Counting/Counting.Host";

    /// <summary>What keys the hashes of visitors and view ids, of every portal of the tests.</summary>
    public const string VisitorSecret = "a secret that only the tests know of, long enough";

    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private HostProcess? _process;

    internal CountingReplica(
        string redis,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        _environment = environment;
        var (inside, probe) = (Ports.Free(), Ports.Free());
        _arguments = [.. Arguments(redis, seeds, inside, probe), .. settings];
        Internal = new PortalClient(new Uri($"http://127.0.0.1:{inside}"), http2: true);
        Probe = new PortalClient(new Uri($"http://127.0.0.1:{probe}"));
    }

    /// <summary>A service of compose.yaml, with further settings.</summary>
    internal CountingReplica(
        ComposedSuite suite,
        string service,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        _arguments = [$"--Seeds:Directory={seeds}", .. settings];
        _environment = suite.EnvironmentOf(service, environment);
        Internal = new PortalClient(suite.Door(service, "Internal"), http2: true);
        Probe = new PortalClient(suite.Door(service, "Probe"));
    }

    /// <summary>The door that the gateway uses.</summary>
    public PortalClient Internal { get; }

    /// <summary>The door of the machines that watch it.</summary>
    public PortalClient Probe { get; }

    /// <summary>The running process' id.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>A replica on its own, not started yet.</summary>
    /// <param name="redis">The store's address.</param>
    /// <param name="seeds">A folder for the site file.</param>
    /// <param name="sites">The sites.</param>
    /// <param name="settings">Its settings.</param>
    public static CountingReplica Prepare(
        string redis,
        string seeds,
        IReadOnlyList<SiteEntry> sites,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        SiteEntry.WriteSeeds(seeds, sites);
        return new CountingReplica(
            redis,
            seeds,
            [PortalSettings.NoDrainTime, .. settings is null ? [] : PortalSettings.Arguments(settings)]
        );
    }

    /// <summary>A replica on its own, started.</summary>
    public static async Task<CountingReplica> StartNewAsync(
        string redis,
        string seeds,
        IReadOnlyList<SiteEntry> sites,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        var replica = Prepare(redis, seeds, sites, settings);
        try
        {
            await replica.StartAsync();
            return replica;
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings of a replica, as they stand on its command line.</summary>
    public static string[] Arguments(string redis, string seeds, int inside, int probe) =>
        [
            PortalSettings.Door("Internal", inside),
            PortalSettings.Door("Probe", probe),
            $"--ConnectionStrings:redis={redis}",
            $"--Seeds:Directory={seeds}",
            "--Gateway:Addresses:0=127.0.0.1/32",
            // No broker unless a test brings one.
            "--ConnectionStrings:rabbitmq=",
            $"--Counting:VisitorSecret={VisitorSecret}",
        ];

    /// <summary>The warnings and errors that it has logged since it was last started.</summary>
    public IReadOnlyList<string> Troubles => _process?.Troubles ?? [];

    /// <summary>All that it has written since it was last started.</summary>
    public IEnumerable<string> Lines => _process?.Lines ?? [];

    /// <summary>Whether it has ended since it was last started.</summary>
    public bool HasExited => _process!.HasExited;

    /// <summary>Starts it, unless it runs.</summary>
    public async Task StartAsync()
    {
        if (_process is null or { HasExited: true })
        {
            _process = await HostProcess.StartAsync(Project, _arguments, _environment);
        }
    }

    /// <summary>Runs the host to its end, with more arguments: a command, or a start that must fail.</summary>
    public Task<HostRun> RunToEndAsync(params string[] arguments) =>
        HostProcess.RunAsync(Project, [.. _arguments, .. arguments], _environment);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops the process where it is; its connections stay open.</summary>
    public void Pause() => _process!.Send(Signal.Stop);

    /// <summary>Lets a paused process go on.</summary>
    public void Resume() => _process!.Send(Signal.Continue);

    /// <summary>SIGTERM, and waits until it has drained.</summary>
    public Task<int> TerminateAsync() => _process!.TerminateAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        Internal.Dispose();
        Probe.Dispose();
    }
}
