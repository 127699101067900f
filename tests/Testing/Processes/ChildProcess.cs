using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PortalServices.Testing.Processes;

/// <summary>A process that ends with the test that started it, also when the test process is killed.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 400;
    private static readonly bool CanTieToParent = Programs.IsInPath("setpriv");
    private static readonly BlockingCollection<Action> Starts = StartingThread();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ChildProcess(ProcessStartInfo start, Action<string>? onLine, Action<string>? onError)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data, onLine);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data, onError);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to standard output (the last lines).</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>What it wrote to standard error (the last lines).</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>True once the process is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The process' id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    public static async Task<ChildProcess> StartAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onLine = null,
        string? directory = null,
        Action<string>? onError = null
    )
    {
        var start = new ProcessStartInfo
        {
            FileName = CanTieToParent ? Programs.InPath("setpriv") : program,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var argument in CanTieToParent ? ["--pdeathsig", "KILL", program, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(new ChildProcess(start, onLine, onError));
            }
#pragma warning disable CA1031 // Whatever it was, it belongs to the caller and must not end the starting thread.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                started.SetException(failure);
            }
        });
        return await started.Task;
    }

    /// <summary>Runs a program to its end; anything but success is an error that says what the program said.</summary>
    public static async Task RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null
    )
    {
        await using var process = await StartAsync(program, arguments, environment, directory: directory);
        if (await process.WaitForExitAsync(TimeSpan.FromMinutes(1)) is not 0 and var code)
        {
            throw new InvalidOperationException($"{program} ended with {code}:\n{process.Tail()}");
        }
    }

    /// <summary>SIGKILL, and gone when this returns.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGKILL of the process and of all that it started, and all gone when this returns.</summary>
    public async Task KillTreeAsync()
    {
        var below = await StopTreeAsync();
        Send(Signal.Kill);
        Send(Signal.Kill, below);
        await _process.WaitForExitAsync();
        await Eventually.HoldsAsync(
            () => !below.Any(ProcessTree.Runs),
            $"the end of what {Id} started",
            CancellationToken.None
        );
    }

    /// <summary>Stops the process and all that it started where they are; returns the ids of the latter.</summary>
    public async Task<IReadOnlyList<int>> StopTreeAsync()
    {
        if (_process.HasExited)
        {
            return [];
        }
        // Once it stands still itself it starts no more while they are looked up.
        Send(Signal.Stop);
        await Eventually.HoldsAsync(
            () => !ProcessTree.Moves(Id),
            $"process {Id} standing still",
            CancellationToken.None
        );
        var below = ProcessTree.Below(Id);
        Send(Signal.Stop, below);
        return below;
    }

    /// <summary>Lets a stopped process and all that it started go on.</summary>
    public void ContinueTree()
    {
        Send(Signal.Continue, ProcessTree.Below(Id));
        Send(Signal.Continue);
    }

    /// <summary>Sends a signal.</summary>
    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, (int)signal);
        }
    }

    /// <summary>Waits for the end, at most as long as given, and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"{_process.StartInfo.ArgumentList.Last()} still runs after {atMost}.\n{Tail()}"
            );
        }
        return _process.ExitCode;
    }

    /// <summary>The last lines of both streams, for a failure's message.</summary>
    public string Tail() => string.Join('\n', [.. _output.TakeLast(20), .. _errors.TakeLast(20)]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Send(Signal signal, IEnumerable<int> processes)
    {
        foreach (var process in processes)
        {
            _ = Kill(process, (int)signal);
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }
        lines.Enqueue(line);
        if (lines.Count > KeptLines)
        {
            lines.TryDequeue(out _);
        }
        onLine?.Invoke(line);
    }

    /// <summary>
    /// The kernel ties a child to the thread that started it, not to the process: a thread of the pool that retires
    /// would take the child along. So one thread starts them all and lives as long as the process.
    /// </summary>
    private static BlockingCollection<Action> StartingThread()
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        {
            IsBackground = true,
            Name = "starts processes",
        }.Start();
        return starts;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
