using System.Globalization;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Tests.Fakes;
using PortalServices.LoadTests.Verify;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Tests.Commands;

/// <summary>The tool as somebody runs it: its exit codes, errors and files.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task A_run_is_verified_reported_and_compared()
    {
        await using var portal = await FakePortal.StartAsync();
        foreach (var name in (string[])["a", "b"])
        {
            var (code, output, errors) = await RunAsync(
                $"views --target {portal.Door} --rate 200 --duration 500ms --verify --history {name}.history --json {name}.json --html {name}.html"
            );
            Assert.True(code == ExitCode.Valid, output + errors);
            Assert.Contains("sent 100, acknowledged 100, unknown 0", output, StringComparison.Ordinal);
            Assert.Contains("VALID: nothing lost, nothing doubled", output, StringComparison.Ordinal);
        }
        var compared = await RunAsync("compare a.json b.json");
        Assert.Equal(ExitCode.Valid, compared.Code);
        Assert.Contains("successes a second", compared.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not alike", compared.Output, StringComparison.Ordinal);
        var again = await RunAsync("verify a.history");
        Assert.Equal(ExitCode.Valid, again.Code);
    }

    [Theory]
    [InlineData("views --target DOOR --duration 1s --warm-up 1s", "invalid_option", "--warm-up")]
    [InlineData("views", "invalid_option", "--target is required")]
    [InlineData("views --target http://x/path", "invalid_option", "http://x/path")]
    [InlineData("views --target ftp://x", "invalid_option", "ftp://x")]
    [InlineData("dance --target DOOR", "invalid_option", "dance")]
    [InlineData("views --target DOOR --duration 10", "invalid_option", "'10' is no duration")]
    [InlineData("views --target DOOR --duration 8000h", "invalid_option", "'8000h' is no duration")]
    [InlineData("views --target DOOR --rate 0", "invalid_option", "--rate")]
    [InlineData("views --target DOOR --rate many", "invalid_option", "many")]
    [InlineData("views --target DOOR --to 5 --clients 5", "invalid_option", "exclude")]
    [InlineData("views --target DOOR --history x", "invalid_option", "--verify")]
    [InlineData("views --target DOOR --verify --chaos", "invalid_option", "--fault")]
    [InlineData("views --target DOOR --verify --chaos --fault redis", "invalid_option", "KILL")]
    [InlineData("views --target DOOR --threshold fast", "invalid_option", "fast")]
    [InlineData("views --target DOOR --process gateway=0", "invalid_option", "gateway=0")]
    [InlineData("views --target DOOR --nonsense", "invalid_option", "--nonsense")]
    [InlineData("box --target DOOR --verify", "invalid_option", "no views")]
    [InlineData("views --target http://127.0.0.1:1", "target_unreachable", "127.0.0.1:1")]
    [InlineData("views --target DOOR --site nowhere", "unknown_site", "nowhere")]
    [InlineData("views --target DOOR --site sonla", "not_a_load_test_site", "--write-to-real-site")]
    [InlineData("verify none.history", "history_unreadable", "none.history")]
    [InlineData("compare a.json b.json", "report_unreadable", "a.json")]
    [InlineData("views --target DOOR --calibration none.json", "report_unreadable", "none.json")]
    [InlineData("local views --sites 0", "invalid_option", "--sites")]
    [InlineData("local views --fsync never", "invalid_option", "never")]
    public async Task A_mistake_is_told_by_a_code(string command, string code, string told)
    {
        await using var portal = await FakePortal.StartAsync();
        var run = await RunAsync(command.Replace("DOOR", portal.Door.AbsoluteUri, StringComparison.Ordinal));
        Assert.Equal(ExitCode.ToolFailed, run.Code);
        Assert.StartsWith($"error {code}: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, portal.Posts);
    }

    [Fact]
    public async Task A_target_that_does_not_tell_of_its_sites_is_no_place_to_write_to_unasked()
    {
        await using var portal = await FakePortal.StartAsync();
        portal.TellsOfSites = false;
        var run = await RunAsync($"views --target {portal.Door} --rate 50 --duration 200ms");
        Assert.StartsWith("error target_failed: ", run.Errors, StringComparison.Ordinal);
        Assert.Equal((ExitCode.ToolFailed, 0), (run.Code, portal.Posts));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_real_site_is_written_to_when_that_is_said(bool tellsOfSites)
    {
        await using var portal = await FakePortal.StartAsync();
        portal.TellsOfSites = tellsOfSites;
        var (code, output, errors) = await RunAsync(
            $"views --target {portal.Door} --site {FakePortal.RealSite} --write-to-real-site --rate 50 --duration 200ms"
        );
        Assert.True(code == ExitCode.Valid, output + errors);
        Assert.Equal(10, portal.Counted);
    }

    [Fact]
    public async Task A_signal_ends_the_sending_and_what_ran_is_checked_and_reported()
    {
        await using var portal = await FakePortal.StartAsync();
        await using var tool = await Tool.StartAsync(
            _folder.Path,
            $"views --target {portal.Door} --rate 100 --duration 10m --verify --history h --json a.json".Split(' ')
        );
        await Eventually.HoldsAsync(() => portal.Counted > 20, "some views", TestContext.Current.CancellationToken);
        tool.Send(Signal.Terminate);
        var code = await tool.WaitForExitAsync(TimeSpan.FromMinutes(2));
        Assert.True(code == ExitCode.Valid, tool.Tail());
        var report = ReportFiles.Read(_folder.File("a.json"));
        Assert.True(report.WasInterrupted);
        Assert.Equal(portal.Counted, report.Verification!.Counted);
    }

    [Fact]
    public async Task A_run_that_was_killed_is_checked_by_its_history()
    {
        await using var portal = await FakePortal.StartAsync();
        await using (
            var tool = await Tool.StartAsync(
                _folder.Path,
                $"views --target {portal.Door} --rate 400 --duration 10m --verify --history h".Split(' ')
            )
        )
        {
            await Eventually.HoldsAsync(
                () => portal.Counted > 200,
                "some views",
                TestContext.Current.CancellationToken
            );
            await tool.KillAsync();
        }
        var (code, output, errors) = await RunAsync("verify h");
        Assert.True(code == ExitCode.Unknown, output + errors);
        Assert.Contains("lost 0, doubled 0", output, StringComparison.Ordinal);
        Assert.Contains("the run did not come to its end", output, StringComparison.Ordinal);
        // What was sent is in the file, since its line was written before; so nothing is counted that it does not know.
        var header = HistoryFile.ReadHeader(_folder.File("h"));
        var states = ViewStates.Read(_folder.File("h"), header);
        Assert.Equal(portal.Counted, states.AcknowledgedViews);
    }

    [Fact]
    public async Task A_full_disk_ends_the_run_and_what_was_written_is_checked()
    {
        await using var portal = await FakePortal.StartAsync();
        await using var disk = await SmallDisk.MountAsync(_folder.Path, 1);
        Assert.SkipWhen(disk is null, "This machine does not let a test mount a disk.");
        await using var tool = await Tool.StartAsync(
            Path.GetTempPath(),
            $"views --target {portal.Door} --rate 2000 --duration 10m --verify --history {_folder.File("h")}".Split(
                ' '
            ),
            disk.Command
        );
        var code = await tool.WaitForExitAsync(TimeSpan.FromMinutes(2));
        Assert.True(code == ExitCode.ToolFailed, tool.Tail());
        var output = string.Join('\n', tool.Output);
        Assert.Contains("error history_unwritable: ", output, StringComparison.Ordinal);
        Assert.Contains("lost 0, doubled 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calibration_says_what_the_generator_can_do()
    {
        var (code, output, errors) = await RunAsync("calibrate --duration 200ms --connections 4 --json c.json");
        Assert.True(code == ExitCode.Valid, output + errors);
        Assert.Contains("good for an open loop up to ", output, StringComparison.Ordinal);
        await using var portal = await FakePortal.StartAsync();
        var run = await RunAsync(
            $"views --target {portal.Door} --rate {1_000_000.ToString(CultureInfo.InvariantCulture)} --duration 1ms --calibration c.json"
        );
        Assert.Contains("more than the calibration found", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<(int Code, string Output, string Errors)> RunAsync(string command) =>
        Tool.RunAsync(_folder.Path, command.Split(' '));
}
