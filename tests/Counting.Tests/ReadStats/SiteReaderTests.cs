using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.ReadStats;

public sealed class SiteReaderTests(StoreFixture store)
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Fact]
    public async Task A_thousand_reads_cost_the_store_one()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(
            redis,
            _site,
            new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55))
        );
        await process.Site.Reader.ReadAsync([]);
        var before = await ReadsAsync();
        var views = await Task.WhenAll(
            Enumerable.Range(0, 1_000).Select(_ => process.Site.Reader.ReadAsync(["/a"]).AsTask())
        );
        Assert.All(views, view => Assert.False(view!.Stale));
        Assert.InRange(await ReadsAsync() - before, 1, 2);

        async Task<long> ReadsAsync() => (await redis.CommandStatsAsync()).GetValueOrDefault("evalsha");
    }

    [Fact]
    public async Task Today_rolls_over_by_the_clock_and_not_by_the_next_view()
    {
        var midnight = new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);
        var time = new FakeTimeProvider(midnight.AddSeconds(-1));
        await using var process = new CountingProcess(store, _site, time);
        await process.ViewAsync("/a");
        Assert.Equal(1, (await process.Site.Reader.ReadAsync([]))!.Snapshot.Site.Shown.Today);
        time.Advance(TimeSpan.FromSeconds(1));
        var view = await process.Site.Reader.ReadAsync(["/a"]);
        Assert.Equal((0, 1), (view!.Snapshot.Site.Shown.Today, view.Snapshot.Site.Shown.Week));
        Assert.Equal(0, StatsReply.Of(_site, view, "/a").Page!.Views.Today);
    }

    [Fact]
    public async Task With_the_store_away_the_last_numbers_are_shown_as_stale_also_past_midnight()
    {
        var midnight = new DateTimeOffset(2026, 3, 11, 0, 0, 0, TimeSpan.Zero);
        var time = new FakeTimeProvider(midnight.AddSeconds(-1));
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site, time);
        await process.ViewAsync("/a", visitor: 1);
        var last = StatsReply.Of(_site, (await process.Site.Reader.ReadAsync(["/a"]))!, "/a");
        await redis.KillAsync();
        time.Advance(TimeSpan.FromMinutes(10));

        var stale = await process.Site.Reader.ReadAsync(["/a"]);
        Assert.Equal(
            last with
            {
                Stale = true,
                AsOf = default,
            },
            StatsReply.Of(_site, stale!, "/a") with
            {
                AsOf = default,
            }
        );
        Assert.Equal(1, last.Views.Today);
        // Zeros for a page that is only unknown would be a lie.
        Assert.Null(await process.Site.Reader.ReadAsync(["/never-asked"]));

        await redis.StartAgainAsync();
        var fresh = await Eventually.BecomesAsync(
            () => process.Site.Reader.ReadAsync([]).AsTask(),
            view => view is { Stale: false },
            "the numbers",
            TestContext.Current.CancellationToken
        );
        Assert.Equal((0, 1), (fresh!.Snapshot.Site.Shown.Today, fresh.Snapshot.Site.Shown.Total));
    }

    [Fact]
    public async Task A_store_that_was_away_is_seen_again_though_nobody_asks_any_more()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55));
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site, time);
        await process.ViewAsync("/a");
        await redis.KillAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        await process.Site.Reader.ReadAsync([]);
        await Eventually.HoldsAsync(
            () => process.Site.Availability.IsAway,
            "it is away",
            TestContext.Current.CancellationToken
        );

        time.Advance(SiteReader.AskedLately + TimeSpan.FromSeconds(1));
        Assert.False(process.Site.Reader.IsActive);
        await redis.StartAgainAsync();
        await Eventually.HoldsAsync(
            () =>
            {
                // As every second.
                process.Site.Reader.RefreshIfActive();
                return !process.Site.Availability.IsAway;
            },
            "it is there again",
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Past_the_limit_of_held_pages_every_page_is_still_answered()
    {
        await using var process = new CountingProcess(store, _site, settings: ("Counting:HeldPages", "2000"));
        await process.ViewAsync("/7");
        foreach (var paths in Enumerable.Range(0, 6_000).Select(i => $"/{i}").Chunk(100))
        {
            var view = await FreshAsync(process, paths);
            Assert.Equal(
                paths.Contains("/7") ? 1 : 0,
                view.Pages.Sum(page => page.Shown(view.Snapshot.Site.Day, view.Snapshot.Site.Week).Total)
            );
        }
    }

    [Fact]
    public async Task What_is_read_in_the_background_takes_no_room_from_those_who_wait()
    {
        await using var process = new CountingProcess(store, _site, settings: ("Counting:HeldPages", "2000"));
        await FreshAsync(process, [.. Enumerable.Range(0, 2_000).Select(i => $"/held/{i}")]);
        for (var i = 0; i < 20; i++)
        {
            // In one round: both stand in line before it is taken, but for the first now and then.
            process.Site.Reader.RefreshIfActive();
            await FreshAsync(process, [$"/new/{i}", $"/held/{i}"]);
        }
    }

    /// <summary>
    /// Fresh numbers at the first asking. Only a store that took longer than the reader's patience is asked again.
    /// </summary>
    private static async Task<SiteView> FreshAsync(CountingProcess process, string[] paths)
    {
        for (var tries = 1; ; tries++)
        {
            var asked = Stopwatch.StartNew();
            if (await process.Site.Reader.ReadAsync(paths) is { Stale: false } view)
            {
                return view;
            }

            Assert.True(
                tries < 20 && asked.Elapsed >= SiteReader.TimeoutWithOldNumbers,
                $"Not answered with fresh numbers after {asked.ElapsedMilliseconds} ms, try {tries}."
            );
        }
    }

    [Fact]
    public async Task Shown_visitors_never_exceed_shown_views()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a", visitor: 1);
        // A duplicate names a visitor too, and is no view.
        await process.ViewAsync("/a", id: 5, visitor: 2);
        await process.ViewAsync("/a", id: 5, visitor: 3);
        await process.ViewAsync("/a", id: 5, visitor: 4);
        var stats = StatsReply.Of(_site, (await process.Site.Reader.ReadAsync([]))!, null);
        Assert.Equal(stats.Views, stats.Visitors);
        Assert.Equal(new(2, 2, 2), stats.Views);
    }

    [Fact]
    public async Task What_another_replica_counted_is_seen_at_the_next_read()
    {
        await using var one = new CountingProcess(store, _site);
        await using var two = new CountingProcess(store, _site);
        await two.Site.Reader.ReadAsync(["/a"]);
        await one.ViewAsync("/a");
        await Eventually.BecomesAsync(
            () => two.Site.Reader.ReadAsync(["/a"]).AsTask(),
            view =>
                view!.Snapshot.Site.Shown.Total == 1
                && view.Pages[0].Shown(view.Snapshot.Site.Day, view.Snapshot.Site.Week).Total == 1,
            "the other replica's box",
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task A_page_and_its_site_are_shown_as_of_one_commit_whoever_counted_what()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = new CountingProcess(
            redis,
            _site,
            new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55))
        );
        await using var two = new CountingProcess(redis, _site);
        Assert.Equal((0, 0), Shown((await one.Site.Reader.ReadAsync(["/a"]))!));
        for (var i = 0; i < 20; i++)
        {
            await two.ViewAsync("/a");
        }

        // Its own commit tells the first process how many views there are, and not that they are of /a.
        await one.ViewAsync("/b");
        Assert.Equal((21, 20), Shown((await one.Site.Reader.ReadAsync(["/a"]))!));

        // A page that its own commits change, or leave as they are, is held as of each of them.
        var before = await ReadsAsync();
        await one.ViewAsync("/a");
        await one.ViewAsync("/b");
        var commits = await ReadsAsync() - before;
        Assert.Equal((23, 21), Shown((await one.Site.Reader.ReadAsync(["/a"]))!));
        Assert.Equal(before + commits, await ReadsAsync());

        await two.ViewAsync("/a");
        await one.ViewAsync("/b");
        await redis.KillAsync();
        // The page is known as of two commits ago: so is the site.
        var last = await Eventually.BecomesAsync(
            () => one.Site.Reader.ReadAsync(["/a"]).AsTask(),
            view => view is { Stale: true },
            "the last numbers",
            TestContext.Current.CancellationToken
        );
        Assert.Equal((23, 21), Shown(last!));
        Assert.Equal(25, one.Site.Reader.LastOfSite()!.Snapshot.Site.Shown.Total);

        async Task<long> ReadsAsync() => (await redis.CommandStatsAsync()).GetValueOrDefault("evalsha");
        static (long Site, long Page) Shown(SiteView view) =>
            (
                view.Snapshot.Site.Shown.Total,
                view.Pages[0].Shown(view.Snapshot.Site.Day, view.Snapshot.Site.Week).Total
            );
    }

    /// <summary>
    /// One page is known as of own commits, the other as of an earlier read: no state has both, and the site never has
    /// fewer than they.
    /// </summary>
    [Fact]
    public async Task Pages_of_several_states_are_read_again_and_without_a_store_their_site_is_the_latest()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = new CountingProcess(redis, _site, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var two = new CountingProcess(redis, _site);
        await one.Site.Reader.ReadAsync(["/a", "/b"]);
        await two.ViewAsync("/b");
        for (var i = 0; i < 5; i++)
        {
            await one.ViewAsync("/a");
        }

        await redis.KillAsync();
        var last = await Eventually.BecomesAsync(
            () => one.Site.Reader.ReadAsync(["/a", "/b"]).AsTask(),
            view => view is { Stale: true },
            "the last numbers",
            TestContext.Current.CancellationToken
        );
        Assert.Equal((6, 5, 0), Shown(last!));
        await redis.StartAgainAsync();
        var read = await Eventually.BecomesAsync(
            () => one.Site.Reader.ReadAsync(["/a", "/b"]).AsTask(),
            view => view is { Stale: false },
            "the numbers",
            TestContext.Current.CancellationToken
        );
        Assert.Equal((6, 5, 1), Shown(read!));

        static (long Site, long A, long B) Shown(SiteView view) =>
            (view.Snapshot.Site.Shown.Total, Of(view, 0), Of(view, 1));
        static long Of(SiteView view, int page) =>
            view.Pages[page].Shown(view.Snapshot.Site.Day, view.Snapshot.Site.Week).Total;
    }

    [Fact]
    public async Task What_was_just_read_is_of_one_commit_or_not_shown()
    {
        await using var process = new CountingProcess(store, _site);
        var held = new NumbersCache(
            process.Site.Calendar,
            new CountingOptions { HeldPages = 2_000 },
            TimeProvider.System
        );
        var buckets = process.Site.Calendar.Of(TimeProvider.System.GetUtcNow());
        string[] pages = ["/a", "/b"];
        held.Take(Read(8, 50, ("/a", 20), ("/b", 30)), null, TimeProvider.System.GetTimestamp(), pages.ToHashSet());
        Assert.NotNull(held.JustRead(pages, TimeProvider.System.GetTimestamp()));
        // Between them lies another replica's commit.
        held.Take(Read(10, 121, ("/a", 51)), null, TimeProvider.System.GetTimestamp(), null);
        Assert.Null(held.JustRead(pages, TimeProvider.System.GetTimestamp()));
        Assert.NotNull(held.JustRead(["/b"], TimeProvider.System.GetTimestamp()));

        // A batch that is sent again is told by its receipt, with the numbers of now: they do not join on to what was
        // known.
        held.Take(Read(11, 122, ("/a", 51), ("/b", 31)), null, TimeProvider.System.GetTimestamp(), pages.ToHashSet());
        held.Take(Read(12, 130, ("/a", 52)) with { IsRepeated = true }, null, TimeProvider.System.GetTimestamp(), null);
        Assert.Null(held.Fresh(pages, TimeProvider.System.GetTimestamp()));

        LedgerRead Read(long commit, long total, params (string Path, long Views)[] records) =>
            new(
                "run",
                1,
                1,
                new SiteNumbers
                {
                    Version = new LedgerVersion(1, commit),
                    IdHorizon = 0,
                    Day = buckets.Day,
                    Week = buckets.Week,
                    CountedTotal = total,
                    CountedDay = 0,
                    CountedWeek = 0,
                    AdjustedTotal = 0,
                    AdjustedDay = 0,
                    AdjustedWeek = 0,
                    FrozenVisitors = 0,
                    OpenWeeks = [],
                },
                [
                    .. records.Select(page =>
                        KeyValuePair.Create(
                            page.Path,
                            PageRecord.Parse(
                                $"{page.Views} {buckets.Day} {page.Views} 0 0 {buckets.Week} {page.Views} 0 0"
                            )
                        )
                    ),
                ]
            );
    }

    [Fact]
    public async Task A_store_that_takes_no_writes_is_read()
    {
        await using var redis = await RedisServer.StartAsync(fsync: "everysec");
        await using var connection = await redis.ConnectAsync();
        await using (var before = new CountingProcess(redis, _site))
        {
            await before.ViewAsync("/a");
        }

        // As an earlier version left it.
        await connection.GetDatabase().HashDeleteAsync(CountingKeys.Ledger(_site.Id), CountingKeys.SecretCheck);
        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await using var after = new CountingProcess(redis, _site);
        Assert.Equal(1, (await after.Site.Reader.ReadAsync([]))!.Snapshot.Site.Shown.Total);
    }
}
