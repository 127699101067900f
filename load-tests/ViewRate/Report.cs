using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace PortalServices.ViewRate;

/// <summary>
/// The table of docs/performance.md: medians over the rounds, and ratios that were taken within each round.
/// </summary>
/// <param name="control">What the others are compared with.</param>
/// <param name="views">The others.</param>
/// <param name="again">The control once more, where it stands among the others.</param>
internal sealed class Report(Subject control, IReadOnlyList<Subject> views, Subject? again = null)
{
    private readonly IReadOnlyList<Subject> _subjects = [control, .. views];

    private IEnumerable<Subject> Counting => _subjects.Where(subject => subject.Processes.ContainsKey(Part.Store));

    /// <summary>The rate as a part of the control's of the same round.</summary>
    public (double Median, double Least, double Most) Ratio(Subject subject)
    {
        List<double> ratios =
        [
            .. subject.Slices.Zip(control.Slices, (slice, yardstick) => slice.PerSecond / yardstick.PerSecond),
        ];
        return (Median(ratios), ratios.Min(), ratios.Max());
    }

    /// <summary>
    /// The processor time of an answer, of all processes together, as a part of the control's of the same round; where
    /// the control stands there twice, of the average of both.
    /// </summary>
    public double CostRatio(Subject subject)
    {
        Subject[] controls = again is null || again == subject ? [control] : [control, again];
        return Median([
            .. subject.Slices.Select(
                (slice, round) => CostOf(slice) / controls.Average(each => CostOf(each.Slices[round]))
            ),
        ]);
    }

    /// <summary>The part of the machine's time that programs used which have nothing to do with the run.</summary>
    public double OthersShare => Share(slice => slice.Others);

    public string Text(LoadOptions options, long counted)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        void Row(string what, Func<Subject, string> cell) =>
            Line($"| {what} | {string.Join(" | ", _subjects.Select(cell))} |");
        void CpuRow(string what, Func<Slice, long?> ticks) => Row(what, subject => Ticks(subject, ticks));

        Row("", subject => subject.Name);
        Line("|---|" + string.Concat(Enumerable.Repeat("--:|", _subjects.Count)));
        Row("answers per second", subject => Number(Median(subject, slice => slice.PerSecond), "N0"));
        Row(
            $"**of {control.Name}**: median (least – most)",
            subject => subject == control ? "1" : Range(Ratio(subject))
        );
        Row("half within, ms", subject => Number(Median(subject, slice => slice.Sent.Median.TotalMilliseconds), "F1"));
        Row("99 % within, ms", subject => Number(Median(subject, slice => slice.Sent.Slow.TotalMilliseconds), "F1"));
        CpuRow("CPU µs per answer: proxy, gateway", slice => slice.Used[Part.Front]);
        CpuRow("… endpoint, counting", slice => slice.Used[Part.Back]);
        CpuRow("… Redis", slice => slice.Used.TryGetValue(Part.Store, out var used) ? used : null);
        CpuRow("… together", slice => slice.Used.Values.Sum());
        CpuRow("… wrk", slice => slice.Load);
        Row($"… of {control.Name}", subject => Number(CostRatio(subject), "F3"));
        if (control.Memory.Count > 0)
        {
            Row("memory at the end, MiB: gateway", subject => Number(subject.Memory[Part.Front], "F0"));
            Row("… counting", subject => Number(subject.Memory[Part.Back], "F0"));
        }
        Line("");
        Line(
            Invariant(
                $"{control.Slices.Count} rounds of {options.Seconds} s each, {Wrk.Connections} connections, on {Environment.ProcessorCount} {RuntimeInformation.OSArchitecture} cores, .NET {Environment.Version}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}."
            )
        );
        Line(
            Invariant(
                $"Other programs used {OthersShare:P1} of the machine meanwhile, and its host took {Share(slice => slice.Stolen):P1}."
            )
        );
        Line(
            Invariant(
                $"Views answered {Counting.Sum(subject => subject.Totals.Answered):N0} ≤ counted {counted:N0} ≤ sent {Counting.Sum(subject => subject.Totals.Made):N0}, warm-up included."
            )
        );
        return text.ToString();
    }

    private static string Ticks(Subject subject, Func<Slice, long?> ticks) =>
        ticks(subject.Slices[0]) is null
            ? "–"
            : Number(Median(subject, slice => slice.PerAnswer(ticks(slice)!.Value)), "F1");

    private static double CostOf(Slice slice) => slice.PerAnswer(slice.Used.Values.Sum());

    private double Share(Func<Slice, long> ticks)
    {
        List<Slice> all = [.. _subjects.SelectMany(subject => subject.Slices)];
        var whole = all.Sum(slice => slice.Sent.Elapsed.TotalMicroseconds) * Environment.ProcessorCount;
        return Math.Max(0, all.Sum(ticks)) * ProcessorTime.TickMicroseconds / whole;
    }

    private static double Median(Subject subject, Func<Slice, double> of) => Median([.. subject.Slices.Select(of)]);

    private static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Range((double Median, double Least, double Most) ratio) =>
        Invariant($"**{ratio.Median:F2}** ({ratio.Least:F2} – {ratio.Most:F2})");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
