using System.Globalization;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>The commit script against a real store, one law a test.</summary>
public sealed class CommitTests(StoreFixture store)
{
    private const long Far = 4_000_000_000_000;
    private static readonly TimeBuckets Monday = new(
        Minute: 29_000_100,
        Hour: 29_000_060,
        Day: 29_000_000,
        Week: 29_000_000
    );
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Fact]
    public async Task A_batch_sent_again_is_counted_once_and_answered_alike()
    {
        await using var process = new CountingProcess(store, _site);
        (string, ulong, long)[] views = [("/a", 1, Far), ("/b", 2, Far), ("/a", 1, Far), ("/a", 0, 0)];
        var first = await process.CommitAsync("lane", 1, Monday, views);
        var again = await process.CommitAsync("lane", 1, Monday, views);

        Assert.Equal("ccdc", first.Outcome);
        Assert.Equal((first.State, first.Outcome), (again.State, again.Outcome));
        Assert.Equal(first.Numbers!.Site.Version, again.Numbers!.Site.Version);
        Assert.Equal(first.Numbers.Site.Shown, again.Numbers.Site.Shown);
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal((3, 2, 1), (ledger.Total, ledger.Pages["/a"], ledger.Pages["/b"]));
        Assert.Empty(ledger.Contradictions());
    }

    [Fact]
    public async Task The_next_batch_of_another_lane_sees_the_ids_of_the_first()
    {
        await using var process = new CountingProcess(store, _site);
        await process.CommitAsync("one", 1, Monday, ("/a", 7, Far));
        var other = await process.CommitAsync("two", 1, Monday, ("/elsewhere", 7, Far), ("/a", 8, Far));
        Assert.Equal("dc", other.Outcome);
        Assert.Equal(2, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task A_lane_whose_commits_the_store_lost_is_told_so_and_nothing_is_applied()
    {
        await using var process = new CountingProcess(store, _site);
        await process.CommitAsync("lane", 1, Monday, ("/a", 1, Far));
        var reply = await process.CommitAsync("lane", 3, Monday, ("/a", 2, Far));
        Assert.Equal((CommitState.Gap, 1), (reply.State, reply.LastSequence));
        Assert.Equal(1, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task A_copy_of_an_older_batch_that_comes_late_changes_nothing()
    {
        await using var process = new CountingProcess(store, _site);
        await process.CommitAsync("lane", 1, Monday, ("/a", 1, Far));
        await process.CommitAsync("lane", 2, Monday, ("/a", 2, Far));
        Assert.Equal(CommitState.Stale, (await process.CommitAsync("lane", 1, Monday, ("/a", 1, Far))).State);
        Assert.Equal(2, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task Each_commit_has_the_next_number_and_keeps_the_epoch()
    {
        await using var process = new CountingProcess(store, _site);
        var first = (await process.CommitAsync("lane", 1, Monday, ("/a", 0, 0))).Numbers!.Site.Version;
        var second = (await process.CommitAsync("lane", 2, Monday, ("/a", 0, 0))).Numbers!.Site.Version;
        Assert.Equal(first with { Commit = first.Commit + 1 }, second);
    }

    [Fact]
    public async Task Another_run_of_the_store_begins_a_later_epoch_also_when_its_file_is_an_older_one()
    {
        await using var process = new CountingProcess(store, _site);
        await process.CommitAsync("lane", 1, Monday, ("/a", 0, 0));
        var told = (await process.CommitAsync("lane", 2, Monday, ("/a", 0, 0))).Numbers!.Site.Version;

        // As after yesterday's file was restored: an older commit number, written by another run.
        await store
            .Connection.GetDatabase()
            .HashSetAsync(
                CountingKeys.Ledger(_site.Id),
                [new("n", 1), new("run", "another"), new("epoch", told.Epoch), new("r:lane", "1 1 c")]
            );
        var next = (await process.CommitAsync("lane", 2, Monday, ("/a", 0, 0))).Numbers!.Site.Version;
        Assert.True(next.CompareTo(told) > 0);
        Assert.Equal(2, next.Commit);
    }

    [Fact]
    public async Task Ids_are_found_again_at_every_level_of_shards()
    {
        await using var process = new CountingProcess(
            store,
            _site,
            settings: ("Counting:ViewIdsPerGeneration", "1000000")
        );
        var ids = Enumerable.Range(1, 70_000).Select(i => Scattered(i)).ToArray();
        var sequence = 0L;
        foreach (var part in ids.Chunk(CommitBatch.MaxViews))
        {
            var reply = await process.CommitAsync("lane", ++sequence, Monday, [.. part.Select(id => ("/a", id, Far))]);
            Assert.DoesNotContain('d', reply.Outcome);
        }

        var again = await process.CommitAsync(
            "other",
            1,
            Monday,
            [.. ids.Where((_, i) => i % 280 == 0).Select(id => ("/a", id, Far))]
        );
        Assert.Equal(new string('d', 250), again.Outcome);
        Assert.Equal(70_000, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task An_id_counts_once_for_a_generation_and_a_view_older_than_what_is_remembered_is_refused()
    {
        await using var process = new CountingProcess(
            store,
            _site,
            settings: ("Counting:ViewIdGeneration", "00:00:01")
        );
        var sentFirst = (await process.CommitAsync("lane", 1, Monday, ("/a", 1, Far))).Numbers!.StoreTime;
        sentFirst -= await AgeGenerationsAsync();
        // One generation later it is still known.
        Assert.Equal("d", (await process.CommitAsync("lane", 2, Monday, ("/a", 1, sentFirst))).Outcome);
        sentFirst -= await AgeGenerationsAsync();
        await process.CommitAsync("lane", 3, Monday, ("/a", 2, Far));
        // Two later it is forgotten: what was sent then is too old, whatever its id, and counts no more.
        Assert.Equal(
            "ee",
            (await process.CommitAsync("lane", 4, Monday, ("/a", 1, sentFirst), ("/a", 3, sentFirst))).Outcome
        );
        Assert.Equal(2, (await store.LedgerAsync(_site.Id)).Total);
    }

    [Fact]
    public async Task What_readers_are_told_is_too_old_is_to_the_millisecond_what_is_refused()
    {
        const long Length = 600_000,
            Twice = 2 * Length;
        await using var process = new CountingProcess(store, _site);
        var none = await process.ReadAsync(Monday);
        Assert.Equal(none.StoreTime - Length, none.Site.IdHorizon);

        // The first generation looks back one length.
        var first = await CommitAsync(1);
        Assert.Equal(first.StoreTime - Length, first.Site.IdHorizon);
        await AgeGenerationsAsync(Twice);
        var second = await CommitAsync(2);
        Assert.Equal(first.StoreTime - Twice - Length, second.Site.IdHorizon);
        await AgeGenerationsAsync(Twice);
        var third = await CommitAsync(3);
        Assert.Equal(second.StoreTime - Twice, third.Site.IdHorizon);

        var horizon = third.Site.IdHorizon;
        Assert.Equal(
            "ec",
            (await process.CommitAsync("other", 1, Monday, ("/a", 8, horizon), ("/a", 9, horizon + 1))).Outcome
        );

        // Told alike by the commit, its repetition, and a read.
        async Task<LedgerRead> CommitAsync(long sequence)
        {
            var told = (await process.CommitAsync("lane", sequence, Monday, ("/a", (ulong)sequence, Far))).Numbers!;
            Assert.Equal(
                told.Site.IdHorizon,
                (await process.CommitAsync("lane", sequence, Monday, ("/a", (ulong)sequence, Far)))
                    .Numbers!
                    .Site
                    .IdHorizon
            );
            Assert.Equal(told.Site.IdHorizon, (await process.ReadAsync(Monday)).Site.IdHorizon);
            return told;
        }
    }

    [Fact]
    public async Task A_generation_that_is_full_ends_early_and_takes_its_horizon_along()
    {
        await using var process = new CountingProcess(
            store,
            _site,
            settings: ("Counting:ViewIdsPerGeneration", "1000")
        );
        var sequence = 0L;
        long time = 0;
        foreach (var part in Enumerable.Range(1, 4_096).Chunk(CommitBatch.MaxViews))
        {
            time = (
                await process.CommitAsync("lane", ++sequence, Monday, [.. part.Select(i => ("/a", Scattered(i), Far))])
            )
                .Numbers!
                .StoreTime;
        }

        var generations = (string)
            (await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), "g"))!;
        Assert.Equal("4", generations.Split(' ')[0]);
        var reply = await process.CommitAsync(
            "lane",
            ++sequence,
            Monday,
            ("/a", Scattered(1), time - 600_000),
            ("/a", Scattered(4_096), time)
        );
        Assert.Equal("ed", reply.Outcome);
    }

    [Fact]
    public async Task The_ledgers_time_stays_where_it_is_while_the_stores_clock_is_behind()
    {
        await using var process = new CountingProcess(store, _site);
        var now = (await process.CommitAsync("lane", 1, Monday, ("/a", 1, Far))).Numbers!.StoreTime;
        await store.Connection.GetDatabase().HashSetAsync(CountingKeys.Ledger(_site.Id), "t", now + 3_600_000);
        var behind = await process.CommitAsync("lane", 2, Monday, ("/a", 1, now), ("/a", 2, now));
        Assert.Equal((now + 3_600_000, "dc"), (behind.Numbers!.StoreTime, behind.Outcome));
    }

    [Fact]
    public async Task Past_the_cap_unknown_pages_share_one_bucket_and_known_ones_count_on_their_own()
    {
        await using var process = new CountingProcess(store, _site, settings: ("Counting:PagesPerSite", "2"));
        await process.PublishAsync("/published-before");
        await process.CommitAsync("lane", 1, Monday, ("/a", 0, 0), ("/b", 0, 0), ("/c", 0, 0));
        await process.PublishAsync("/published-after");
        var reply = await process.CommitAsync(
            "lane",
            2,
            Monday,
            ("/a", 0, 0),
            ("/d", 0, 0),
            ("/published-before", 0, 0),
            ("/published-after", 0, 0)
        );

        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(2, ledger.Pages["/a"]);
        Assert.Equal(3, ledger.Pages["*"]);
        Assert.Equal((1, 1), (ledger.Pages["/published-before"], ledger.Pages["/published-after"]));
        Assert.DoesNotContain("/d", ledger.Pages.Keys);
        Assert.Equal(0, reply.Numbers!.Pages[1].Value.Shown(Monday.Day, Monday.Week).Total);
        Assert.Empty(ledger.Contradictions());
    }

    [Fact]
    public async Task A_batch_in_flight_over_midnight_counts_on_the_day_of_its_stamp()
    {
        await using var process = new CountingProcess(store, _site);
        var sunday = new TimeBuckets(Monday.Day - 1, Monday.Day - 60, Monday.Day - 1_440, Monday.Week - 10_080);
        await process.CommitAsync("one", 1, sunday, ("/a", 0, 0), ("/a", 0, 0));
        await process.CommitAsync("two", 1, Monday, ("/a", 0, 0));
        var late = await process.CommitAsync("one", 2, sunday, ("/a", 0, 0));

        Assert.Equal(new ViewTotals(3, 3, 4), late.Numbers!.Site.Shown);
        var page = late.Numbers.Pages[0].Value;
        Assert.Equal(new ViewTotals(1, 1, 4), page.Shown(Monday.Day, Monday.Week));
        Assert.Equal(new ViewTotals(3, 3, 4), page.Shown(sunday.Day, sunday.Week));
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal((3, 1), (ledger.Days[sunday.Day], ledger.Days[Monday.Day]));
        Assert.Empty(ledger.Contradictions());
    }

    [Fact]
    public async Task Bots_are_counted_by_day_and_reason_and_outside_the_sums()
    {
        await using var process = new CountingProcess(store, _site);
        var batch = new CommitBatch { Buckets = Monday };
        batch.AddBot("/a", "httpTool");
        batch.AddBot("/a", "httpTool");
        batch.AddBot("/b", "declaredCrawler");
        Assert.Equal("", (await process.CommitAsync("lane", 1, batch)).Outcome);
        await process.CommitAsync("lane", 1, batch);

        var fields = await store
            .Connection.GetDatabase()
            .HashGetAsync(
                CountingKeys.Ledger(_site.Id),
                [$"bot:{Monday.Day}:httpTool", $"bot:{Monday.Day}:declaredCrawler", "v", "p:/a"]
            );
        Assert.Equal([2, 1, RedisValue.Null, RedisValue.Null], fields);
    }

    /// <summary>A gateway and a client may both send it again.</summary>
    [Fact]
    public async Task A_bots_view_with_an_id_is_counted_once()
    {
        await using var process = new CountingProcess(store, _site);
        var now = process.Site.Calendar.Of(TimeProvider.System.GetUtcNow());
        await process.ViewAsync("/a");
        var sentAt = process.Site.Clock.At(TimeProvider.System.GetTimestamp());
        for (var sequence = 1; sequence <= 2; sequence++)
        {
            var batch = new CommitBatch { Buckets = now };
            batch.AddBot("/a", "httpTool");
            batch.AddBot("/a", "declaredCrawler", id: 1 << 20, sentAt);
            batch.AddBot("/b", "declaredCrawler", id: 1 << 20, sentAt);
            batch.AddBot("/b", "httpTool", id: 1 << 21, sentAt);
            Assert.Equal(3, batch.AddView("/b", 1 << 22, sentAt));
            // Nobody knows whether it was counted.
            batch.AddBot("/b", "httpTool", id: 1 << 23, firstSent: 1);
            var reply = await process.CommitAsync("lane", sequence, batch);
            Assert.Equal(sequence == 1 ? "cdcce" : "dddde", reply.Outcome);
        }

        var fields = await store
            .Connection.GetDatabase()
            .HashGetAsync(
                CountingKeys.Ledger(_site.Id),
                [$"bot:{now.Day}:httpTool", $"bot:{now.Day}:declaredCrawler", "v"]
            );
        Assert.Equal([3, 1, 2], fields);
        Assert.Empty((await store.LedgerAsync(_site.Id)).Contradictions());
    }

    [Fact]
    public async Task A_bot_that_sends_its_view_again_is_answered_as_a_bot_and_counted_once()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a");
        for (var i = 0; i < 3; i++)
        {
            var sent = process.Pending("/a", 1 << 20);
            var answer = await process.Site.Committer.CommitAsync(
                new AwaitedView
                {
                    Path = sent.Path,
                    Buckets = sent.Buckets,
                    Id = sent.Id,
                    FirstSent = sent.FirstSent,
                    Deadline = sent.Deadline,
                    Bot = BotReason.HttpTool,
                }
            );
            Assert.Equal(ViewFate.Bot, answer.Fate);
        }

        var day = process.Site.Calendar.Of(TimeProvider.System.GetUtcNow()).Day;
        Assert.Equal(
            1,
            await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), $"bot:{day}:httpTool")
        );
    }

    [Fact]
    public async Task A_commit_is_one_write_to_the_store()
    {
        // A store of its own: other tests write to the shared one meanwhile.
        await using var redis = await RedisServer.StartAsync(fsync: "everysec");
        await using var process = new CountingProcess(redis, _site);
        await process.CommitAsync("lane", 1, Monday, ("/warm", 0, 0));
        var before = await WritesAsync();
        await process.CommitAsync("lane", 2, Monday, ("/a", 1, Far), ("/b", 2, Far), ("/c", 0, 0));
        Assert.Equal(before + 1, await WritesAsync());

        // What the append-only file gets: each write the store makes, whichever command or script it came from.
        async Task<long> WritesAsync()
        {
            var calls = await redis.CommandStatsAsync();
            return new[] { "hset", "hdel", "hincrby" }.Sum(write => calls.GetValueOrDefault(write));
        }
    }

    /// <summary>Moves the begin of the generations back, as if that time had passed; by how many ms.</summary>
    private async Task<long> AgeGenerationsAsync(long by = 2_000)
    {
        var database = store.Connection.GetDatabase();
        var words = ((string)(await database.HashGetAsync(CountingKeys.Ledger(_site.Id), "g"))!).Split(' ');
        for (var i = 1; i < words.Length; i += 3)
        {
            words[i] = (long.Parse(words[i], CultureInfo.InvariantCulture) - by).ToString(CultureInfo.InvariantCulture);
        }

        await database.HashSetAsync(CountingKeys.Ledger(_site.Id), "g", string.Join(' ', words));
        return by;
    }

    /// <summary>Ids as different as fingerprints are (the finaliser of SplitMix64 is a permutation).</summary>
    private static ulong Scattered(int i)
    {
        var x = (ulong)i * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
