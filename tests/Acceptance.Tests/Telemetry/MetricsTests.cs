using System.Globalization;
using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Telemetry;

/// <summary>
/// What running portals export: of the product's own metrics only those that are approved, with the labels and values
/// that are; nothing that whoever asks can make up.
/// </summary>
[Usually(Shape.Services)]
public sealed partial class MetricsTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Every_series_has_approved_labels_and_values(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var site = portal.NewSite();
        // Names, codes and addresses that a client makes up, at every place where something is counted.
        for (var i = 0; i < 20; i++)
        {
            var madeUp = Guid.NewGuid().ToString("N");
            await portal.Public.ViewAsync(site, new ViewCall($"/{madeUp}") { View = madeUp }, Cancel);
            await portal.Public.ViewAsync(site, new ViewCall(null), Cancel);
            await portal.Public.ViewAsync(site, new ViewCall("/a") { View = "?" + madeUp }, Cancel);
            await portal.Public.ViewAsync($"s-{i}", new ViewCall("/a"), Cancel);
            await portal.Public.GetAsync($"/{madeUp}", Cancel);
            await portal.Public.GetAsync($"/api/sites/{site}/articles/{madeUp}", Cancel);
            await portal.Shape.OperatorsDoor.GetAsync(
                $"/api/operator/sites/{site}/audit",
                Cancel,
                ("Authorization", $"Bearer {madeUp}")
            );
        }

        var approved = Approved();
        foreach (var door in Doors(portal.Shape))
        {
            var page = await door.GetAsync("/metrics", Cancel);
            Assert.True((int)page.Status == 200, page.ToString());
            var series = Series(page.Body).ToList();
            Assert.NotEmpty(series);
            foreach (
                var (name, labels) in series.Where(each => each.Name.StartsWith("portal_", StringComparison.Ordinal))
            )
            {
                Assert.True(
                    approved.TryGetValue(name, out var known)
                        && labels.All(label =>
                            known.TryGetValue(label.Name, out var values) && values.Contains(label.Value)
                        ),
                    $"{name} {string.Join(", ", labels)}"
                );
            }
            // Those of libraries neither.
            Assert.All(
                series.GroupBy(each => each.Name),
                alike =>
                {
                    // The buckets of a histogram are the same for all.
                    var sets = alike.Select(each => string.Join(' ', each.Labels)).Distinct().Count();
                    Assert.True(sets < 300, $"{alike.Key}: {sets} sets of labels");
                }
            );
        }
    }

    [Theory, EveryShape]
    public async Task Views_are_counted_by_what_becomes_of_them(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var (site, before) = (portal.NewSite(), await ViewsAsync("counted"));
        for (var i = 0; i < 3; i++)
        {
            var reply = await portal.Public.ViewAsync(site, new ViewCall("/a"), Cancel);
            Assert.True((int)reply.Status == 200, reply.ToString());
        }
        await Eventually.HoldsAsync(async () => await ViewsAsync("counted") >= before + 3, "three more views", Cancel);

        async Task<double> ViewsAsync(string outcome)
        {
            var total = 0.0;
            foreach (var door in Doors(portal.Shape))
            {
                var page = (await door.GetAsync("/metrics", Cancel)).Body;
                total += page.Split('\n')
                    .Where(line =>
                        line.StartsWith($"portal_counting_views_total{{outcome=\"{outcome}\"", StringComparison.Ordinal)
                    )
                    .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            }
            return total;
        }
    }

    [Theory, EveryShape]
    public async Task Only_the_probe_door_shows_them(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        foreach (var door in new[] { portal.Public, portal.Shape.OperatorsDoor })
        {
            var reply = await door.GetAsync("/metrics", Cancel);
            Assert.DoesNotContain("http_server_request_duration", reply.Body, StringComparison.Ordinal);
            Assert.NotEqual(200, (int)reply.Status);
        }
        if (portal.Shape is ServicesShape services)
        {
            Assert.NotEqual(200, (int)(await services.Replicas[0].Internal.GetAsync("/metrics", Cancel)).Status);
        }
    }

    private static IEnumerable<PortalClient> Doors(IPortalShape shape) =>
        shape is ServicesShape services
            ?
            [
                services.ProbeDoor,
                .. services.Replicas.Select(replica => replica.Probe),
                .. services.Content.Select(replica => replica.Probe),
                .. services.Feedback.Select(replica => replica.Probe),
            ]
            : [shape.ProbeDoor];

    private static IEnumerable<(string Name, List<(string Name, string Value)> Labels)> Series(string page) =>
        page.Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => Line().Match(line))
            .Select(match =>
                (
                    match.Groups["name"].Value,
                    Label()
                        .Matches(match.Groups["labels"].Value)
                        .Select(label => (label.Groups[1].Value, label.Groups[2].Value))
                        .Where(label => label.Item1 != "le")
                        .ToList()
                )
            );

    /// <summary>The approved metrics by the names that they have on the page.</summary>
    private static Dictionary<string, Dictionary<string, HashSet<string>>> Approved()
    {
        var approved = new Dictionary<string, Dictionary<string, HashSet<string>>>(StringComparer.Ordinal);
        Dictionary<string, HashSet<string>> labels = [];
        foreach (
            var line in File.ReadLines(Path.Combine(Repository.Root, "tests/Architecture.Tests/Metrics/metrics.txt"))
                .Where(line => !line.StartsWith('#'))
        )
        {
            if (line.StartsWith(' '))
            {
                var (name, values) = line.Trim().Split(':', 2) is [var first, var rest] ? (first, rest) : ("", "");
                labels[name] = [.. values.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
                continue;
            }
            var words = line.Split(' ');
            labels = new(StringComparer.Ordinal);
            foreach (var name in NamesOf(words[0].Replace('.', '_'), words[1], words[2]))
            {
                approved[name] = labels;
            }
        }
        return approved;
    }

    private static IEnumerable<string> NamesOf(string name, string kind, string unit)
    {
        name += unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return kind switch
        {
            "Counter" => [$"{name}_total"],
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? """)]
    private static partial Regex Line();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="([^"]*)",?""")]
    private static partial Regex Label();
}
