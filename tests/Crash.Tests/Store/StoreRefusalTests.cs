using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Store;

/// <summary>Counting commits nothing to a store that may evict or forget.</summary>
public sealed class StoreRefusalTests : IDisposable
{
    private const string Trust = "Counting:TrustStoreSettings";
    private const string NoConfig = "user default on nopass ~* &* +@all -config";

    private readonly TemporaryDirectory _seeds = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _seeds.Dispose();

    [Theory]
    [InlineData("appendonly", "--appendonly", "no")]
    [InlineData("maxmemory-policy", "--maxmemory-policy", "allkeys-lru")]
    public async Task A_store_that_may_lose_views_ends_the_process_with_one_line(
        string setting,
        string option,
        string value
    )
    {
        await using var redis = await RedisServer.StartAsync("always", option, value);
        await using var replica = CountingReplica.Prepare(redis.Address, _seeds.Path, [new("site")]);
        var run = await replica.RunToEndAsync();

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(setting, Assert.Single(run.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_show_its_settings_is_refused()
    {
        await using var redis = await WithoutConfigAsync();
        await using var replica = CountingReplica.Prepare(redis.Address, _seeds.Path, [new("site")]);
        var run = await replica.RunToEndAsync();

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(Trust, Assert.Single(run.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_show_its_settings_is_taken_on_the_operators_word()
    {
        await using var redis = await WithoutConfigAsync();
        await using var replica = await CountingReplica.StartNewAsync(
            redis.Address,
            _seeds.Path,
            [new("site")],
            new Dictionary<string, string> { [Trust] = "true" }
        );
        var reply = await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel);
        Assert.True(reply.Counted);
        await ReportsDurableAsync(replica, 1);
    }

    [Theory]
    [InlineData("always", 1)]
    [InlineData("everysec", 0)]
    public async Task Whether_commits_are_on_disk_is_reported(string fsync, int durable)
    {
        await using var redis = await RedisServer.StartAsync(fsync);
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);
        await ReportsDurableAsync(replica, durable);
    }

    private static Task<Reply> ReportsDurableAsync(CountingReplica replica, int durable) =>
        Eventually.BecomesAsync(
            () => replica.Probe.GetAsync("/metrics", Cancel),
            page =>
                page.Body.Split('\n')
                    .Where(line => line.StartsWith("portal_counting_store_durable", StringComparison.Ordinal))
                    .Select(line => line[^1])
                    .SequenceEqual([(char)('0' + durable)]),
            $"portal_counting_store_durable {durable}",
            Cancel
        );

    private async Task<RedisServer> WithoutConfigAsync()
    {
        var rules = _seeds.File("users.acl");
        await File.WriteAllTextAsync(rules, NoConfig + "\n", Cancel);
        return await RedisServer.StartAsync("always", "--aclfile", rules);
    }
}
