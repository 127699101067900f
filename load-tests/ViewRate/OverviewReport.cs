using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace PortalServices.ViewRate;

/// <summary>A row for each subject: medians over the rounds, and ratios that were taken within each round.</summary>
/// <param name="subjects">The first is what the others are compared with.</param>
/// <param name="connections">How many connections they had.</param>
internal sealed class OverviewReport(IReadOnlyList<Subject> subjects, int connections)
{
    private Subject Control => subjects[0];

    /// <summary>The part of the machine's time that programs used which have nothing to do with the run.</summary>
    public double OthersShare
    {
        get
        {
            List<Slice> all = [.. subjects.SelectMany(subject => subject.Slices)];
            var whole = all.Sum(slice => slice.Sent.Elapsed.TotalMicroseconds) * Environment.ProcessorCount;
            return Math.Max(0, all.Sum(slice => slice.Others)) * ProcessorTime.TickMicroseconds / whole;
        }
    }

    public string Text(LoadOptions options)
    {
        var text = new StringBuilder();
        text.Append(
            Invariant(
                $"| {connections} connections | answers/s | of {Control.Name} | 50 %, ms | 99 %, ms | CPU µs an answer: front | counting, endpoint | store | together | MiB: front | counting |\n"
            )
        );
        text.Append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (var subject in subjects)
        {
            text.Append(Row(subject)).Append('\n');
        }
        text.Append(
            "\n| an answer | script calls | bytes written by the store | bytes allocated: gateway | counting |\n|---|--:|--:|--:|--:|\n"
        );
        foreach (var subject in subjects.Where(subject => subject.CountAsync is not null))
        {
            string Each(Func<Counts, long> of, string format) =>
                Number(
                    Median(
                        subject,
                        slice => slice.Counts is { } counts ? Math.Max(0, of(counts)) / (double)slice.Sent.Answered : 0
                    ),
                    format
                );
            text.Append(
                Invariant(
                    $"| {subject.Name} | {Each(counts => counts.ScriptCalls, "F3")} | {Each(counts => counts.Written, "F0")} | {Each(counts => counts.FrontAllocated, "N0")} | {Each(counts => counts.BackAllocated, "N0")} |\n"
                )
            );
        }
        foreach (var subject in subjects.Where(subject => subject.Shares.Count > 1))
        {
            text.Append(
                Invariant(
                    $"\nOf counting's time, {subject.Name}: {string.Join(" and ", subject.Shares.Select(share => Number(share * 100, "F0")))} %.\n"
                )
            );
        }
        text.Append(
            Invariant(
                $"\n{Control.Slices.Count} rounds of {options.Seconds} s each, on {Environment.ProcessorCount} {RuntimeInformation.OSArchitecture} cores, .NET {Environment.Version}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}. Other programs used {OthersShare:P1} of the machine meanwhile.\n"
            )
        );
        return text.ToString();
    }

    private string Row(Subject subject)
    {
        List<double> ratios =
        [
            .. subject.Slices.Zip(Control.Slices, (slice, yardstick) => slice.PerSecond / yardstick.PerSecond),
        ];
        string Cpu(Part part) =>
            subject.Processes.ContainsKey(part)
                ? Number(Median(subject, slice => slice.PerAnswer(slice.Used[part])), "F1")
                : "–";
        string Memory(Part part) =>
            subject.Memory.TryGetValue(part, out var held) ? Number(held / subject.Processes[part].Count, "F0") : "–";
        return Invariant(
            $"| {subject.Name} | {Median(subject, slice => slice.PerSecond):N0} | **{Median(ratios):F2}** ({ratios.Min():F2} – {ratios.Max():F2}) | {Median(subject, slice => slice.Sent.Median.TotalMilliseconds):F1} | {Median(subject, slice => slice.Sent.Slow.TotalMilliseconds):F1} | {Cpu(Part.Front)} | {Cpu(Part.Back)} | {Cpu(Part.Store)} | {Median(subject, slice => slice.PerAnswer(slice.Used.Values.Sum())):F1} | {Memory(Part.Front)} | {Memory(Part.Back)} |"
        );
    }

    public static double Median(Subject subject, Func<Slice, double> of) => Median([.. subject.Slices.Select(of)]);

    private static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
