using System.Globalization;
using System.Net;
using System.Text;
using PortalServices.LoadTests.Measure;

namespace PortalServices.LoadTests.Reports;

/// <summary>Lines over the time of a run, with the faults as bands behind them.</summary>
internal static class Chart
{
    private const double Width = 900,
        Height = 200,
        Left = 50,
        Bottom = 20;

    public static void Append(
        StringBuilder html,
        string title,
        RunReport report,
        IReadOnlyList<(string Name, string Colour, Func<SeriesPoint, double> Value)> lines
    )
    {
        if (report.Series.Count < 2)
        {
            return;
        }
        var end = report.Series[^1].At;
        var most = Math.Max(1, lines.Max(line => report.Series.Max(line.Value)));
        double X(double at) => Left + Math.Clamp(at / end, 0, 1) * (Width - Left);
        double Y(double value) => (Height - Bottom) * (1 - value / most);
        html.Append(
            CultureInfo.InvariantCulture,
            $"<h2>{WebUtility.HtmlEncode(title)}</h2><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">"
        );
        foreach (var fault in report.Faults)
        {
            var (from, to) = (X(fault.From), X(fault.To ?? end));
            html.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"fault\" x=\"{from:F1}\" y=\"0\" width=\"{Math.Max(1, to - from):F1}\" height=\"{Height - Bottom}\"><title>{WebUtility.HtmlEncode(fault.Part)}</title></rect>"
            );
        }
        html.Append(
            CultureInfo.InvariantCulture,
            $"<path class=\"axis\" fill=\"none\" d=\"M{Left} 0V{Height - Bottom}H{Width}\"/><text x=\"{Left - 4}\" y=\"11\" text-anchor=\"end\">{most:N0}</text><text x=\"{Left - 4}\" y=\"{Height - Bottom}\" text-anchor=\"end\">0</text><text x=\"{Width}\" y=\"{Height - 5}\" text-anchor=\"end\">{end:N0} s</text>"
        );
        var legend = Left;
        foreach (var (name, colour, value) in lines)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" points=\""
            );
            foreach (var point in report.Series)
            {
                html.Append(CultureInfo.InvariantCulture, $"{X(point.At):F1},{Y(value(point)):F1} ");
            }
            html.Append(
                CultureInfo.InvariantCulture,
                $"\"/><text x=\"{legend:F0}\" y=\"{Height - 5}\" style=\"fill:{colour}\">{WebUtility.HtmlEncode(name)}</text>"
            );
            legend += 90;
        }
        html.Append("</svg>\n");
    }
}
