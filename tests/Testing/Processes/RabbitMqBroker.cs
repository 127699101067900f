using System.Text.Json;

namespace PortalServices.Testing.Processes;

/// <summary>A broker that runs, whoever started it.</summary>
/// <param name="Address">The endpoint of AMQP.</param>
/// <param name="Directory">The folder with its data.</param>
/// <param name="Environment">The environment of its commands.</param>
public sealed record RabbitMqBroker(string Address, string Directory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>
    /// Names the variable with the file that says where the broker of a whole run is: one serves all of its programs.
    /// </summary>
    public const string Variable = "PORTAL_TESTS_BROKER";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    // Commands share a port for the broker's answer.
    private static readonly SemaphoreSlim OneCommand = new(1);
    private static readonly SemaphoreSlim OneBatch = new(1);

    private static readonly Lazy<Task<RabbitMqBroker>> Common = new(FindAsync);

    private readonly Queue<string> _virtualHosts = new();

    /// <summary>
    /// The one that nobody kills: the run's, or, where there is none, one of this process, which ends with it.
    /// </summary>
    public static Task<RabbitMqBroker> SharedAsync() => Common.Value;

    /// <summary>Says in a file where it is, whole or not at all.</summary>
    public async Task WriteAsync(string file)
    {
        await File.WriteAllTextAsync(file + ".new", JsonSerializer.Serialize(this));
        File.Move(file + ".new", file);
    }

    /// <summary>
    /// An empty virtual host with a name of its own in which guest may do everything; returns how to connect to it.
    /// </summary>
    public async Task<Uri> NewVirtualHostAsync()
    {
        await OneBatch.WaitAsync();
        try
        {
            if (_virtualHosts.Count == 0)
            {
                await MakeVirtualHostsAsync();
            }
            return new Uri($"amqp://guest:guest@{Address}/{_virtualHosts.Dequeue()}");
        }
        finally
        {
            OneBatch.Release();
        }
    }

    /// <summary>A command starts an Erlang machine, which takes longer than ten virtual hosts.</summary>
    private async Task MakeVirtualHostsAsync()
    {
        string[] names = [.. Enumerable.Range(0, 10).Select(_ => $"test-{Guid.NewGuid():N}")];
        await ImportAsync(
            new
            {
                vhosts = names.Select(name => new { name }),
                permissions = names.Select(vhost => new
                {
                    vhost,
                    user = "guest",
                    configure = ".*",
                    write = ".*",
                    read = ".*",
                }),
            }
        );
        foreach (var name in names)
        {
            _virtualHosts.Enqueue(name);
        }
    }

    /// <summary>
    /// Adds users, virtual hosts and permissions, or changes those that are there, all by one command
    /// (https://www.rabbitmq.com/docs/definitions).
    /// </summary>
    public async Task ImportAsync(object definitions)
    {
        var file = Path.Combine(Directory, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(definitions));
        await ControlAsync("import_definitions", file);
    }

    /// <summary>Runs a command of its operators, <c>rabbitmqctl</c>.</summary>
    public async Task ControlAsync(params string[] command)
    {
        await OneCommand.WaitAsync();
        try
        {
            await ChildProcess.RunAsync(
                Programs.RabbitMq("rabbitmqctl"),
                ["--quiet", .. command],
                Environment,
                Directory
            );
        }
        finally
        {
            OneCommand.Release();
        }
    }

    private static async Task<RabbitMqBroker> FindAsync()
    {
        if (System.Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } file)
        {
            await Eventually.HoldsAsync(
                () => File.Exists(file),
                "the broker of the run",
                CancellationToken.None,
                Patience
            );
            return JsonSerializer.Deserialize<RabbitMqBroker>(await File.ReadAllTextAsync(file))!;
        }
        var own = await RabbitMqServer.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => own.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return own.Broker;
    }
}
