using System.Globalization;
using System.Net;
using System.Text;
using PortalServices.LoadTests.Measure;

namespace PortalServices.LoadTests.Reports;

/// <summary>A run as one HTML file without scripts, fonts or images from elsewhere: tables, and charts as SVG.</summary>
internal static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
        h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}
        td:first-child,th:first-child{text-align:left}.v0{color:#136f2d}.v1,.v4{color:#a40e26}.v2,.v3{color:#8a4b00}svg{width:100%;height:auto}
        .fault{fill:#d1242f;opacity:.15}.axis{stroke:#888}text{font-size:11px;fill:#444}
        @media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}text{fill:#aaa}td,th{border-color:#333}.v0{color:#56d364}.v1,.v4{color:#ff7b72}.v2,.v3{color:#e3b341}}
        """;

    public static string Of(RunReport report)
    {
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>Load test {Text(report.Run)}</title><style>{Style}</style></head><body>
            <h1>Load test: {Text(report.Scenario)}, {Text(report.Arrivals)}</h1>
            <p>{Text(string.Join(", ", report.Targets))}; sites {Text(
                string.Join(", ", report.Sites)
            )}; {report.Started:u}; {report.Seconds:F1} s{(report.WasInterrupted ? ", interrupted" : "")}</p>
            <p class="v{report.ExitCode}"><strong>{Text(TextReport.Closing(report))}</strong></p>

            """
        );
        Figures(html, report);
        Chart.Append(
            html,
            "Requests a second",
            report,
            [
                ("succeeded", "#1f6feb", point => point.Answered),
                ("sent", "#8b949e", point => point.Sent),
                ("failed", "#d1242f", point => point.Failed),
            ]
        );
        Chart.Append(
            html,
            "Latency from the intended start, ms",
            report,
            [
                ("median", "#1f6feb", point => point.P50),
                ("99 %", "#8250df", point => point.P99),
                ("longest", "#8b949e", point => point.Max),
            ]
        );
        Chart.Append(html, "In flight", report, [("requests", "#1f6feb", point => point.InFlight)]);
        Latencies(html, report);
        Lists(html, report);
        return html.Append("</body></html>\n").ToString();
    }

    private static void Figures(StringBuilder html, RunReport report)
    {
        var suite = report.SuiteMicroseconds.Values.Sum();
        List<(string, string)> rows =
        [
            ("requests", Number(report.Requests)),
            ("succeeded", Number(report.Succeeded)),
            ("successes a second", report.Rate.ToString("N1", CultureInfo.InvariantCulture)),
            ("dropped", Number(report.Dropped)),
            ("late", Number(report.Late)),
            ("repeats", Number(report.Repeats)),
            .. report.Outcomes.Select(each => ("… " + each.Key, Number(each.Value))),
            (
                "generator, processor µs an attempt",
                report.GeneratorMicroseconds.ToString("F1", CultureInfo.InvariantCulture)
            ),
            (
                "suite, processor µs an attempt",
                suite > 0 ? suite.ToString("F1", CultureInfo.InvariantCulture) : "not known"
            ),
        ];
        if (report.Verification is { } found)
        {
            rows.AddRange([
                ("views sent", Number(found.Sent)),
                ("acknowledged", Number(found.Acknowledged)),
                ("unknown", Number(found.Unknown)),
                ("resolved", Number(found.Resolved)),
                ("not taken", Number(found.NotTaken)),
                ("counted", Number(found.Counted)),
                ("lost", Number(found.Lost)),
                ("doubled", Number(found.Doubled)),
                .. found.Promotions.Count > 0
                    ? [("lost to promotions", Number(found.LostToPromotions))]
                    : Array.Empty<(string, string)>(),
            ]);
        }
        html.Append("<h2>Figures</h2><table>");
        foreach (var (name, value) in rows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(name)}</td><td>{Text(value)}</td></tr>");
        }
        html.Append("</table>\n");
    }

    private static void Latencies(StringBuilder html, RunReport report)
    {
        html.Append(
            "<h2>Latencies, ms</h2><table><tr><th></th><th>count</th><th>mean</th><th>50 %</th><th>75 %</th><th>90 %</th><th>95 %</th><th>99 %</th><th>99.9 %</th><th>max</th></tr>"
        );
        (string, Percentiles)[] rows =
        [
            ("all, from the intended start", report.Latency),
            .. report.LatencyByKind.Count > 1 ? report.LatencyByKind.Select(each => (each.Key, each.Value)) : [],
            ("views, until acknowledged", report.UntilAcknowledged),
            ("generator late", report.Lateness),
        ];
        foreach (var (name, of) in rows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(name)}</td><td>{Number(of.Count)}</td>");
            foreach (var value in (double[])[of.Mean, of.P50, of.P75, of.P90, of.P95, of.P99, of.P999, of.Max])
            {
                html.Append(CultureInfo.InvariantCulture, $"<td>{value:N1}</td>");
            }
            html.Append("</tr>");
        }
        html.Append("</table>\n");
    }

    private static void Lists(StringBuilder html, RunReport report)
    {
        void List(string title, IEnumerable<string> lines)
        {
            List<string> all = [.. lines];
            if (all.Count > 0)
            {
                html.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><ul>")
                    .AppendJoin("", all.Select(line => $"<li>{Text(line)}</li>"))
                    .Append("</ul>\n");
            }
        }
        List(
            "Faults",
            report.Faults.Select(fault =>
                FormattableString.Invariant(
                    $"{fault.Part}: down at {fault.From:F1} s, up {(fault.To is null ? "never" : FormattableString.Invariant($"at {fault.To:F1} s"))}, {fault.InFlight} requests in flight"
                )
            )
        );
        List("Promotions", (report.Verification?.Promotions ?? []).Select(TextReport.Text));
        List(
            "Lost or doubled",
            (report.Verification?.Offenders ?? []).Select(each => $"{each.Site} {each.Page} {each.Id}: {each.What}")
        );
        List("Undecided", report.Verification?.Undecided ?? []);
        List("Notes", report.Verification?.Notes ?? []);
        List(
            "Thresholds",
            report.Thresholds.Select(each =>
                FormattableString.Invariant($"{each.Text}: {each.Value}, {(each.IsMet ? "met" : "missed")}")
            )
        );
        List("Warnings", report.Warnings);
        List("Error", report.Failure is { } failure ? [failure] : []);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
