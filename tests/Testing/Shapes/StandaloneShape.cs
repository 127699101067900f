using System.Data.Common;
using Microsoft.Data.Sqlite;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Testing.Shapes;

/// <summary>Everything in one process, on embedded parts.</summary>
public sealed class StandaloneShape : IPortalShape
{
    /// <summary>The host's project.</summary>
    public const string Project = "services/Standalone";

    private readonly TemporaryDirectory _folder = new();
    private readonly string[] _arguments;
    private readonly int? _diskMegabytes;
    private HostLimits? _limits;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private HostProcess? _process;

    private StandaloneShape(PortalSettings settings)
    {
        var (open, operators, probe) = (Ports.Free(), Ports.Free(), Ports.Free());
        _limits = settings.Limits;
        _diskMegabytes = settings.DiskMegabytes;
        _environment = settings.Environment;
        _arguments =
        [
            "--data",
            Data,
            $"--Seeds:Directory={settings.SeedsIn(_folder)}",
            PortalSettings.Door("Public", open),
            PortalSettings.Door("Operators", operators),
            PortalSettings.Door("Probe", probe),
            .. settings.EdgeArguments(),
            .. PortalSettings.Arguments(settings.Counting),
            .. PortalSettings.Arguments(settings.OfFeedback),
        ];
        PublicDoor = new PortalClient(new Uri($"http://127.0.0.1:{open}"));
        OperatorsDoor = new PortalClient(new Uri($"http://127.0.0.1:{operators}"));
        ProbeDoor = new PortalClient(new Uri($"http://127.0.0.1:{probe}"));
    }

    /// <inheritdoc />
    public PortalClient PublicDoor { get; }

    /// <inheritdoc />
    public PortalClient OperatorsDoor { get; }

    /// <inheritdoc />
    public PortalClient ProbeDoor { get; }

    /// <inheritdoc />
    public IReadOnlyList<string> Troubles => _process?.Troubles ?? [];

    /// <summary>The folder with everything it keeps.</summary>
    public string Data => _folder.File("data");

    /// <summary>One that is not started yet, so that its folder can be filled before.</summary>
    public static StandaloneShape Prepare(PortalSettings settings) => new(settings);

    /// <summary>Starts one on an empty folder.</summary>
    public static async Task<StandaloneShape> StartNewAsync(PortalSettings settings)
    {
        var shape = new StandaloneShape(settings);
        try
        {
            await shape.StartAsync();
            return shape;
        }
        catch
        {
            await shape.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async Task StartAsync()
    {
        if (_process is null or { HasExited: true })
        {
            _process = await HostProcess.StartAsync(Project, _arguments, _environment, _limits);
        }
    }

    /// <summary>Runs a command of the host with the same settings.</summary>
    public Task<HostRun> RunCommandAsync(params string[] command) =>
        HostProcess.RunAsync(Project, [.. _arguments, .. command], _environment, _limits);

    /// <summary>A command of the host with the same settings, for <see cref="ManyStarts"/>.</summary>
    public HostStart Command(params string[] command) => HostStart.With([.. _arguments, .. command]);

    /// <summary>Starts a command, to be killed before it ends.</summary>
    public Task<ChildProcess> LaunchCommandAsync(params string[] command) =>
        HostProcess.LaunchAsync(Project, [.. _arguments, .. command], _environment);

    /// <summary>Starts it where it must fail, or end by itself.</summary>
    public Task<HostRun> RunToEndAsync() => HostProcess.RunAsync(Project, _arguments, _environment, _limits);

    /// <summary>Mounts the disk of the settings; false where the machine forbids it.</summary>
    public async Task<bool> TryMountAsync()
    {
        Directory.CreateDirectory(Data);
        if (await SmallDisk.MountAsync(Data, _diskMegabytes!.Value) is not { } disk)
        {
            return false;
        }
        _limits = (_limits ?? new HostLimits()) with { Disk = disk };
        return true;
    }

    /// <summary>The mounted disk.</summary>
    public SmallDisk Disk => _limits!.Disk!;

    /// <inheritdoc />
    public async Task<IReadOnlyList<int>> TerminateAsync() => [await _process!.TerminateAsync()];

    /// <summary>The process with the public door.</summary>
    public HostProcess Process => _process!;

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <inheritdoc />
    public async Task<ConnectionMultiplexer> ConnectToStoreAsync() =>
        await ConnectionMultiplexer.ConnectAsync(
            $"!{Path.Combine(Data, "store", "garnet.sock")},allowAdmin=true,asyncTimeout=30000"
        );

    /// <inheritdoc />
    public Task<DbConnection> ConnectToContentAsync() => ConnectAsync("content.db");

    /// <inheritdoc />
    public Task<DbConnection> ConnectToFeedbackAsync() => ConnectAsync("feedback.db");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        if (_limits?.Disk is { } disk)
        {
            await disk.DisposeAsync();
        }
        PublicDoor.Dispose();
        OperatorsDoor.Dispose();
        ProbeDoor.Dispose();
        _folder.Dispose();
    }

    private async Task<DbConnection> ConnectAsync(string file)
    {
        var connection = new SqliteConnection(
            $"Data Source={Path.Combine(Data, file)};Pooling=false;Default Timeout=30"
        );
        await connection.OpenAsync();
        return connection;
    }
}
