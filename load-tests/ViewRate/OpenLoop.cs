using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.ViewRate;

/// <summary>
/// Latencies of views that come when they are due, whatever became of those before: by the load-test tool, whose
/// latencies count from that instant.
/// </summary>
/// <param name="Name">What was asked.</param>
/// <param name="Share">The rate as a share of the most that it answers.</param>
/// <param name="Rate">Views a second.</param>
/// <param name="Answered">Those that were answered, a second.</param>
/// <param name="Late">The share of those that the generator itself began late.</param>
/// <param name="P50">Half came within, ms.</param>
/// <param name="P99">99 %, ms.</param>
/// <param name="P999">99.9 %, ms.</param>
internal sealed record OpenLoop(
    string Name,
    double Share,
    double Rate,
    double Answered,
    double Late,
    double P50,
    double P99,
    double P999
)
{
    public const string Tool = "load-tests/PortalServices.LoadTests";

    private const int Seconds = 12,
        WarmUp = 4;

    public static async Task<OpenLoop> MeasureAsync(string name, Uri door, string site, double most, double share)
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("report.json");
        var rate = Math.Round(most * share);
        await using var tool = await ChildProcess.StartAsync(
            "dotnet",
            [
                Path.Combine(Repository.Root, Tool, "bin/Release/net10.0", "PortalServices.LoadTests.dll"),
                "views",
                "--target",
                door.ToString(),
                "--site",
                site,
                "--write-to-real-site",
                "--rate",
                Text(rate),
                "--duration",
                $"{Seconds}s",
                "--warm-up",
                $"{WarmUp}s",
                "--json",
                file,
            ]
        );
        var code = await tool.WaitForExitAsync(TimeSpan.FromSeconds(Seconds + 60));
        if (code != 0)
        {
            throw new LoadException(
                $"The load-test tool ended with {code}: {string.Join('\n', tool.Output.TakeLast(5))}"
            );
        }
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var root = report.RootElement;
        var latency = root.GetProperty("latency");
        return new OpenLoop(
            name,
            share,
            rate,
            root.GetProperty("rate").GetDouble(),
            root.GetProperty("late").GetDouble() / Math.Max(1, root.GetProperty("requests").GetDouble()),
            latency.GetProperty("p50").GetDouble(),
            latency.GetProperty("p99").GetDouble(),
            latency.GetProperty("p999").GetDouble()
        );
    }

    public static string Table(IEnumerable<OpenLoop> all) =>
        "| views that come when they are due | of the most, 64 connections | wanted, a second | answered | begun late, % | 50 %, ms | 99 %, ms | 99.9 %, ms |\n"
        + "|---|--:|--:|--:|--:|--:|--:|--:|\n"
        + string.Concat(
            all.Select(each =>
                FormattableString.Invariant(
                    $"| {each.Name} | {each.Share:F2} | {each.Rate:N0} | {each.Answered:N0} | {each.Late * 100:F2} | {each.P50:F1} | {each.P99:F1} | {each.P999:F1} |\n"
                )
            )
        );

    private static string Text(double number) => number.ToString("F0", CultureInfo.InvariantCulture);
}
