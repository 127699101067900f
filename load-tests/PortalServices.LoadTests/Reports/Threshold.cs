using System.Globalization;
using System.Text.RegularExpressions;

namespace PortalServices.LoadTests.Reports;

/// <summary>A limit of one figure of a run, such as <c>p99&lt;200ms</c>, <c>errors&lt;1%</c>, <c>rate&gt;950</c>.</summary>
internal sealed partial record Threshold(string Text, string Figure, bool IsMaximum, double Limit)
{
    /// <summary>What may stand before the sign.</summary>
    public static readonly IReadOnlyDictionary<string, Func<RunReport, double>> Figures = new Dictionary<
        string,
        Func<RunReport, double>
    >
    {
        ["mean"] = report => report.Latency.Mean,
        ["p50"] = report => report.Latency.P50,
        ["p75"] = report => report.Latency.P75,
        ["p90"] = report => report.Latency.P90,
        ["p95"] = report => report.Latency.P95,
        ["p99"] = report => report.Latency.P99,
        ["p99.9"] = report => report.Latency.P999,
        ["max"] = report => report.Latency.Max,
        ["rate"] = report => report.Rate,
        ["errors"] = report =>
            report.Requests == 0 ? 100 : 100.0 * (report.Requests - report.Succeeded) / report.Requests,
    };

    /// <summary>Latencies in milliseconds, errors in per cent, rate in successes a second.</summary>
    public static bool TryParse(string text, out Threshold? threshold)
    {
        threshold = null;
        var match = Pattern().Match(text);
        if (!match.Success || !Figures.ContainsKey(match.Groups["figure"].Value))
        {
            return false;
        }
        var (figure, unit) = (match.Groups["figure"].Value, match.Groups["unit"].Value);
        var fits = figure switch
        {
            "rate" => unit is "" or "/s",
            "errors" => unit is "%",
            _ => unit is "ms" or "s",
        };
        if (!fits)
        {
            return false;
        }
        var number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        threshold = new Threshold(
            text,
            figure,
            match.Groups["sign"].Value == "<",
            unit == "s" ? number * 1_000 : number
        );
        return true;
    }

    /// <summary>Looks at a run.</summary>
    public ThresholdResult Judge(RunReport report)
    {
        var value = Figures[Figure](report);
        return new ThresholdResult(Text, Math.Round(value, 3), IsMaximum ? value < Limit : value > Limit);
    }

    [GeneratedRegex(
        @"\A(?<figure>[a-z0-9.]+)(?<sign>[<>])(?<number>[0-9]+(\.[0-9]+)?)(?<unit>ms|s|%|/s|)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}

/// <summary>A threshold, what was measured, and whether it is met.</summary>
internal sealed record ThresholdResult(string Text, double Value, bool IsMet);
