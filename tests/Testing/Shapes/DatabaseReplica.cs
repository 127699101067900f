using PortalServices.Testing.Compose;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Shapes;

/// <summary>One process of a service with a database, at an address that it keeps over restarts.</summary>
public abstract class DatabaseReplica : IAsyncDisposable
{
    private readonly string _project;
    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private HostProcess? _process;

    private protected DatabaseReplica(
        string project,
        string database,
        Uri broker,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        (_project, _environment) = (project, environment);
        var (inside, probe) = (Ports.Free(), Ports.Free());
        _arguments =
        [
            PortalSettings.Door("Internal", inside),
            PortalSettings.Door("Probe", probe),
            database,
            $"--ConnectionStrings:rabbitmq={broker}",
            $"--Seeds:Directory={seeds}",
            "--Gateway:Addresses:0=127.0.0.1/32",
            .. settings,
        ];
        Internal = new PortalClient(new Uri($"http://127.0.0.1:{inside}"), http2: true);
        Probe = new PortalClient(new Uri($"http://127.0.0.1:{probe}"));
    }

    private protected DatabaseReplica(
        string project,
        ComposedSuite suite,
        string service,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        _project = project;
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

    /// <summary>The warnings and errors that it has logged since it was last started.</summary>
    public IReadOnlyList<string> Troubles => _process?.Troubles ?? [];

    /// <summary>Starts it, unless it runs, and waits for its tables.</summary>
    public async Task StartAsync()
    {
        if (_process is null or { HasExited: true })
        {
            _process = await HostProcess.StartAsync(_project, _arguments, _environment);
        }
        await Eventually.HoldsAsync(
            async () => (int)(await Probe.GetAsync("/health/ready", CancellationToken.None)).Status == 200,
            "its tables are there",
            CancellationToken.None
        );
    }

    /// <summary>Runs the host to its end, with more arguments.</summary>
    public Task<HostRun> RunToEndAsync(params string[] arguments) =>
        HostProcess.RunAsync(_project, [.. _arguments, .. arguments], _environment);

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

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
        GC.SuppressFinalize(this);
    }
}

/// <summary>A content process.</summary>
public sealed class ContentReplica : DatabaseReplica
{
    /// <summary>The host's project.</summary>
    public const string Project = "services/Content/Content.Host";

    internal ContentReplica(
        string database,
        Uri broker,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment = null
    )
        : base(Project, $"--ConnectionStrings:content={database}", broker, seeds, settings, environment) { }

    /// <summary>A service of compose.yaml, with further settings.</summary>
    internal ContentReplica(
        ComposedSuite suite,
        string service,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment
    )
        : base(Project, suite, service, seeds, settings, environment) { }
}

/// <summary>A feedback process.</summary>
public sealed class FeedbackReplica : DatabaseReplica
{
    /// <summary>The host's project.</summary>
    public const string Project = "services/Feedback/Feedback.Host";

    internal FeedbackReplica(
        string database,
        Uri broker,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment = null
    )
        : base(Project, $"--ConnectionStrings:feedback={database}", broker, seeds, settings, environment) { }

    /// <summary>A service of compose.yaml, with further settings.</summary>
    internal FeedbackReplica(
        ComposedSuite suite,
        string service,
        string seeds,
        IEnumerable<string> settings,
        IReadOnlyDictionary<string, string>? environment
    )
        : base(Project, suite, service, seeds, settings, environment) { }
}
