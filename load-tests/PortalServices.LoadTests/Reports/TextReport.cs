using System.Globalization;
using PortalServices.LoadTests.Measure;
using PortalServices.LoadTests.Verify;
using Spectre.Console;

namespace PortalServices.LoadTests.Reports;

/// <summary>A run for people at a terminal.</summary>
internal static class TextReport
{
    private const int ShownOffenders = 20;

    public static void Write(RunReport report, IAnsiConsole console)
    {
        void Line(string text) => console.Profile.Out.Writer.WriteLine(text);
        Line("");
        Line(
            Invariant(
                $"{report.Scenario} at {string.Join(", ", report.Targets)}, {report.Arrivals}, {report.Seconds:F1} s{(report.WasInterrupted ? " (interrupted)" : "")}"
            )
        );
        Line(
            Invariant(
                $"{report.Requests:N0} requests, {report.Succeeded:N0} succeeded ({report.Rate:N1}/s), {report.Dropped:N0} dropped, {report.Late:N0} late, {report.Repeats:N0} repeats"
            )
        );
        Line(
            "outcomes: " + string.Join(", ", report.Outcomes.Select(each => Invariant($"{each.Key} {each.Value:N0}")))
        );
        console.Write(Latencies(report));
        Line(Processors(report));
        Line(Drift(report));
        if (report.Verification is { } verification)
        {
            Write(verification, Line);
        }
        foreach (var fault in report.Faults)
        {
            Line(
                Invariant(
                    $"fault: {fault.Part} down at {fault.From:F1} s, up {(fault.To is { } to ? Invariant($"at {to:F1} s") : "never")}, {fault.InFlight} requests in flight"
                )
            );
        }
        foreach (var threshold in report.Thresholds)
        {
            Line(Invariant($"threshold {threshold.Text}: {threshold.Value}, {(threshold.IsMet ? "met" : "MISSED")}"));
        }
        foreach (var warning in report.Warnings)
        {
            Line("warning: " + warning);
        }
        if (report.Failure is { } failure)
        {
            Line("error " + failure);
        }
        Line(Closing(report));
    }

    /// <summary>What came of a promotion.</summary>
    public static string Text(Promotion promotion) =>
        Invariant(
            $"{promotion.Site}: a replica took the place of its primary at {promotion.At:F1} s with {promotion.Held:N0} views; lost {promotion.Lost:N0} acknowledged ones that it had not got, reported by the portal as lost {promotion.Reported:N0}"
        );

    /// <summary>What the exit code means.</summary>
    public static string Closing(Verification found) =>
        found.ExitCode switch
        {
            ExitCode.Valid when found.LostToPromotions > 0 => Invariant(
                $"VALID: nothing doubled; lost are {found.LostToPromotions:N0} acknowledged views that a promoted replica had not got, and the portal reports them as a store loss. Else nothing"
            ),
            ExitCode.Valid => "VALID: nothing lost, nothing doubled",
            ExitCode.Invalid => "INVALID: views were lost or doubled",
            _ => "UNKNOWN: " + string.Join("; ", found.Undecided),
        };

    /// <summary>What the exit code means.</summary>
    public static string Closing(RunReport report) =>
        report.ExitCode switch
        {
            ExitCode.Valid when report.Verification is null => "done; nothing was verified",
            ExitCode.Valid or ExitCode.Invalid => Closing(report.Verification!),
            ExitCode.Unknown => "UNKNOWN: "
                + string.Join("; ", report.Verification is { Undecided: { Count: > 0 } why } ? why : report.Warnings),
            ExitCode.ThresholdMissed => "THRESHOLD MISSED",
            _ => "FAILED",
        };

    private static Table Latencies(RunReport report)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (
            var column in (string[])["ms", "count", "mean", "50 %", "75 %", "90 %", "95 %", "99 %", "99.9 %", "max"]
        )
        {
            table.AddColumn(column, cell => cell.RightAligned());
        }
        void Row(string name, Percentiles of) =>
            table.AddRow([
                name,
                of.Count.ToString("N0", CultureInfo.InvariantCulture),
                .. new[] { of.Mean, of.P50, of.P75, of.P90, of.P95, of.P99, of.P999, of.Max }.Select(value =>
                    value.ToString("N1", CultureInfo.InvariantCulture)
                ),
            ]);
        Row("latency", report.Latency);
        if (report.LatencyByKind.Count > 1)
        {
            foreach (var (kind, latency) in report.LatencyByKind)
            {
                Row(kind, latency);
            }
        }
        if (report.UntilAcknowledged.Count > 0)
        {
            Row("acknowledged", report.UntilAcknowledged);
        }
        Row("generator late", report.Lateness);
        return table;
    }

    private static string Processors(RunReport report)
    {
        var generator = Invariant($"processor time an attempt: generator {report.GeneratorMicroseconds:F1} µs");
        if (report.SuiteMicroseconds.Count == 0)
        {
            return generator + ", the suite's is not known (--process)";
        }
        var suite = report.SuiteMicroseconds.Values.Sum();
        var parts = string.Join(
            ", ",
            report.SuiteMicroseconds.Select(part => Invariant($"{part.Key} {part.Value:F1}"))
        );
        return generator
            + Invariant($", suite {suite:F1} µs ({parts}): {report.GeneratorMicroseconds / suite:P0} of the suite's");
    }

    /// <summary>Whether the end of a run is slower than its beginning.</summary>
    private static string Drift(RunReport report)
    {
        var quarter = report.Series.Count / 4;
        if (quarter == 0)
        {
            return "drift: the run is too short to tell";
        }
        var (first, last) = (report.Series.Take(quarter).ToList(), report.Series.TakeLast(quarter).ToList());
        return Invariant(
            $"drift: median of the last quarter {last.Average(point => point.P50):F1} ms, of the first {first.Average(point => point.P50):F1} ms; 99 % {last.Average(point => point.P99):F1} and {first.Average(point => point.P99):F1} ms"
        );
    }

    public static void Write(Verification verification, Action<string> line)
    {
        line(
            Invariant(
                $"views: sent {verification.Sent:N0}, acknowledged {verification.Acknowledged:N0}, unknown {verification.Unknown:N0}, resolved {verification.Resolved:N0}, not taken {verification.NotTaken:N0}, counted {verification.Counted:N0}, lost {verification.Lost:N0}, doubled {verification.Doubled:N0}{(verification.Promotions.Count > 0 ? Invariant($", lost to promotions {verification.LostToPromotions:N0}") : "")}"
            )
        );
        line(
            Invariant(
                $"checked: {verification.OwnPages:N0} views by pages of their own, the others by the sums over their pages{(verification.LedgerIds is { } ids ? Invariant($", {ids:N0} ids by the ledger") : "")}"
            )
        );
        foreach (var promotion in verification.Promotions)
        {
            line("promotion: " + Text(promotion));
        }
        foreach (var offender in verification.Offenders.Take(ShownOffenders))
        {
            line($"  {offender.Site} {offender.Page} {offender.Id ?? "(some view of it)"}: {offender.What}");
        }
        if (verification.Offenders.Count > ShownOffenders)
        {
            line(Invariant($"  and {verification.Offenders.Count - ShownOffenders} more in the JSON report"));
        }
        foreach (var what in verification.Undecided)
        {
            line("undecided: " + what);
        }
        foreach (var note in verification.Notes)
        {
            line("note: " + note);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
