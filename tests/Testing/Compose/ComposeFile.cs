using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace PortalServices.Testing.Compose;

/// <summary>compose.yaml, as far as the tests look at it.</summary>
public sealed class ComposeFile
{
    /// <summary>Its services by name.</summary>
    public Dictionary<string, ComposeService> Services { get; init; } = [];

    /// <summary>Its networks by name.</summary>
    public Dictionary<string, ComposeNetwork> Networks { get; init; } = [];

    /// <summary>Its named volumes.</summary>
    public Dictionary<string, object?> Volumes { get; init; } = [];

    /// <summary>Its secrets by name.</summary>
    public Dictionary<string, ComposeSecret> Secrets { get; init; } = [];

    /// <summary>The services that are hosts of the product.</summary>
    [YamlIgnore]
    public IEnumerable<KeyValuePair<string, ComposeService>> Hosts =>
        Services.Where(service => service.Value.Build is not null);

    /// <summary>Those that go on running.</summary>
    [YamlIgnore]
    public IEnumerable<KeyValuePair<string, ComposeService>> Lasting =>
        Services.Where(service => service.Value.Restart != "no");

    /// <summary>The file as it stands.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "compose.yaml"));

    /// <summary>Reads it, with every anchor and merge resolved.</summary>
    public static ComposeFile Read() => Read(Text);

    /// <summary>Reads another text as such a file.</summary>
    public static ComposeFile Read(string text)
    {
        // First as it stands, with all that is named for later; then without names.
        var whole = new DeserializerBuilder()
            .Build()
            .Deserialize<object>(new MergingParser(new Parser(new StringReader(text))));
        var plain = new SerializerBuilder().DisableAliases().Build().Serialize(whole);
        return new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithTypeConverter(new ComposeMountConverter())
            .IgnoreUnmatchedProperties()
            .Build()
            .Deserialize<ComposeFile>(plain);
    }

    /// <summary>
    /// The hosts in the order of their dependencies: those of one group wait for nothing but the groups before.
    /// </summary>
    /// <exception cref="InvalidOperationException">Some depend on each other.</exception>
    public IReadOnlyList<IReadOnlyList<string>> StartOrder()
    {
        var groups = new List<IReadOnlyList<string>>();
        var left = Services.Keys.ToHashSet();
        while (left.Count > 0)
        {
            string[] next = [.. left.Where(name => !Services[name].DependsOn.Keys.Any(left.Contains))];
            if (next.Length == 0)
            {
                throw new InvalidOperationException($"They depend on each other: {string.Join(", ", left)}.");
            }
            left.ExceptWith(next);
            groups.Add([.. next.Where(name => Services[name].Build is not null)]);
        }
        return [.. groups.Where(group => group.Count > 0)];
    }
}

/// <summary>A service of compose.yaml.</summary>
public sealed class ComposeService
{
    /// <summary>Its image.</summary>
    public string Image { get; init; } = "";

    /// <summary>What the image is built of, for a host of the product.</summary>
    public ComposeBuild? Build { get; init; }

    /// <summary>Its variables.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>Its arguments.</summary>
    public List<string> Command { get; init; } = [];

    /// <summary>When it is started again.</summary>
    public string Restart { get; init; } = "";

    /// <summary>Its memory, such as <c>512m</c>.</summary>
    public string MemLimit { get; init; } = "";

    /// <summary>Whether its files cannot be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Its health check.</summary>
    public ComposeHealth? Healthcheck { get; init; }

    /// <summary>Where its log goes.</summary>
    public ComposeLogging? Logging { get; init; }

    /// <summary>What is started before it.</summary>
    public Dictionary<string, ComposeDependency> DependsOn { get; init; } = [];

    /// <summary>Its volumes, in the short form.</summary>
    public List<string> Volumes { get; init; } = [];

    /// <summary>The ports of the machine that lead to it.</summary>
    public List<string> Ports { get; init; } = [];

    /// <summary>The secrets that it is given.</summary>
    public List<ComposeMount> Secrets { get; init; } = [];

    /// <summary>Its networks.</summary>
    public object? Networks { get; init; }

    /// <summary>Settings as the host reads them, by their keys with colons; those of secrets have no value.</summary>
    [YamlIgnore]
    public IReadOnlyDictionary<string, string> Settings =>
        Environment
            .Concat(Secrets.Select(secret => KeyValuePair.Create(secret.Target, "")))
            .ToDictionary(each => each.Key.Replace("__", ":", StringComparison.Ordinal), each => each.Value);

    /// <summary>The host's project.</summary>
    [YamlIgnore]
    public string Project => Build!.Args["PROJECT"];

    /// <summary>Its memory in bytes.</summary>
    [YamlIgnore]
    public long MemoryBytes =>
        long.Parse(MemLimit[..^1], System.Globalization.CultureInfo.InvariantCulture)
        * (
            MemLimit[^1] switch
            {
                'm' => 1L << 20,
                'g' => 1L << 30,
                _ => throw new FormatException(MemLimit),
            }
        );
}

/// <summary>What an image is built of.</summary>
public sealed class ComposeBuild
{
    /// <summary>The folder that the build sees.</summary>
    public string Context { get; init; } = "";

    /// <summary>The file that says how.</summary>
    public string Dockerfile { get; init; } = "";

    /// <summary>Its arguments.</summary>
    public Dictionary<string, string> Args { get; init; } = [];
}

/// <summary>A health check.</summary>
public sealed class ComposeHealth
{
    /// <summary>The command.</summary>
    public List<string> Test { get; init; } = [];

    /// <summary>Whether there is none.</summary>
    public bool Disable { get; init; }
}

/// <summary>Where a log goes.</summary>
public sealed class ComposeLogging
{
    /// <summary>Its bounds.</summary>
    public Dictionary<string, string> Options { get; init; } = [];
}

/// <summary>What is waited for.</summary>
public sealed class ComposeDependency
{
    /// <summary>Until when.</summary>
    public string Condition { get; init; } = "";
}

/// <summary>A network.</summary>
public sealed class ComposeNetwork
{
    /// <summary>Its addresses.</summary>
    public ComposeAddresses? Ipam { get; init; }
}

/// <summary>The addresses of a network.</summary>
public sealed class ComposeAddresses
{
    /// <summary>Its ranges.</summary>
    public List<Dictionary<string, string>> Config { get; init; } = [];
}

/// <summary>A secret.</summary>
public sealed class ComposeSecret
{
    /// <summary>The file that holds it.</summary>
    public string File { get; init; } = "";
}
