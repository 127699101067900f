using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Compose;

/// <summary>
/// The hosts of compose.yaml as processes of this machine: the same variables, secrets, ports and order, but for what
/// <see cref="Substitutions"/> names.
/// </summary>
public sealed class ComposedSuite : IDisposable
{
    // A container has the runtime take three quarters of its memory; it reads the number as hexadecimal.
    private const string HeapLimit = "DOTNET_GCHeapHardLimit";

    private readonly TemporaryDirectory _folder = new();
    private readonly ConcurrentDictionary<(string Service, int Port), int> _ports = new();
    private readonly IReadOnlyList<Substitution> _substitutions;

    private ComposedSuite(string redis, string content, string feedback, Uri broker) =>
        _substitutions = Substitutions(redis, content, feedback, broker);

    /// <summary>The file.</summary>
    public ComposeFile File { get; } = ComposeFile.Read();

    /// <summary>The administrator's key that deploy/make-secrets made.</summary>
    public string AdministratorKey => System.IO.File.ReadAllText(Path.Combine(Secrets, "operator.key")).TrimEnd('\n');

    private string Secrets => _folder.File("secrets");

    /// <summary>
    /// All that differs from compose.yaml. A value that names another container and is in none of these lines is a
    /// mistake.
    /// </summary>
    private IReadOnlyList<Substitution> Substitutions(string redis, string content, string feedback, Uri broker) =>
        [
            // A door, at all addresses of a container: a free port of this machine, loopback only.
            new(
                Key("^Kestrel:Endpoints:[A-Za-z]+:Url$"),
                (service, _, value) => $"http://127.0.0.1:{PortOf(service, PortIn(value))}"
            ),
            // Another container's door, by its host name.
            new(
                Key("^ReverseProxy:Clusters:[a-z]+:Destinations:[a-z0-9]+:(Address|Health)$"),
                (_, _, value) => $"http://127.0.0.1:{PortOf(new Uri(value).Host, PortIn(value))}"
            ),
            // The gateway's address in the network of containers.
            new(Key("^Gateway:Addresses:0$"), (_, _, _) => "127.0.0.1/32"),
            // Host names, ports, users and databases of what the hosts keep their state in.
            new(Key("^ConnectionStrings:redis$"), (_, _, _) => redis),
            new(Key("^ConnectionStrings:rabbitmq$"), (_, _, _) => broker.ToString()),
            new(Key("^ConnectionStrings:content$"), (_, _, value) => AtDatabase(value, content)),
            new(Key("^ConnectionStrings:feedback$"), (_, _, value) => AtDatabase(value, feedback)),
        ];

    /// <summary>Makes the secrets as an operator does, and starts nothing.</summary>
    /// <param name="redis">The endpoint of Redis.</param>
    /// <param name="content">The connection string of content's database.</param>
    /// <param name="feedback">The connection string of feedback's database.</param>
    /// <param name="broker">The virtual host at the broker.</param>
    public static async Task<ComposedSuite> PrepareAsync(string redis, string content, string feedback, Uri broker)
    {
        var suite = new ComposedSuite(redis, content, feedback, broker);
        await using var script = await ChildProcess.StartAsync(
            Path.Combine(Repository.Root, "deploy", "make-secrets"),
            [suite.Secrets]
        );
        return await script.WaitForExitAsync(TimeSpan.FromMinutes(1)) == 0
            ? suite
            : throw new InvalidOperationException($"deploy/make-secrets failed:\n{script.Tail()}");
    }

    /// <summary>The arguments of Redis, as a server of this machine takes them.</summary>
    public static string[] RedisArguments() =>
        ComposeFile.Read().Services["redis"].Command is ["redis-server", .. var arguments]
            ? [.. arguments]
            : throw new InvalidOperationException("The command of redis does not begin with redis-server.");

    /// <summary>The services that run a project and go on running, in their order in the file.</summary>
    public IReadOnlyList<string> ReplicasOf(string project) =>
        [
            .. File
                .Lasting.Where(each => each.Value.Build is not null && each.Value.Project == project)
                .Select(e => e.Key),
        ];

    /// <summary>The address of a door of a service.</summary>
    public Uri Door(string service, string door) =>
        new(
            $"http://127.0.0.1:{PortOf(service, PortIn(File.Services[service].Settings[$"Kestrel:Endpoints:{door}:Url"]))}"
        );

    /// <summary>
    /// The environment of a service's process, and further variables; its secrets lie in files that it names.
    /// </summary>
    public Dictionary<string, string> EnvironmentOf(string service, IReadOnlyDictionary<string, string>? others = null)
    {
        var host = File.Services[service];
        var files = Path.Combine(_folder.Path, $"secrets-of-{service}");
        Directory.CreateDirectory(files);
        foreach (var secret in host.Secrets)
        {
            // make-secrets is asked for what the file names, and compose.yaml for where it lies.
            var made = Path.Combine(Secrets, Path.GetFileName(File.Secrets[secret.Source].File));
            var value = System.IO.File.ReadAllText(made).TrimEnd('\n');
            System.IO.File.WriteAllText(Path.Combine(files, secret.Target), Here(service, secret.Target, value));
        }
        var environment = host.Environment.ToDictionary(each => each.Key, each => Here(service, each.Key, each.Value));
        environment["Secrets__Directory"] = files;
        environment[HeapLimit] = (host.MemoryBytes / 4 * 3).ToString("x", CultureInfo.InvariantCulture);
        foreach (var (variable, value) in others ?? new Dictionary<string, string>())
        {
            environment[variable] = value;
        }
        return environment;
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private string Here(string service, string variable, string value)
    {
        var key = variable.Replace("__", ":", StringComparison.Ordinal);
        var fitting = _substitutions.SingleOrDefault(each => each.Setting.IsMatch(key));
        return fitting is null ? OwnValue(File, service, key, value) : fitting.Value(service, key, value);
    }

    /// <summary>A value that is the same here as in a container.</summary>
    /// <exception cref="InvalidOperationException">It names another container.</exception>
    public static string OwnValue(ComposeFile file, string service, string key, string value) =>
        file.Services.Keys.FirstOrDefault(name => Regex.IsMatch(value, $"(//|@|=|^){Regex.Escape(name)}[:;/]"))
            is { } other
            ? throw new InvalidOperationException(
                $"{service}: {key} names {other}, and no substitution is listed for it."
            )
            : value;

    private int PortOf(string service, int port) => _ports.GetOrAdd((service, port), _ => Ports.Free());

    private static int PortIn(string url) => new Uri(url.Replace("*", "any", StringComparison.Ordinal)).Port;

    private static string AtDatabase(string value, string database)
    {
        var (own, there) = (
            new DbConnectionStringBuilder { ConnectionString = value },
            new DbConnectionStringBuilder { ConnectionString = database }
        );
        foreach (string part in there.Keys)
        {
            own[part] = there[part];
        }
        return own.ConnectionString;
    }

    private static Regex Key(string pattern) => new(pattern, RegexOptions.CultureInvariant);
}
