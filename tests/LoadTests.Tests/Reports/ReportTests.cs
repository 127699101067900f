using System.Text.Json;
using System.Text.RegularExpressions;
using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Tests.Fakes;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Tests.Reports;

public sealed partial class ReportTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task A_report_is_written_and_read()
    {
        await using var portal = await FakePortal.StartAsync();
        // A chart has a point for each second.
        var plan = Plans.Views(_folder, portal.Door) with
        {
            Duration = TimeSpan.FromSeconds(4),
            Schedule = ArrivalSchedule.Constant(100, TimeSpan.FromSeconds(4)),
        };
        var report = await plan.RunAsync();
        var (json, html) = (_folder.File("a.json"), _folder.File("a.html"));
        ReportFiles.Write(report, json, html);
        var read = ReportFiles.Read(json);
        Assert.Equal(JsonSerializer.Serialize(report, RunReport.Json), JsonSerializer.Serialize(read, RunReport.Json));
        Assert.Equal(400, read.Latency.Count);
        Assert.True(read.Latency.P50 <= read.Latency.P999 && read.Latency.P999 <= read.Latency.Max);

        var page = await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken);
        Assert.Contains("VALID", page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(FromElsewhere(), page);
    }

    [Fact]
    public async Task Names_cannot_break_out_of_the_page()
    {
        await using var portal = await FakePortal.StartAsync();
        var report = await Plans.Views(_folder, portal.Door).RunAsync();
        var page = HtmlReport.Of(report with { Scenario = "<script>alert(1)</script>", Warnings = ["<b>"] });
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"version\":2}", "version 2")]
    [InlineData("{\"version\":1}", "missing")]
    [InlineData("[]", "no report")]
    [InlineData("{\"version\":", "a.json")]
    public void Something_else_is_no_report(string text, string why)
    {
        File.WriteAllText(_folder.File("a.json"), text);
        var failure = Assert.Throws<ToolException>(() => ReportFiles.Read(_folder.File("a.json")));
        Assert.Equal(ErrorCode.ReportUnreadable, failure.Code);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p99<200ms", "p99", true, 200)]
    [InlineData("p99.9<1.5s", "p99.9", true, 1_500)]
    [InlineData("errors<1%", "errors", true, 1)]
    [InlineData("rate>950", "rate", false, 950)]
    public void A_threshold_is_read(string text, string figure, bool isMaximum, double limit)
    {
        Assert.True(Threshold.TryParse(text, out var threshold));
        Assert.Equal((figure, isMaximum, limit), (threshold!.Figure, threshold.IsMaximum, threshold.Limit));
    }

    [Theory]
    [InlineData("p98<1ms")]
    [InlineData("p99<200")]
    [InlineData("p99=200ms")]
    [InlineData("errors<1")]
    [InlineData("rate>5ms")]
    [InlineData("")]
    public void Anything_else_is_no_threshold(string text) => Assert.False(Threshold.TryParse(text, out _));

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("(src|href)=|url\\(|@import", RegexOptions.IgnoreCase)]
    private static partial Regex FromElsewhere();
}
