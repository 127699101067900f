using System.Collections.Concurrent;

namespace PortalServices.Testing.Processes;

/// <summary>
/// A host of the product, run as an operator runs it: its program, with settings on the command line.
/// </summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly ChildProcess _process;
    private readonly ConcurrentDictionary<string, Uri> _doors;
    private readonly LoggedTroubles _troubles;

    private HostProcess(ChildProcess process, ConcurrentDictionary<string, Uri> doors, LoggedTroubles troubles) =>
        (_process, _doors, _troubles) = (process, doors, troubles);

    /// <summary>The warnings and errors that it has logged.</summary>
    public IReadOnlyList<string> Troubles => _troubles.Lines;

    /// <summary>The program that runs .NET programs, and builds them.</summary>
    public static string Dotnet { get; } =
        Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet"
            ? own
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The process' id.</summary>
    public int Id => _process.Id;

    /// <summary>True once the process is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts a host and waits until it listens.</summary>
    /// <param name="project">The host's project folder below the root, or its program where that lies
    /// elsewhere.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Environment variables beside the test's own.</param>
    /// <param name="limits">What it may take of the machine.</param>
    public static async Task<HostProcess> StartAsync(
        string project,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        HostLimits? limits = null
    )
    {
        var doors = new ConcurrentDictionary<string, Uri>();
        var troubles = new LoggedTroubles();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = await LaunchAsync(
            project,
            arguments,
            limits is null ? environment : limits.Environment(environment),
            line =>
            {
                troubles.Take(line);
                if (line == "Ready")
                {
                    ready.TrySetResult();
                }
                else if (
                    line.Split(' ') is [var door, var address]
                    && Uri.TryCreate(address, UriKind.Absolute, out var url)
                )
                {
                    doors[door] = url;
                }
            },
            limits
        );
        var ended = process.WaitForExitAsync(TimeSpan.FromDays(1));
        if (await Task.WhenAny(ready.Task, ended, Task.Delay(Patience)) == ready.Task)
        {
            return new HostProcess(process, doors, troubles);
        }

        var tail = process.Tail();
        await process.DisposeAsync();
        throw new InvalidOperationException($"{project} did not start:\n{tail}");
    }

    /// <summary>Runs a host to its end: a command, or a start that must fail.</summary>
    public static async Task<HostRun> RunAsync(
        string project,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        HostLimits? limits = null
    )
    {
        await using var process = await LaunchAsync(project, arguments, environment, null, limits);
        var code = await process.WaitForExitAsync(Patience);
        return new HostRun(code, [.. process.Output], [.. process.Errors]);
    }

    /// <summary>The address of a door, as the host announced it.</summary>
    public Uri Door(string name) =>
        _doors.TryGetValue(name, out var url)
            ? url
            : throw new InvalidOperationException($"No door {name} was announced:\n{_process.Tail()}");

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Sends a signal.</summary>
    public void Send(Signal signal) => _process.Send(signal);

    /// <summary>SIGTERM, then waits for the end; returns the exit code.</summary>
    public Task<int> TerminateAsync()
    {
        _process.Send(Signal.Terminate);
        return _process.WaitForExitAsync(Patience);
    }

    /// <summary>Waits until it ends by itself.</summary>
    public async Task<HostRun> WaitForEndAsync() =>
        new(await _process.WaitForExitAsync(Patience), [.. _process.Output], [.. _process.Errors]);

    /// <summary>What it has written to its standard output (the last lines).</summary>
    public IReadOnlyList<string> Output => [.. _process.Output];

    /// <summary>What it has written to both streams (the last lines).</summary>
    public IEnumerable<string> Lines => [.. _process.Output, .. _process.Errors];

    /// <summary>The last lines that it wrote, for a failure's message.</summary>
    public string Tail() => _process.Tail();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Starts a host and waits for nothing: for a test that kills it while it starts.</summary>
    public static Task<ChildProcess> LaunchAsync(
        string project,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onLine = null,
        HostLimits? limits = null
    )
    {
        var program = project.EndsWith(".dll", StringComparison.Ordinal) ? project : Repository.Program(project);
        string[] command = [.. limits?.Command ?? [], Dotnet, program, .. arguments];
        // Its lines are read here as people read them.
        var all = new Dictionary<string, string>(environment ?? new Dictionary<string, string>());
        all.TryAdd("Logging__Console__FormatterName", "text");
        return ChildProcess.StartAsync(command[0], command[1..], all, onLine);
    }
}
