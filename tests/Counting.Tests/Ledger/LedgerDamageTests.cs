using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Counting.CheckStore;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>Fields that counting cannot have written: a ledger that holds one is left as it is.</summary>
public sealed class LedgerDamageTests(StoreFixture store)
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Theory]
    [InlineData("w:299227y0", "1")]
    [InlineData("m:", "1")]
    [InlineData("d:29922", "1x")]
    [InlineData("v", "")]
    [InlineData("n", "-1")]
    [InlineData("g", "1 2")]
    [InlineData("z", "0 Asia/Ho_Chi_Minh")]
    [InlineData("ow", "1  2")]
    [InlineData("p:tin-tuc", "1 2 1 0 0 2 1 0 0")]
    [InlineData("p:/a", "1 2 1 0 0 2 1 0")]
    [InlineData("p:/a", "1 2 1 0 0 2 1 0 x")]
    [InlineData("v:0198c0de00007000800000000000000g", "1")]
    [InlineData("r:lane", "1 2")]
    [InlineData("r:lane", "1 2 ccx")]
    [InlineData("i:1:5:ab", "123456")]
    [InlineData("i:1:1:ab", "12345")]
    [InlineData("i:1:1:a", "123456")]
    [InlineData("bot:1:", "1")]
    [InlineData("a:1", "{")]
    [InlineData("sc", "0123")]
    [InlineData("ct", "1.5")]
    [InlineData("v", "9999999999999999999")]
    [InlineData("ow", "99999999999999999999")]
    public void What_cannot_have_been_written_is_found(string name, string value)
    {
        Assert.NotNull(Fault(name, value, mayBeUnknown: true));
        Assert.Contains(name, Fault(name, value, mayBeUnknown: false), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_later_version_may_have_written_is_damage_only_where_there_is_none()
    {
        Assert.Null(Fault("later", "1", mayBeUnknown: true));
        Assert.NotNull(Fault("later", "1", mayBeUnknown: false));
    }

    /// <summary>
    /// Of large generations there were shards of a fourth level; an epoch told only with which commit it began.
    /// </summary>
    [Theory]
    [InlineData("i:7:4:ab", "123456")]
    [InlineData("ef", "12")]
    [InlineData("p:/a", "1 2 1 0 0 2 1 0 0|||published")]
    public void What_earlier_versions_wrote_is_no_damage(string name, string value) =>
        Assert.Null(Fault(name, value, mayBeUnknown: false));

    [Fact]
    public async Task Whatever_counting_writes_is_possible()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/tin-tức?ItemID=1", id: 0xFFEEDDCCBBAA9988, visitor: 1);
        await process.ViewAsync("/a", id: 7);
        await process.PublishAsync("/a", "/b");
        await process.KeepHouseAsync();
        Assert.Null(
            await process
                .Get<ViewLedger>()
                .FindDamageAsync(_site.Id, mayBeUnknown: false, TestContext.Current.CancellationToken)
        );
        Assert.True((await store.Connection.GetDatabase().HashGetAllAsync(CountingKeys.Ledger(_site.Id))).Length > 15);
    }

    [Fact]
    public async Task A_damaged_ledger_is_left_as_it_is_and_the_others_are_counted()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        await store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(_site.Id), "w:299227y0", 1);
        await process.KeepHouseAsync();
        var before = await FieldsAsync();
        Assert.EndsWith(
            " its field w:299227y0 cannot have been written",
            before[CountingKeys.DamageMark],
            StringComparison.Ordinal
        );

        Assert.Equal(ViewFate.StoreAway, (await process.ViewAsync("/a")).Fate);
        await Assert.ThrowsAsync<DamagedLedgerException>(() => process.PublishAsync("/b"));
        await process.KeepHouseAsync();
        Assert.Equal(before, await FieldsAsync());
        Assert.Contains("w:299227y0", Assert.Single(process.Get<ViewLedger>().Damages), StringComparison.Ordinal);
        var health = await new StoreHealth(process.Get<StoreConnection>(), process.Get<ViewLedger>()).CheckHealthAsync(
            new HealthCheckContext(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HealthStatus.Degraded, health.Status);

        await using var other = new CountingProcess(store, new Site { Id = StoreFixture.NewSite() });
        Assert.Equal(ViewFate.Counted, (await other.ViewAsync("/a")).Fate);
    }

    /// <summary>
    /// What a commit's reply cannot tell, such as the open weeks, is noticed by the first of them; the next ones are
    /// not sent.
    /// </summary>
    [Theory]
    [InlineData("ow", "2992x")]
    [InlineData("ct", "1.5")]
    [InlineData("fv", "x")]
    public async Task Damaged_numbers_of_the_site_stop_it_after_one_batch(string field, string value)
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        await store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(_site.Id), field, value);
        Assert.Equal(ViewFate.StoreAway, (await process.ViewAsync("/a")).Fate);
        var before = await FieldsAsync();
        Assert.Equal(ViewFate.StoreAway, (await process.ViewAsync("/a")).Fate);
        Assert.Equal(before, await FieldsAsync());
        Assert.Single(process.Get<ViewLedger>().Damages);
    }

    /// <summary>The script trips over it and writes nothing.</summary>
    [Fact]
    public async Task A_damaged_page_stops_its_site_and_not_only_its_batch()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        await store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(_site.Id), "p:/bad", "x");
        var before = await FieldsAsync();
        Assert.Equal(ViewFate.StoreAway, (await process.ViewAsync("/bad")).Fate);
        Assert.Equal(ViewFate.StoreAway, (await process.ViewAsync("/a")).Fate);
        var after = await FieldsAsync();
        Assert.True(after.Remove(CountingKeys.DamageMark));
        Assert.Equal(before, after);
        Assert.Contains("p:/bad", Assert.Single(process.Get<ViewLedger>().Damages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Housekeeping_finds_what_it_trips_over()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        await store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(_site.Id), "g", "x 1 2 3 4 5");
        await process.KeepHouseAsync();
        Assert.Contains("its field g ", Assert.Single(process.Get<ViewLedger>().Damages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_replica_finds_all_leave_alone_and_those_that_start_later()
    {
        await using var one = new CountingProcess(store, _site);
        await using var two = new CountingProcess(store, _site);
        await one.ViewAsync("/a");
        await two.ViewAsync("/a");
        await DamageAsync("w:299227y0");
        await one.KeepHouseAsync();
        var before = await FieldsAsync();

        Assert.Equal(ViewFate.StoreAway, (await two.ViewAsync("/a")).Fate);
        await using var three = new CountingProcess(store, _site);
        await Assert.ThrowsAsync<DamagedLedgerException>(() => three.PublishAsync("/b"));
        await using var four = new CountingProcess(store, _site);
        Assert.Equal(ViewFate.StoreAway, (await four.ViewAsync("/a")).Fate);
        await using var five = new CountingProcess(store, _site);
        Assert.True(await five.Site.Reader.OpenAsync());
        Assert.Equal(before, await FieldsAsync());
        Assert.All(
            [two, three, four, five],
            each =>
                Assert.Contains("w:299227y0", Assert.Single(each.Get<ViewLedger>().Damages), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Mended_by_an_operator_it_is_counted_again_by_all()
    {
        await using var one = new CountingProcess(store, _site);
        await using var two = new CountingProcess(store, _site);
        await one.ViewAsync("/a");
        await two.ViewAsync("/a");
        await DamageAsync("w:299227y0");
        await DamageAsync("p:/bad", "x");
        await one.KeepHouseAsync();
        Assert.Equal(ViewFate.StoreAway, (await two.ViewAsync("/a")).Fate);

        // One of two: the other one keeps it closed.
        await MendAsync("w:299227y0");
        await LookAsync(two);
        Assert.Equal(ViewFate.StoreAway, (await one.ViewAsync("/a")).Fate);
        Assert.Contains("p:/bad", Assert.Single(two.Get<ViewLedger>().Damages), StringComparison.Ordinal);

        await MendAsync("p:/bad");
        await LookAsync(two);
        Assert.Empty(two.Get<ViewLedger>().Damages);
        Assert.Equal(ViewFate.Counted, (await two.ViewAsync("/a")).Fate);
        // It has not looked itself, and reads it.
        Assert.NotNull(await one.Site.Reader.ReadNowAsync([]));
        Assert.Equal(ViewFate.Counted, (await one.ViewAsync("/a")).Fate);
        Assert.Empty(one.Get<ViewLedger>().Damages);
        Assert.Equal(4, (await store.LedgerAsync(_site.Id)).Total);
    }

    /// <summary>Others report it.</summary>
    [Fact]
    public async Task A_store_that_is_away_is_no_failure_of_those_who_look()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site);
        await process.ViewAsync("/a");
        await redis.KillAsync();
        var waiting = process.Site.Committer.CommitAsync(process.Pending("/a"));
        await Eventually.HoldsAsync(
            () => process.Site.Availability.IsAway,
            "the store is away",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(TimeSpan.FromSeconds(10), await LookAsync(process));
        await redis.StartAgainAsync();
        Assert.Equal(ViewFate.Counted, (await waiting).Fate);
    }

    /// <summary>Also one that is added later: it looks at the mark, or stands in this list.</summary>
    [Fact]
    public async Task Every_script_that_writes_refuses_a_marked_ledger()
    {
        LedgerScript[] others =
        [
            LedgerScript.Read,
            LedgerScript.ReadFields,
            LedgerScript.MarkDamage,
            LedgerScript.ClearDamage,
        ];
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        await DamageAsync(CountingKeys.DamageMark, "1 somebody found it");
        var before = await FieldsAsync();
        var known = await process.Get<StoreConnection>().ProcessOfAsync(CountingKeys.Ledger(_site.Id));
        foreach (var script in Enum.GetValues<LedgerScript>().Except(others))
        {
            RedisValue[] arguments = script switch
            {
                LedgerScript.Commit =>
                [
                    1,
                    "lane",
                    1,
                    1,
                    1,
                    1,
                    1,
                    1,
                    1,
                    "",
                    "",
                    before["sc"],
                    1,
                    1,
                    "",
                    before["sc"],
                    1,
                ],
                LedgerScript.CompareState => ["9" + before["epoch"], 1, 1, "1"],
                _ => [],
            };
            var refusal = await Assert.ThrowsAsync<RedisServerException>(() =>
                store
                    .Connection.GetDatabase()
                    .ScriptEvaluateAsync(known.Scripts[script], [CountingKeys.Ledger(_site.Id)], arguments)
            );
            Assert.True(DamageMark.Of(refusal) == "1 somebody found it", $"{script}: {refusal.Message}");
        }

        Assert.Equal(before, await FieldsAsync());
    }

    [Fact]
    public async Task Housekeeping_removes_what_earlier_versions_left()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a", id: 7);
        await DamageAsync("i:0:4:ab", "123456");
        await process.KeepHouseAsync();
        Assert.Empty(process.Get<ViewLedger>().Damages);
        Assert.DoesNotContain("i:0:4:ab", (await FieldsAsync()).Keys);
    }

    /// <summary>
    /// What was sent and not answered may be stored: it is given up, and its lane with it, so that it is never sent
    /// under another number.
    /// </summary>
    [Fact]
    public async Task A_batch_of_unclear_outcome_is_given_up_and_its_view_counts_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site, null, ("Counting:AnswerWithin", "00:00:01"));
        await using var connection = await redis.ConnectAsync();
        await process.ViewAsync("/a");
        redis.Pause();
        var waiting = process.Site.Committer.CommitAsync(process.Pending("/a", id: 7));
        await Eventually.HoldsAsync(
            () => process.Site.Availability.IsAway,
            "its commit is not answered",
            TestContext.Current.CancellationToken
        );
        var field = new HashEntry("w:299227y0", 1);
        // As housekeeping does.
        Assert.True(
            await process.OnLedgerAsync((ledger, known) => ledger.IsDamagedAsync(known, _site.Id, field).AsTask())
        );
        var late = process.Site.Committer.CommitAsync(process.Pending("/a", id: 8));
        redis.Resume();

        Assert.Equal(
            ViewFate.StoreAway,
            (await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Fate
        );
        Assert.Equal(
            ViewFate.StoreAway,
            (await late.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Fate
        );
        await Eventually.HoldsAsync(
            async () =>
            {
                await LookAsync(process);
                // As every second.
                process.Site.Reader.RefreshIfActive();
                return !process.Site.Availability.IsAway && !process.Get<ViewLedger>().Damages.Any();
            },
            "it is found whole",
            TestContext.Current.CancellationToken
        );
        var again = await Eventually.BecomesAsync(
            () => process.ViewAsync("/a", id: 7),
            answer => answer.Fate is ViewFate.Counted or ViewFate.Duplicate,
            "it is counted again",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(2, again.Site!.Shown.Total);
        Assert.Empty((await Testing.Store.Ledger.ReadAsync(connection, _site.Id)).Contradictions());
    }

    private Task<bool> DamageAsync(string field, string value = "1") =>
        store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(_site.Id), field, value);

    private Task<bool> MendAsync(string field) =>
        store.Connection.GetDatabase().HashDeleteAsync(CountingKeys.Ledger(_site.Id), field);

    /// <summary>What every process does every ten seconds.</summary>
    private static Task<TimeSpan> LookAsync(CountingProcess process) =>
        process.Get<LedgerMending>().RunAsync(TestContext.Current.CancellationToken);

    private async Task<Dictionary<string, string>> FieldsAsync() =>
        (await store.Connection.GetDatabase().HashGetAllAsync(CountingKeys.Ledger(_site.Id))).ToDictionary(
            field => (string)field.Name!,
            field => (string)field.Value!
        );

    private static string? Fault(string name, string value, bool mayBeUnknown) =>
        LedgerField.FindFault(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), mayBeUnknown);
}
