using System.Net;
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

    /// <summary>Reads go well all the time, and what is counted is refused.</summary>
    [Fact]
    public async Task A_store_that_takes_no_writes_fails_until_it_does_and_nobody_has_to_view_anything()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);
        await using var store = await redis.ConnectAsync();
        var server = store.GetServer(redis.Address);
        Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
        await ReportsAsync(replica, "portal_counting_sites_failing", 0);

        await server.ConfigSetAsync("min-replicas-to-write", 1);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel)).Status
        );
        for (var read = 0; read < 5; read++)
        {
            await IsReadAgainAsync();
            await ReportsAtOnceAsync();
        }
        await server.ConfigSetAsync("min-replicas-to-write", 0);
        await ReportsAsync(replica, "portal_counting_sites_failing", 0);

        async Task IsReadAgainAsync()
        {
            var before = (await redis.CommandStatsAsync())["evalsha"];
            await Eventually.HoldsAsync(
                async () => (await redis.CommandStatsAsync())["evalsha"] > before + 1,
                "it is read again",
                Cancel
            );
        }

        async Task ReportsAtOnceAsync() =>
            Assert.Contains(
                "portal_counting_sites_failing{} 1",
                (await replica.Probe.GetAsync("/metrics", Cancel)).Body,
                StringComparison.Ordinal
            );
    }

    /// <summary>Its numbers are read all the same.</summary>
    [Fact]
    public async Task A_damaged_ledger_is_reported_as_a_site_that_fails()
    {
        const string Damaged = "w:299227y0";
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await CountingReplica.StartNewAsync(redis.Address, _seeds.Path, [new("site")]);
        await using var store = await redis.ConnectAsync();
        Assert.True((await replica.Internal.ViewAsync("site", new ViewCall("/a"), Cancel)).Counted);
        await store
            .GetDatabase()
            .HashSetAsync("{site}:ledger", [new(Damaged, "1"), new("dm", $"1 its field {Damaged}")]);
        await ReportsAsync(replica, "portal_counting_sites_failing", 1);
        await store.GetDatabase().HashDeleteAsync("{site}:ledger", Damaged);
        await ReportsAsync(replica, "portal_counting_sites_failing", 0);
    }

    /// <summary>The alert on it would never end.</summary>
    [Fact]
    public async Task A_store_that_is_gone_after_a_failover_is_not_reported_any_more()
    {
        await using var first = await RedisServer.StartAsync("everysec");
        var primary = first.Address.Split(':');
        await using var second = await RedisServer.StartAsync("always", "--replicaof", primary[0], primary[1]);
        await using var replica = await CountingReplica.StartNewAsync(
            $"{first.Address},{second.Address}",
            _seeds.Path,
            [new("site")]
        );
        await ReportsDurableAsync(replica, 0);
        await first.KillAsync();
        await using (var promoted = await second.ConnectAsync())
        {
            await promoted.GetServer(second.Address).ExecuteAsync("REPLICAOF", "NO", "ONE");
        }
        await Eventually.BecomesAsync(
            () => replica.Internal.ViewAsync("site", new ViewCall("/a") { View = ViewCall.NewId() }, Cancel),
            reply => reply.Status == HttpStatusCode.OK,
            "views are counted by the second one",
            Cancel
        );
        await ReportsDurableAsync(replica, 1);
    }

    private static Task<Reply> ReportsDurableAsync(CountingReplica replica, int durable) =>
        ReportsAsync(replica, "portal_counting_store_durable", durable);

    private static Task<Reply> ReportsAsync(CountingReplica replica, string metric, int value) =>
        Eventually.BecomesAsync(
            () => replica.Probe.GetAsync("/metrics", Cancel),
            page =>
                page.Body.Split('\n')
                    .Where(line => line.StartsWith(metric, StringComparison.Ordinal))
                    .Select(line => line[^1])
                    .SequenceEqual([(char)('0' + value)]),
            $"{metric} {value}",
            Cancel
        );

    private async Task<RedisServer> WithoutConfigAsync()
    {
        var rules = _seeds.File("users.acl");
        await File.WriteAllTextAsync(rules, NoConfig + "\n", Cancel);
        return await RedisServer.StartAsync("always", "--aclfile", rules);
    }
}
