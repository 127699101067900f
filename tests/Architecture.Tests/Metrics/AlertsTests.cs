using System.Text.RegularExpressions;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Telemetry;

namespace PortalServices.Architecture.Tests.Metrics;

/// <summary>The shipped rules and dashboards: right, tested and explained.</summary>
public sealed partial class AlertsTests
{
    private static readonly string[] Alerts =
    [
        .. Alert()
            .Matches(File.ReadAllText(Path.Combine(PrometheusServer.Shipped, "alerts.yml")))
            .Select(match => match.Groups["name"].Value),
    ];

    [Fact]
    public Task Configuration_and_rules_are_right() =>
        ChildProcess.RunAsync(
            Programs.InPath("promtool"),
            ["check", "config", Path.Combine(PrometheusServer.Shipped, "prometheus.yml")]
        );

    [Fact]
    public async Task Each_alert_fires_and_recovers()
    {
        var tests = Path.Combine(PrometheusServer.Shipped, "alerts.test.yml");
        await ChildProcess.RunAsync(Programs.InPath("promtool"), ["test", "rules", tests]);
        var text = File.ReadAllText(tests);
        // Silent before the fault and after it, and fired in between.
        var tested = Tested()
            .Matches(text)
            .Select(match => match.Groups["name"].Value)
            .CountBy(name => name)
            .ToDictionary();
        Assert.Equal(Alerts.Order(), tested.Keys.Order());
        Assert.All(
            Alerts,
            alert =>
            {
                Assert.Equal(2 * tested[alert], Silent(alert).Count(text));
                Assert.InRange(Fired(alert).Count(text), tested[alert], int.MaxValue);
            }
        );
    }

    [Fact]
    public void Each_alert_has_its_line_for_operators()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md"));
        Assert.Equal(Alerts.Order(), Line().Matches(text).Select(match => match.Groups["name"].Value).Order());
    }

    [Fact]
    public void Each_panel_asks_a_question() =>
        Assert.All(
            Queries.All.Where(each => each.Where.Contains(".json", StringComparison.Ordinal)),
            each => Assert.EndsWith("?", each.Where, StringComparison.Ordinal)
        );

    [Fact]
    public void Selectors_are_what_an_expression_reads() =>
        Assert.Equal(
            ["portal_a_total{outcome=~\"b|c\"}", "portal:d:rate5m", "portal_e_bucket"],
            Queries.SelectorsOf(
                "sum by (job, le) (rate(portal_a_total{outcome=~\"b|c\"}[5m])) / 2 > 0.05 or portal:d:rate5m - time() > 1e3 and histogram_quantile(0.5, sum by (le)(portal_e_bucket))"
            )
        );

    private static Regex Silent(string alert) =>
        new($@"- \{{ eval_time: \w+, alertname: {alert} \}}", RegexOptions.CultureInvariant);

    private static Regex Fired(string alert) =>
        new($@"alertname: {alert}\s+exp_alerts:\s+- exp_labels", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"- name: (?<name>\w+)")]
    private static partial Regex Tested();

    [GeneratedRegex(@"^\| `(?<name>Portal[A-Z]\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Line();
}
