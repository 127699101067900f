using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.Testing.Processes;

/// <summary>
/// A private RabbitMQ on loopback, in a folder of its own. It takes seconds to start: one serves many tests, each with
/// a virtual host.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = Ports.Free();
    private readonly int _names = Ports.Free();
    private readonly Dictionary<string, string> _environment;
    private ChildProcess? _nameServer;
    private ChildProcess? _process;

    private RabbitMqServer()
    {
        var (distribution, command) = (Number(Ports.Free()), Number(Ports.Free()));
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = _folder.Path,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = Number(_names),
            ["RABBITMQ_NODENAME"] = "portal@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Number(_port),
            ["RABBITMQ_DIST_PORT"] = distribution,
            ["RABBITMQ_CTL_DIST_PORT_MIN"] = command,
            ["RABBITMQ_CTL_DIST_PORT_MAX"] = command,
            ["RABBITMQ_CONF_ENV_FILE"] = _folder.File("env.conf"),
            ["RABBITMQ_CONFIG_FILE"] = _folder.File("rabbitmq.conf"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = _folder.File("generated"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder.File("enabled_plugins"),
            ["RABBITMQ_MNESIA_BASE"] = _folder.File("data"),
            ["RABBITMQ_LOG_BASE"] = _folder.File("log"),
            ["RABBITMQ_LOGS"] = "-",
            // The script then becomes the broker instead of waiting for it: what is tied to the test and killed is the
            // broker itself.
            ["RUNNING_UNDER_SYSTEMD"] = "true",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
            ["RABBITMQ_CTL_ERL_ARGS"] = "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
        };
        File.WriteAllText(_folder.File("env.conf"), "");
        File.WriteAllText(_folder.File("enabled_plugins"), "[].\n");
        File.WriteAllText(
            _folder.File("rabbitmq.conf"),
            "vm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 50MB\n"
        );
        Broker = new(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"), _folder.Path, _environment);
    }

    /// <summary>The folder with the data.</summary>
    public string Directory => _folder.Path;

    /// <summary>How to work with it, also from another process.</summary>
    public RabbitMqBroker Broker { get; }

    /// <summary>The broker's process.</summary>
    public int Id => Running.Id;

    /// <summary>The process of Erlang's name server, which outlives a kill of the broker.</summary>
    public int NameServerId => _nameServer?.Id ?? throw new InvalidOperationException("The broker was never started.");

    /// <summary>Starts an empty broker; its data are deleted with it.</summary>
    public static async Task<RabbitMqServer> StartAsync()
    {
        var server = new RabbitMqServer();
        try
        {
            await server.StartNameServerAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL of the broker and its helpers.</summary>
    public Task KillAsync() => Running.KillTreeAsync();

    /// <summary>Starts on the same data and ports, and returns when clients are let in.</summary>
    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_process is not null)
        {
            await KillAsync();
            await _process.DisposeAsync();
        }
        _process = await ChildProcess.StartAsync(
            Programs.RabbitMq("rabbitmq-server"),
            [],
            _environment,
            directory: _folder.Path,
            onLine: line =>
            {
                if (line.Contains("Server startup complete", StringComparison.Ordinal))
                {
                    ready.TrySetResult();
                }
            }
        );
        var ended = _process.WaitForExitAsync(TimeSpan.FromDays(1));
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(Patience) == ended)
        {
            throw new InvalidOperationException($"RabbitMQ did not start:\n{_process.Tail()}");
        }
    }

    /// <summary>SIGKILL, then a start on the same data and ports.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Stops the broker where it is; its connections stay open.</summary>
    public void Pause() => Running.Send(Signal.Stop);

    /// <summary>Lets a paused broker go on.</summary>
    public void Resume() => Running.Send(Signal.Continue);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
            await _process.DisposeAsync();
        }
        if (_nameServer is not null)
        {
            await _nameServer.DisposeAsync();
        }
        _folder.Dispose();
    }

    private ChildProcess Running => _process ?? throw new InvalidOperationException("The broker was never started.");

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The broker would start Erlang's name server itself, as a daemon that outlives everything; one that is there
    /// already is used.
    /// </summary>
    private async Task StartNameServerAsync()
    {
        _nameServer = await ChildProcess.StartAsync(
            Programs.InPath("epmd"),
            ["-address", "127.0.0.1", "-port", Number(_names)],
            directory: _folder.Path
        );
        await Eventually.HoldsAsync(
            async () =>
            {
                if (_nameServer.HasExited)
                {
                    throw new InvalidOperationException($"epmd did not start:\n{_nameServer.Tail()}");
                }
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await probe.ConnectAsync(IPAddress.Loopback, _names);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            "epmd listening",
            CancellationToken.None
        );
    }
}
