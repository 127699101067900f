using System.Globalization;
using Spectre.Console;

namespace PortalServices.LoadTests.Reports;

/// <summary>Two runs side by side.</summary>
internal static class Comparison
{
    private static readonly (string Name, Func<RunReport, double?> Value)[] Rows =
    [
        ("successes a second", report => report.Rate),
        ("requests", report => report.Requests),
        ("not succeeded", report => report.Requests - report.Succeeded),
        ("late", report => report.Late),
        ("dropped", report => report.Dropped),
        ("mean, ms", report => report.Latency.Mean),
        ("50 %, ms", report => report.Latency.P50),
        ("90 %, ms", report => report.Latency.P90),
        ("99 %, ms", report => report.Latency.P99),
        ("99.9 %, ms", report => report.Latency.P999),
        ("max, ms", report => report.Latency.Max),
        ("generator, µs an attempt", report => report.GeneratorMicroseconds),
        (
            "suite, µs an attempt",
            report => report.SuiteMicroseconds.Count == 0 ? null : report.SuiteMicroseconds.Values.Sum()
        ),
        ("lost", report => report.Verification?.Lost),
        ("doubled", report => report.Verification?.Doubled),
        ("unknown", report => report.Verification?.Unknown),
    ];

    public static void Write(RunReport a, RunReport b, IAnsiConsole console)
    {
        if ((a.Scenario, a.Arrivals, a.WantedSeconds) != (b.Scenario, b.Arrivals, b.WantedSeconds))
        {
            console.Profile.Out.Writer.WriteLine(
                FormattableString.Invariant(
                    $"The runs are not alike: {a.Scenario}, {a.Arrivals}, {a.WantedSeconds} s; {b.Scenario}, {b.Arrivals}, {b.WantedSeconds} s."
                )
            );
        }
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var column in (string[])["A", "B", "B / A"])
        {
            table.AddColumn(column, cell => cell.RightAligned());
        }
        foreach (var (name, value) in Rows)
        {
            var (left, right) = (value(a), value(b));
            table.AddRow(
                name,
                Text(left),
                Text(right),
                left > 0 && right is not null ? Number(right.Value / left.Value, "F2") : "–"
            );
        }
        console.Write(table);
    }

    private static string Text(double? value) => value is { } number ? Number(number, "#,0.##") : "–";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
