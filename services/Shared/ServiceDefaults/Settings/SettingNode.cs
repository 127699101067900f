namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// A setting or a section as the sources hold it: every value with its source, the one that wins last, and the parts
/// below.
/// </summary>
internal sealed class SettingNode
{
    // Functions that a shell exports, which may have any name.
    private const string ShellFunction = "BASH_FUNC_";

    private readonly List<(SettingSource Source, string? Value)> _values = [];
    private readonly SortedDictionary<string, SettingNode> _parts = new(StringComparer.OrdinalIgnoreCase);

    private SettingNode(string path) => Path = path;

    /// <summary>The whole key, such as <c>Edge:TrustedProxies:0</c>.</summary>
    public string Path { get; }

    public string Key => ConfigurationPath.GetSectionKey(Path) ?? "";

    public IReadOnlyCollection<SettingNode> Parts => _parts.Values;

    /// <summary>The value that wins; null where none is set, and where it is set to null.</summary>
    public string? Value => _values.Count > 0 ? _values[^1].Value : null;

    /// <summary>Whether a value stands here that says something, whatever source wins.</summary>
    public bool HasText => _values.Any(each => !string.IsNullOrEmpty(each.Value));

    public IEnumerable<SettingSource> Sources =>
        _values.Select(each => each.Source).Concat(Parts.SelectMany(part => part.Sources));

    /// <summary>Reads all settings, or one section.</summary>
    public static SettingNode Read(IConfiguration configuration, string? section = null)
    {
        var node = new SettingNode(section ?? "");
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            node.Add(provider, SettingSource.Of(provider));
        }
        return node;
    }

    /// <summary>A line about this setting, with the sources that hold it.</summary>
    public string Mistake(string text, Func<SettingSource, bool>? among = null)
    {
        var sources = Sources
            .Where(among ?? (_ => true))
            .Select(source => source.Name)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var key = Path.Length > 0 ? Path : "''";
        return sources.Count == 0 ? $"{key}: {text}" : $"{key}: {text} (from {string.Join(" and ", sources)})";
    }

    /// <summary>A line about the value that wins.</summary>
    public string MistakeOfValue(string text) => Mistake(text, source => source == _values[^1].Source);

    /// <summary>The key as it was written where there is only one below this node; else this node.</summary>
    public SettingNode Narrowed() => _values.Count == 0 && _parts.Count == 1 ? _parts.Values.First().Narrowed() : this;

    private void Add(IConfigurationProvider provider, SettingSource source)
    {
        if (Path.Length > 0 && Holds(source) && provider.TryGet(Path, out var value))
        {
            _values.Add((source, value));
        }
        foreach (var key in Keys(provider, Path.Length > 0 ? Path : null))
        {
            var path = Path.Length > 0 ? ConfigurationPath.Combine(Path, key) : key;
            if (
                Path.Length == 0
                && !source.IsOwn
                && (key.StartsWith(ShellFunction, StringComparison.Ordinal) || !Keys(provider, path).Any())
            )
            {
                continue;
            }
            if (!_parts.TryGetValue(key, out var part))
            {
                _parts.Add(key, part = new SettingNode(path));
            }
            // A key that begins with a colon has no section: nothing below it can be asked for.
            if (path.Length > 0)
            {
                part.Add(provider, source);
            }
        }
    }

    // MAIL, say, is a name that belongs to the machine, though there is a section Mail.
    private bool Holds(SettingSource source) =>
        source.IsOwn || Path.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);

    private static IEnumerable<string> Keys(IConfigurationProvider provider, string? path) =>
        path is "" ? [] : provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase);
}
