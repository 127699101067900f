using System.Globalization;
using PortalServices.LoadTests.Reports;

namespace PortalServices.LoadTests.Runs;

/// <summary>What a run's figures are worth, and its exit code.</summary>
internal static class Conclusion
{
    /// <summary>The most of the suite's processor time that the generator may take beside it.</summary>
    public const double MaxShare = 0.4;

    private const double MaxLate = 0.01,
        LeastSent = 0.95;

    /// <summary>Adds warnings, thresholds and the exit code.</summary>
    public static RunReport Of(RunReport report, RunPlan plan)
    {
        List<string> warnings = [];
        var isLate = report.Late > report.Requests * MaxLate;
        if (isLate)
        {
            warnings.Add(
                Invariant(
                    $"the generator began {report.Late} of {report.Requests} requests more than 10 ms late: this rate is beyond it here, and part of the latencies is its own"
                )
            );
        }
        if (plan.CalibratedRate is { } highest && plan.Schedule?.PeakRate is { } peak && peak > highest)
        {
            warnings.Add(
                Invariant($"{peak}/s is more than the calibration found the generator good for: {highest:F0}/s")
            );
        }
        if (report.Dropped > 0)
        {
            warnings.Add(
                Invariant(
                    $"{report.Dropped} requests were dropped: {plan.Limits.MaxWaiting} waited for one of {plan.Limits.Connections} connections already"
                )
            );
        }
        var isShort =
            plan.Schedule is { } schedule && !report.WasInterrupted && report.Requests < schedule.Count * LeastSent;
        if (isShort)
        {
            warnings.Add(Invariant($"only {report.Requests} of {plan.Schedule!.Count} requests were due in time"));
        }
        if (plan.Schedule is null)
        {
            warnings.Add("in a closed loop a slow answer delays the next request: quote the rate, not the latencies");
        }
        if (
            report.SuiteMicroseconds.Count > 0
            && report.GeneratorMicroseconds / report.SuiteMicroseconds.Values.Sum() is var share and > MaxShare
        )
        {
            warnings.Add(
                Invariant(
                    $"the generator takes {share:P0} of the suite's processor time, more than {MaxShare:P0}: on one machine it is a bottleneck. load-tests/performance measures with wrk"
                )
            );
        }
        // A view that is acknowledged at its second attempt is no failure of the run.
        var isFruitless = report.Succeeded == 0 && report.Verification is not { Acknowledged: > 0 };
        if (isFruitless)
        {
            warnings.Add("no request was answered as a client wants");
        }
        List<ThresholdResult> thresholds = [.. plan.Thresholds.Select(threshold => threshold.Judge(report))];
        var isMissed = thresholds.Any(threshold => !threshold.IsMet);
        if (isMissed && isLate)
        {
            warnings.Add("a threshold is missed, but by a generator that was late: it says nothing of the target");
        }
        return report with
        {
            Warnings = [.. report.Warnings, .. warnings],
            Thresholds = thresholds,
            ExitCode =
                report.Verification?.ExitCode == ExitCode.Invalid ? ExitCode.Invalid
                : report.Failure is not null ? ExitCode.ToolFailed
                : report.Verification?.ExitCode is ExitCode.Unknown || isFruitless ? ExitCode.Unknown
                : isMissed ? (isLate ? ExitCode.Unknown : ExitCode.ThresholdMissed)
                : ExitCode.Valid,
        };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
