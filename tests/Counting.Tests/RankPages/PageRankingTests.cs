using System.Globalization;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.RankPages;

public sealed class PageRankingTests
{
    private const int Pages = 100_000;
    private readonly Site _site = new() { Id = "ranked" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_thousand_pages_are_gone_through_once_however_often_somebody_asks()
    {
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var connection = await redis.ConnectAsync();
        await using var process = new CountingProcess(redis, _site);
        await process.ViewAsync("/first");
        foreach (var some in Enumerable.Range(1, Pages).Chunk(10_000))
        {
            await connection
                .GetDatabase()
                .HashSetAsync(
                    CountingKeys.Ledger(_site.Id),
                    [
                        .. some.Select(i => new HashEntry(
                            string.Create(CultureInfo.InvariantCulture, $"p:/page/{i}"),
                            string.Create(CultureInfo.InvariantCulture, $"{i} 0 0 0 0 0 0 0 0")
                        )),
                    ]
                );
        }

        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"/page/{Pages - i}"),
            await process.Site.Ranking.TopAsync(RankPeriod.Total, 10)
        );
        var before = await redis.CommandStatsAsync();
        // HSCAN takes at least half of what it is asked to, so a hundred thousand fields are a few hundred commands.
        Assert.InRange(before["hscan"], 50, 300);
        // Pages below those that stayed are not looked at again, and nothing is sorted where commits wait.
        Assert.InRange(process.Site.Ranking.Examined, PageRanking.MaxPages, Pages / 5);
        Assert.InRange(process.Site.Ranking.LongestPiece, 1, 6 * PageRanking.MaxPages);

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(1_000, (await process.Site.Ranking.TopAsync(RankPeriod.Total, 1_000)).Count);
        }
        // This process' own views move pages up, and nothing is gone through again.
        await process.ViewAsync($"/page/{Pages - 1}");
        await process.ViewAsync($"/page/{Pages - 1}");
        Assert.Equal(
            [$"/page/{Pages - 1}", $"/page/{Pages}"],
            await process.Site.Ranking.TopAsync(RankPeriod.Total, 2)
        );
        Assert.Equal([$"/page/{Pages - 1}", "/first"], await process.Site.Ranking.TopAsync(RankPeriod.Today, 2));
        Assert.Equal(before["hscan"], (await redis.CommandStatsAsync())["hscan"]);
    }

    [Fact]
    public async Task Pages_are_not_gone_through_while_fields_are_removed()
    {
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var process = new CountingProcess(redis, _site);
        await process.ViewAsync("/a");
        var removing = new TaskCompletionSource();
        var removal = process.Site.Scans.RunAsync(() => removing.Task);
        var top = process.Site.Ranking.TopAsync(RankPeriod.Total, 10);
        for (var i = 0; i < 20; i++)
        {
            await process.ViewAsync("/a");
        }
        Assert.False(top.IsCompleted);
        Assert.DoesNotContain("hscan", (await redis.CommandStatsAsync()).Keys);
        removing.SetResult();
        await removal;
        Assert.Equal(["/a"], await top);
        Assert.Contains("hscan", (await redis.CommandStatsAsync()).Keys);
    }

    [Fact]
    public async Task Commits_go_on_while_pages_are_gone_through_and_are_in_the_ranking()
    {
        const int Few = 20_000;
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var connection = await redis.ConnectAsync();
        await using var process = new CountingProcess(redis, _site);
        await process.ViewAsync("/first");
        foreach (var some in Enumerable.Range(1, Few).Chunk(10_000))
        {
            await connection
                .GetDatabase()
                .HashSetAsync(
                    CountingKeys.Ledger(_site.Id),
                    [
                        .. some.Select(i => new HashEntry(
                            string.Create(CultureInfo.InvariantCulture, $"p:/page/{i}"),
                            "1 0 0 0 0 0 0 0 0"
                        )),
                    ]
                );
        }

        var top = process.Site.Ranking.TopAsync(RankPeriod.Total, 3);
        var views = 0;
        for (; !top.IsCompleted || views < 10; views++)
        {
            await process.ViewAsync($"/page/{7 + (views % 2)}");
        }
        await top;
        Assert.Equal(
            ["/page/7", "/page/8"],
            (await process.Site.Ranking.TopAsync(RankPeriod.Total, 2)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(["/page/7", "/page/8", "/first"], await process.Site.Ranking.TopAsync(RankPeriod.Today, 3));
        Assert.InRange(process.Site.Ranking.LongestPiece, 1, 6 * PageRanking.MaxPages);
    }

    [Fact]
    public async Task The_first_reader_waits_no_longer_than_for_any_answer_and_later_ones_are_shown_the_last_ranking()
    {
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var process = new CountingProcess(redis, _site, settings: ("Counting:AnswerWithin", "00:00:00.5"));
        await using var other = new CountingProcess(redis, _site);
        await process.ViewAsync("/a");
        var removed = new TaskCompletionSource();
        var removal = process.Site.Scans.RunAsync(() => removed.Task);
        var first = process.Site.Ranking.TopAsync(RankPeriod.Total, 10);
        await Eventually.HoldsAsync(() => first.IsCompleted, "an answer without a ranking", Cancel);
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        removed.SetResult();
        await removal;
        Assert.Equal(["/a"], await process.Site.Ranking.TopAsync(RankPeriod.Total, 10));

        await other.ViewAsync("/b");
        removed = new TaskCompletionSource();
        removal = process.Site.Scans.RunAsync(() => removed.Task);
        // From here on a new ranking is waited for.
        await Eventually.BecomesAsync(
            async () =>
            {
                await process.Site.Reader.ReadNowAsync([]);
                return process.Site.Ranking.TopAsync(RankPeriod.Total, 10);
            },
            asked => !asked.IsCompleted,
            "a reader that waits",
            Cancel
        );
        var later = process.Site.Ranking.TopAsync(RankPeriod.Total, 10);
        await Eventually.HoldsAsync(() => later.IsCompleted, "an answer with the last ranking", Cancel);
        Assert.Equal(["/a"], await later);
        removed.SetResult();
        await removal;
        await Eventually.BecomesAsync(
            () => process.Site.Ranking.TopAsync(RankPeriod.Total, 10),
            top => top.Count == 2,
            "both pages",
            Cancel
        );
    }

    [Fact]
    public async Task What_another_replica_or_an_operator_changed_is_seen()
    {
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var one = new CountingProcess(redis, _site);
        await using var two = new CountingProcess(redis, _site);
        await one.ViewAsync("/a");
        Assert.Equal(["/a"], await one.Site.Ranking.TopAsync(RankPeriod.Today, 10));

        await two.ViewAsync("/b");
        await two.ViewAsync("/b");
        await RanksAsync("/b", "/a");
        await two.AdjustAsync(AdjustmentOf.Correction("/b", -2), two.Site.Calendar.Of(TimeProvider.System.GetUtcNow()));
        await RanksAsync("/a");

        async Task RanksAsync(params string[] expected) =>
            await Eventually.BecomesAsync(
                async () =>
                {
                    await one.Site.Reader.ReadAsync([]);
                    return await one.Site.Ranking.TopAsync(RankPeriod.Today, 10);
                },
                top => top.SequenceEqual(expected),
                "the ranking",
                Cancel
            );
    }
}
