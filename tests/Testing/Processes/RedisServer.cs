using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace PortalServices.Testing.Processes;

/// <summary>A private redis-server with an append-only file, on loopback, in a folder of its own.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryDirectory? _owned;
    private readonly string _directory;
    private readonly string[] _arguments;
    private readonly int _port;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private ChildProcess? _process;

    private RedisServer(
        string? directory,
        int port,
        string fsync,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        _environment = environment;
        _owned = directory is null ? new TemporaryDirectory() : null;
        _directory = directory ?? _owned!.Path;
        _port = port;
        _arguments =
        [
            "--port",
            port.ToString(CultureInfo.InvariantCulture),
            "--bind",
            "127.0.0.1",
            "--dir",
            _directory,
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            fsync,
            "--hash-max-listpack-entries",
            "32",
            .. arguments,
        ];
    }

    /// <summary>The endpoint, as a connection string of StackExchange.Redis.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>The running process' id.</summary>
    public int Id => Running.Id;

    /// <summary>Whether the process runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The folder with the append-only files.</summary>
    public string AppendOnlyDirectory => Path.Combine(_directory, "appendonlydir");

    /// <summary>The append-only files, in the order in which they are loaded.</summary>
    public IReadOnlyList<string> AppendOnlyFiles =>
        [
            .. Directory.GetFiles(AppendOnlyDirectory, "*.base.*").Order(),
            .. Directory.GetFiles(AppendOnlyDirectory, "*.incr.aof").Order(),
        ];

    /// <summary>Starts a server; its data are deleted with it.</summary>
    public static async Task<RedisServer> StartAsync(string fsync = "always", params string[] arguments)
    {
        var server = Prepare(fsync, arguments);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A server that is not started yet: its address refuses connections.</summary>
    public static RedisServer Prepare(string fsync = "always", params string[] arguments) =>
        new(null, Ports.Free(), fsync, arguments);

    /// <summary>A server on a folder that somebody else fills and deletes.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="port">The port.</param>
    /// <param name="environment">Environment variables; read at each start.</param>
    public static RedisServer On(string directory, int port, IReadOnlyDictionary<string, string>? environment = null) =>
        new(directory, port, "always", [], environment);

    /// <summary>Starts on the same data and port, and returns when the data are loaded.</summary>
    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _process = await ChildProcess.StartAsync(
            Programs.InPath("redis-server", "PORTAL_TESTS_REDIS"),
            _arguments,
            _environment,
            line =>
            {
                if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            }
        );
        var ended = _process.WaitForExitAsync(TimeSpan.FromDays(1));
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(Patience) == ended)
        {
            throw new InvalidOperationException($"redis-server did not start:\n{_process.Tail()}");
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => Running.KillAsync();

    /// <summary>SIGKILL, then a start on the same data and port.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Stops the process where it is; its connections stay open.</summary>
    public void Pause() => Running.Send(Signal.Stop);

    /// <summary>Lets a paused process go on.</summary>
    public void Resume() => Running.Send(Signal.Continue);

    /// <summary>How often each command ran, those inside scripts included.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CommandStatsAsync()
    {
        await using var connection = await ConnectAsync();
        var reply = await connection.GetServer(IPEndPoint.Parse(Address)).InfoAsync("commandstats");
        return reply
            .SelectMany(section => section)
            .ToDictionary(
                line => line.Key["cmdstat_".Length..],
                line => long.Parse(line.Value.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture)
            );
    }

    /// <summary>FLUSHALL: everything is gone, and the process is the same.</summary>
    public async Task FlushAsync()
    {
        await using var connection = await ConnectAsync();
        await connection.GetServer(IPEndPoint.Parse(Address)).FlushAllDatabasesAsync();
    }

    /// <summary>A connection of the test's own.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(
            Address + ",allowAdmin=true,connectTimeout=10000,syncTimeout=30000,asyncTimeout=30000"
        );

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _owned?.Dispose();
    }

    private ChildProcess Running => _process ?? throw new InvalidOperationException("The server was never started.");
}
