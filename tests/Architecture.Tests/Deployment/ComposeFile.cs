using System.Text.RegularExpressions;
using PortalServices.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>compose.yaml, as far as the tests look at it.</summary>
internal sealed partial class ComposeFile
{
    public Dictionary<string, ComposeService> Services { get; init; } = [];

    public Dictionary<string, ComposeNetwork> Networks { get; init; } = [];

    public Dictionary<string, object?> Volumes { get; init; } = [];

    /// <summary>The services that are hosts of the product.</summary>
    [YamlIgnore]
    public IEnumerable<KeyValuePair<string, ComposeService>> Hosts =>
        Services.Where(service => service.Value.Build is not null);

    /// <summary>Those that go on running.</summary>
    [YamlIgnore]
    public IEnumerable<KeyValuePair<string, ComposeService>> Lasting =>
        Services.Where(service => service.Value.Restart != "no");

    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "compose.yaml"));

    public static ComposeFile Read()
    {
        // First as it stands, with all that is named for later; then without names.
        var whole = new DeserializerBuilder()
            .Build()
            .Deserialize<object>(new MergingParser(new Parser(new StringReader(Text))));
        var plain = new SerializerBuilder().DisableAliases().Build().Serialize(whole);
        return new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .IgnoreUnmatchedProperties()
            .Build()
            .Deserialize<ComposeFile>(plain);
    }

    /// <summary>The variables that the file asks for.</summary>
    public static IEnumerable<string> Variables() =>
        Variable().Matches(Text).Select(match => match.Groups[1].Value).Distinct();

    /// <summary>A value with every variable filled in.</summary>
    public static string Filled(string value, string with) => Variable().Replace(value, with);

    [GeneratedRegex(@"\$\{?([A-Za-z_0-9]+)(?::\?[^}]*)?\}?")]
    private static partial Regex Variable();
}

/// <summary>A service of compose.yaml.</summary>
internal sealed class ComposeService
{
    public string Image { get; init; } = "";

    public ComposeBuild? Build { get; init; }

    public Dictionary<string, string> Environment { get; init; } = [];

    public List<string> Command { get; init; } = [];

    public string Restart { get; init; } = "";

    public string MemLimit { get; init; } = "";

    public bool ReadOnly { get; init; }

    public ComposeHealth? Healthcheck { get; init; }

    public ComposeLogging? Logging { get; init; }

    public Dictionary<string, ComposeDependency> DependsOn { get; init; } = [];

    public List<string> Volumes { get; init; } = [];

    public List<string> Ports { get; init; } = [];

    public object? Networks { get; init; }

    /// <summary>Settings as the host reads them, by their keys with colons.</summary>
    [YamlIgnore]
    public IReadOnlyDictionary<string, string> Settings =>
        Environment.ToDictionary(each => each.Key.Replace("__", ":", StringComparison.Ordinal), each => each.Value);

    /// <summary>The host's project.</summary>
    [YamlIgnore]
    public string Project => Build!.Args["PROJECT"];
}

internal sealed class ComposeBuild
{
    public string Context { get; init; } = "";

    public string Dockerfile { get; init; } = "";

    public Dictionary<string, string> Args { get; init; } = [];
}

internal sealed class ComposeHealth
{
    public List<string> Test { get; init; } = [];

    public bool Disable { get; init; }
}

internal sealed class ComposeLogging
{
    public Dictionary<string, string> Options { get; init; } = [];
}

internal sealed class ComposeDependency
{
    public string Condition { get; init; } = "";
}

internal sealed class ComposeNetwork
{
    public ComposeAddresses? Ipam { get; init; }
}

internal sealed class ComposeAddresses
{
    public List<Dictionary<string, string>> Config { get; init; } = [];
}
