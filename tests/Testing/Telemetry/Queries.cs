using System.Text.Json;
using System.Text.RegularExpressions;

namespace PortalServices.Testing.Telemetry;

/// <summary>What the shipped rules and dashboards ask Prometheus for.</summary>
public static partial class Queries
{
    private static readonly HashSet<string> Operators = new(StringComparer.Ordinal) { "and", "or", "unless", "bool" };

    /// <summary>Every expression, by where it stands.</summary>
    public static IReadOnlyList<(string Where, string Expression)> All =>
        [
            .. Directory
                .GetFiles(PrometheusServer.Shipped, "*.yml")
                .Where(file => !file.EndsWith(".test.yml", StringComparison.Ordinal))
                .SelectMany(file =>
                    Expression()
                        .Matches(File.ReadAllText(file))
                        .Select(match => (Path.GetFileName(file), match.Groups["query"].Value.Trim('\'')))
                ),
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "deploy/grafana/dashboards"), "*.json")
                .SelectMany(file =>
                    Panels(JsonDocument.Parse(File.ReadAllText(file)).RootElement)
                        .Select(panel => ($"{Path.GetFileName(file)}: {panel.Title}", panel.Query))
                ),
        ];

    /// <summary>The selectors of an expression.</summary>
    public static IReadOnlyList<string> SelectorsOf(string expression) =>
        [
            .. Selector()
                .Matches(Grouping().Replace(expression, " "))
                .Select(match => match.Value)
                .Where(name => !Operators.Contains(name)),
        ];

    private static IEnumerable<(string Title, string Query)> Panels(JsonElement dashboard) =>
        from panel in dashboard.GetProperty("panels").EnumerateArray()
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        select (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!);

    [GeneratedRegex(@"^\s+expr: (?<query>.+)$", RegexOptions.Multiline)]
    private static partial Regex Expression();

    // Names of labels, ranges, and numbers are no selectors.
    [GeneratedRegex(@"\b(by|without|on|ignoring) ?\([^)]*\)|\[[^\]]*\]|(?<![\w:""])[0-9][\w.]*")]
    private static partial Regex Grouping();

    // A name that is not called as a function.
    [GeneratedRegex(@"[a-zA-Z_:][\w:]*(\{[^}]*\})?(?![\w:]| *\()")]
    private static partial Regex Selector();
}
