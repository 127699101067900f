using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace PortalServices.Testing.Processes;

/// <summary>
/// A private PostgreSQL on loopback, in a folder of its own. One serves many tests: each class takes a database.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = Ports.Free();
    private readonly string[] _arguments;
    private ChildProcess? _process;
    private int _databases;

    private PostgresServer(string[] settings)
    {
        Directory = _folder.File("data");
        string[] all =
        [
            string.Create(CultureInfo.InvariantCulture, $"port={_port}"),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // What other processes map lies in the folder, not in /dev/shm, where a killed server would leave it.
            "dynamic_shared_memory_type=mmap",
            "shared_buffers=16MB",
            "max_connections=100",
            // When the test process is killed, a statement under way would otherwise run on to its end.
            "client_connection_check_interval=500ms",
            // A start after a kill syncs every file of every database, which takes seconds one by one.
            "recovery_init_sync_method=syncfs",
            .. settings,
        ];
        _arguments = ["-D", Directory, .. all.SelectMany(setting => (string[])["-c", setting])];
    }

    /// <summary>The folder with the data.</summary>
    public string Directory { get; }

    /// <summary>The running server's first process.</summary>
    public int Id => Running.Id;

    /// <summary>Starts an empty server; its data are deleted with it.</summary>
    /// <param name="settings">More settings, as <c>name=value</c>: the last one counts. Commits are synced to disk
    /// unless one says otherwise.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var server = new PostgresServer(settings);
        try
        {
            await Unprivileged.GiveAsync(server._folder.Path);
            await Unprivileged.RunAsync(
                Programs.Postgres("initdb"),
                [
                    "-D",
                    server.Directory,
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ],
                server._folder.Path
            );
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How Npgsql connects to a database.</summary>
    public string ConnectionString(string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database}"
        );

    /// <summary>Makes a database with a name of its own; returns its connection string.</summary>
    /// <param name="template">The name of a database that it is a copy of, and that nobody is connected to; by default
    /// it is empty.</param>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        // Nobody can be connected to template0, which would refuse the copy.
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>
    /// SIGKILL of all its processes. The first one alone would leave those that serve a connection until their
    /// statement ends, and a start refuses the data as long as one of them is there.
    /// </summary>
    public Task KillAsync() => Running.KillTreeAsync();

    /// <summary>Starts on the same data and port, and returns when the data are recovered.</summary>
    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_process is not null)
        {
            await KillAsync();
            await _process.DisposeAsync();
        }
        _process = await Unprivileged.StartAsync(
            Programs.Postgres("postgres"),
            _arguments,
            _folder.Path,
            onError: line =>
            {
                if (line.Contains("database system is ready to accept connections", StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            }
        );
        var ended = _process.WaitForExitAsync(TimeSpan.FromDays(1));
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(Patience) == ended)
        {
            throw new InvalidOperationException($"PostgreSQL did not start:\n{_process.Tail()}");
        }
    }

    /// <summary>SIGKILL, then a start on the same data and port.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Stops all its processes where they are; connections stay open.</summary>
    public Task PauseAsync() => Running.StopTreeAsync();

    /// <summary>Lets a paused server go on.</summary>
    public void Resume() => Running.ContinueTree();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
            await _process.DisposeAsync();
            RemoveSharedMemory();
        }
        _folder.Dispose();
    }

    private ChildProcess Running => _process ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>
    /// A killed server leaves a small segment of shared memory for the next start to find; the seventh line of its file
    /// names it.
    /// </summary>
    private void RemoveSharedMemory()
    {
        const int Remove = 0;
        var file = Path.Combine(Directory, "postmaster.pid");
        if (
            File.Exists(file)
            && File.ReadLines(file).ElementAtOrDefault(6)?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                is [_, var segment]
        )
        {
            _ = ControlSharedMemory(int.Parse(segment, CultureInfo.InvariantCulture), Remove, 0);
        }
    }

    [DllImport("libc", EntryPoint = "shmctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ControlSharedMemory(int segment, int command, nint nothing);
}
