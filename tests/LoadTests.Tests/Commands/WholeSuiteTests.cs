using PortalServices.LoadTests.Reports;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Tests.Commands;

/// <summary>
/// The tool starts the whole suite on a real Redis, RabbitMQ and PostgreSQL, kills its parts while views come, and
/// proves that none was lost and none doubled.
/// </summary>
public sealed class WholeSuiteTests
{
    // What counting promises on a cluster is shown by tests/Crash.Tests in every run.
    private const string OnlyLong = "A suite on a Redis Cluster is started in a long run alone.";

    [Fact]
    public async Task Twenty_seconds_of_views_with_faults_lose_and_double_nothing()
    {
        using var folder = new TemporaryDirectory();
        var (code, output, errors) = await Tool.RunAsync(
            folder.Path,
            "local views --rate 200 --duration 20s --verify --chaos --chaos-every 4s --history h --json a.json".Split(
                ' '
            )
        );
        Assert.True(code == ExitCode.Valid, output + errors);
        var report = ReportFiles.Read(folder.File("a.json"));
        var found = report.Verification!;
        Assert.Equal((4_000L, 4_000L), (found.Sent, found.Acknowledged));
        Assert.Equal((0L, 0L, 0L), (found.Lost, found.Doubled, found.Unknown));
        Assert.Equal(found.Sent, found.Counted);
        // Each id was asked for in the ledgers themselves.
        Assert.Equal(found.Sent, found.LedgerIds);
        Assert.Contains(report.Faults, fault => fault is { Part: "counting-1", InFlight: > 0, To: not null });
        Assert.Contains(report.Faults, fault => fault is { Part: "redis", InFlight: > 0, To: not null });
        Assert.All(
            (string[])["gateway", "redis", "counting-1", "counting-2", "postgresql", "rabbitmq"],
            part => Assert.True(report.SuiteMicroseconds[part] > 0, part)
        );
        Assert.Contains("of the suite's", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restarting_a_service_fails_no_request_at_all()
    {
        using var folder = new TemporaryDirectory();
        var (code, output, errors) = await Tool.RunAsync(
            folder.Path,
            "local views --rate 100 --duration 20s --verify --history h --json a.json --chaos --rolling --part counting --chaos-every 2s --chaos-down 100ms".Split(
                ' '
            )
        );
        Assert.True(code == ExitCode.Valid, output + errors);
        var report = ReportFiles.Read(folder.File("a.json"));
        Assert.Equal((2_000L, 2_000L), (report.Requests, report.Succeeded));
        Assert.Subset(
            new HashSet<string> { "counted", "acknowledged", "duplicate" },
            report.Outcomes.Keys.ToHashSet(StringComparer.Ordinal)
        );
        Assert.Contains(report.Faults, fault => fault is { Part: "counting-1", InFlight: > 0, To: not null });
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("failover")]
    [InlineData("slot")]
    public async Task On_a_cluster_faults_lose_and_double_nothing_that_a_replica_had(string part)
    {
        Assert.SkipUnless(LongRun.IsOn, OnlyLong);
        using var folder = new TemporaryDirectory();
        var (code, output, errors) = await Tool.RunAsync(
            folder.Path,
            $"local views --cluster --rate 100 --duration 15s --sites 6 --verify --chaos --part {part} --settle-for 4s --history h --json a.json".Split(
                ' '
            )
        );
        Assert.True(code == ExitCode.Valid, output + errors);
        var found = ReportFiles.Read(folder.File("a.json")).Verification!;
        Assert.Equal((1_500L, 0L, 0L), (found.Acknowledged, found.Lost, found.Doubled));
        Assert.Contains(found.Faults, fault => fault.Part == part && fault is { InFlight: > 0, To: not null });
        Assert.Equal(part == "failover", found.Promotions.Count > 0);
    }

    [Fact]
    public async Task What_a_lagging_replica_had_not_got_is_lost_within_the_promise_and_said_so()
    {
        Assert.SkipUnless(LongRun.IsOn, OnlyLong);
        using var folder = new TemporaryDirectory();
        var (code, output, errors) = await Tool.RunAsync(
            folder.Path,
            "local views --cluster --rate 100 --duration 10s --sites 6 --verify --chaos --part lagging-failover --chaos-every 1m --settle-for 4s --history h --json a.json --html a.html".Split(
                ' '
            )
        );
        Assert.True(code == ExitCode.Valid, output + errors);
        var found = ReportFiles.Read(folder.File("a.json")).Verification!;
        Assert.Equal((0L, 0L), (found.Lost, found.Doubled));
        Assert.InRange(found.LostToPromotions, 1, 1_000);
        Assert.All(found.Promotions, each => Assert.InRange(each.Lost, 0, each.Reported));
        Assert.Contains("the portal reports them as a store loss", output, StringComparison.Ordinal);
        Assert.Contains(
            "lost to promotions",
            await File.ReadAllTextAsync(folder.File("a.html"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Theory, Rows]
    [UsualRow("feedback")]
    [LongRow("content")]
    [LongRow("mixed")]
    public async Task Each_scenario_is_answered_as_a_client_wants(string scenario)
    {
        using var folder = new TemporaryDirectory();
        var (code, output, errors) = await Tool.RunAsync(
            folder.Path,
            $"local {scenario} --rate 20 --duration 2s --sites 1 --threshold errors<1%".Split(' ')
        );
        Assert.True(code == ExitCode.Valid, output + errors);
    }
}
