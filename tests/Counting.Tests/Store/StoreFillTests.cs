using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Store;

public sealed class StoreFillTests(StoreFixture store)
{
    // So much that no commit of a test makes it worth a new look.
    private const long Most = 1L << 40;

    // Half a kilobyte and more each: twice what fits.
    private const int Pages = 20_000;

    // Of 11 bytes at least, and far more in small shards: more than fit.
    private const int MaxIds = 100_000;

    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_ceiling_that_was_reached_is_left_some_way_below_it()
    {
        var fill = new StoreFill();
        (int Percent, AdmissionLevel Room)[] story =
        [
            (69, AdmissionLevel.Everything),
            (70, AdmissionLevel.KnownPages),
            (66, AdmissionLevel.KnownPages),
            (64, AdmissionLevel.Everything),
            (69, AdmissionLevel.Everything),
            (89, AdmissionLevel.KnownPages),
            (90, AdmissionLevel.KnownSites),
            (86, AdmissionLevel.KnownSites),
            (84, AdmissionLevel.KnownPages),
            (98, AdmissionLevel.Nothing),
            (96, AdmissionLevel.Nothing),
            (94, AdmissionLevel.KnownSites),
            (10, AdmissionLevel.Everything),
            (100, AdmissionLevel.Nothing),
        ];
        foreach (var (percent, room) in story)
        {
            fill.Take(new StoreMemory(percent, 100));
            Assert.Equal((percent, room), (percent, fill.Room));
        }
    }

    [Theory]
    [InlineData(0, 1024, 2, 1_000, 100_000)]
    [InlineData(0, 16, 1, 1_000, 71_942)]
    [InlineData(0, 16, 5, 1_000, 71_942)]
    [InlineData(70, 16, 1, 0, 71_942)]
    [InlineData(70, 16, 2, 0, 56_192)]
    [InlineData(70, 16, 5, 0, 3_668)]
    [InlineData(90, 16, 1, 0, 3_117)]
    [InlineData(90, 16, 5, 0, 1_350)]
    [InlineData(90, 1024, 2, 0, 100_000)]
    [InlineData(90, 1, 2, 0, 256)]
    public void The_fuller_the_fewer_new_pages_and_ids(int percent, int megabytes, int sites, int pages, int ids)
    {
        var fill = new StoreFill();
        var most = megabytes * 1024L * 1024;
        fill.Take(new StoreMemory((most * percent / 100) + 1, most));
        Assert.Equal((pages, ids), (fill.MaxPages(1_000), fill.MaxIds(100_000, sites)));
    }

    /// <summary>The shards of three levels, and what lies in them.</summary>
    [Theory]
    [InlineData(1, 16)]
    [InlineData(5, 16)]
    [InlineData(1, 64)]
    [InlineData(5, 64)]
    [InlineData(5, 1024)]
    [InlineData(48, 1024)]
    public void Ids_of_all_sites_together_take_their_share_when_memory_is_short(int sites, int megabytes)
    {
        var most = megabytes * 1024L * 1024;
        foreach (var (percent, share) in new[] { (75, 0.25), (92, 0.04) })
        {
            var fill = new StoreFill();
            fill.Take(new StoreMemory(most * percent / 100, most));
            long ids = fill.MaxIds(10_000_000, sites);
            var bytes =
                StoreFill.IdBytes
                    * (Math.Min(ids, 64) + Math.Clamp(ids - 1_024, 0, 4_096) + Math.Clamp(ids - 65_536, 0, 65_536))
                + (6 * ids);
            Assert.InRange(2 * sites * bytes, 0.8 * share * most, share * most);
        }
    }

    [Fact]
    public void Without_a_limit_of_memory_the_settings_hold() =>
        Assert.Equal(100_000, new StoreFill().MaxIds(100_000, sites: 1_000));

    [Fact]
    public async Task Redis_is_as_full_as_its_memory_limit_says_and_without_one_never_full()
    {
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "64mb");
        await using var limited = new CountingProcess(redis, _site);
        await using var unlimited = new CountingProcess(store, _site);
        await using var connection = await redis.ConnectAsync();
        await connection.GetDatabase().StringSetRangeAsync("filling", 40 * 1024 * 1024, "x");

        var used = (await connection.GetServers().Single().InfoAsync("memory"))
            .Single()
            .Single(line => line.Key == "used_memory")
            .Value;
        var share = double.Parse(used, CultureInfo.InvariantCulture) / (64 * 1024 * 1024);
        Assert.InRange((await FillAsync(limited)).Fraction, share - 0.02, share + 0.02);
        Assert.Equal(0, (await FillAsync(unlimited)).Fraction);
        Assert.Equal(AdmissionLevel.Everything, (await FillAsync(unlimited)).Room);
    }

    /// <summary>
    /// While its disk or a replica is slow, a Redis that is written to fast has megabytes to hand on; it refuses nothing
    /// for them.
    /// </summary>
    [Fact]
    public async Task What_redis_has_still_to_hand_on_fills_nothing()
    {
        const int Values = 64,
            Bytes = 256 * 1024;
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "64mb");
        var primary = redis.Address.Split(':');
        await using var replica = await RedisServer.StartAsync("everysec", "--replicaof", primary[0], primary[1]);
        await using var process = new CountingProcess(redis, _site);
        await using var connection = await redis.ConnectAsync();
        var server = connection.GetServer(redis.Address);
        await Eventually.HoldsAsync(
            async () => (await server.InfoRawAsync("replication"))!.Contains("state=online", StringComparison.Ordinal),
            "the replica has what there is",
            Cancel
        );
        replica.Pause();
        var before = (await ReadAsync(process)).Memory.Used;
        for (var i = 0; i < Values; i++)
        {
            await connection.GetDatabase().StringSetAsync("filling", new byte[Bytes]);
        }
        var used = long.Parse(
            (await server.InfoAsync("memory")).Single().Single(line => line.Key == "used_memory").Value,
            CultureInfo.InvariantCulture
        );
        Assert.True(used - before > Values * Bytes / 2, $"it had {before} bytes and has {used}: nothing waits");
        Assert.InRange((await ReadAsync(process)).Memory.Used - before, 0, Values * Bytes / 4);
        replica.Resume();
    }

    [Fact]
    public async Task A_view_that_waits_already_is_refused_too_when_the_store_has_become_full()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site);
        await process.ViewAsync("/a");
        redis.Pause();
        var inFlight = process.Site.Committer.CommitAsync(process.Pending("/a"));
        var client = process.Get<StoreConnection>().Database.Multiplexer;
        await Eventually.HoldsAsync(() => client.GetCounters().TotalOutstanding > 0, "a commit under way", Cancel);
        var waiting = process.Site.Committer.CommitAsync(process.Pending("/a"));
        (await FillAsync(process)).Take(new StoreMemory(Most, Most));
        redis.Resume();

        Assert.Equal(ViewFate.Counted, (await inFlight).Fate);
        Assert.Equal(ViewFate.StoreFull, (await waiting).Fate);
    }

    [Fact]
    public async Task New_pages_that_come_faster_than_the_store_is_looked_at_end_at_the_ceiling()
    {
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "12mb");
        // Nothing looks by the clock here. A Redis that is full refuses commits, which are then repeated for ever.
        await using var process = new CountingProcess(redis, _site);
        var sent = 0;
        await Task.WhenAll(
                Enumerable
                    .Range(0, 64)
                    .Select(async _ =>
                    {
                        while (Interlocked.Increment(ref sent) is var page && page <= Pages)
                        {
                            Assert.Equal(
                                ViewFate.Counted,
                                (await process.ViewAsync($"/{page}/{new string('x', 400)}")).Fate
                            );
                        }
                    })
            )
            .WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        await using var connection = await redis.ConnectAsync();
        var ledger = await StoredLedger.ReadAsync(connection, _site.Id);
        Assert.Equal(Pages, ledger.Total);
        Assert.Empty(ledger.Contradictions());
        Assert.InRange(ledger.Pages["*"], 1, Pages);
        Assert.InRange((await ReadAsync(process)).Fraction, 0.65, 0.8);
    }

    /// <summary>
    /// Known pages are counted on: what ids take is bounded, the memory of those that are over is given back at once.
    /// </summary>
    [Fact]
    public async Task New_ids_that_come_faster_than_housekeeping_refuse_no_view()
    {
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "48mb");
        // A generation lasts as long as a view may wait.
        await using var process = new CountingProcess(redis, _site, null, ("Counting:AnswerWithin", "00:00:01"));
        await using var connection = await redis.ConnectAsync();
        const ulong First = 1;
        Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/a", First)).Fate);
        // What else a store holds leaves it little.
        await FillToAsync(process, connection, 0.92);
        var (sent, counted) = (0, 1);
        var began = process.Site.Reader.Latest!.Site.IdHorizon;
        await Task.WhenAll(
                Enumerable
                    .Range(0, 64)
                    .Select(async _ =>
                    {
                        // And until what the first generation held is forgotten.
                        while (
                            Interlocked.Increment(ref sent) <= MaxIds
                            || process.Site.Reader.Latest!.Site.IdHorizon == began
                        )
                        {
                            Assert.Equal(
                                ViewFate.Counted,
                                (await process.ViewAsync("/a", (ulong)Random.Shared.NextInt64())).Fate
                            );
                            Interlocked.Increment(ref counted);
                        }
                    })
            )
            .WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        var ledger = await StoredLedger.ReadAsync(connection, _site.Id);
        Assert.Equal(counted, ledger.Total);
        Assert.Empty(ledger.Contradictions());
        Assert.InRange((await ReadAsync(process)).Fraction, 0.85, 0.98);
        // An id that went is not counted again.
        Assert.Equal(ViewFate.Expired, (await process.ViewAsync("/a", First, age: TimeSpan.FromMinutes(1))).Fate);
    }

    /// <summary>
    /// A full store takes no commit, and so no generation ended: what was in two of them stayed there until somebody
    /// came.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ids_leave_a_full_store_while_no_view_is_counted(bool isViewed)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var process = new CountingProcess(store, _site, time, ("Counting:ViewIdGeneration", "00:00:01"));
        for (var id = 1UL; id <= 3; id++)
        {
            Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/a", id << 40)).Fate);
        }

        (await FillAsync(process)).Take(new StoreMemory(Most, Most));
        await Eventually.BecomesAsync(
            async () =>
            {
                if (isViewed)
                {
                    Assert.Equal(ViewFate.StoreFull, (await process.ViewAsync("/a", 4)).Fate);
                }
                else
                {
                    process.Site.Committer.MakeRoom();
                }

                time.Advance(TimeSpan.FromSeconds(2));
                return (await store.Connection.GetDatabase().HashKeysAsync(CountingKeys.Ledger(_site.Id))).Count(
                    field => field.StartsWith("i:")
                );
            },
            shards => shards == 0,
            "shards of ids",
            Cancel
        );

        Assert.Equal(ViewFate.StoreFull, (await process.ViewAsync("/a", 4)).Fate);
        // The commits without views left no more behind than any other.
        Assert.Single(
            await store.Connection.GetDatabase().HashKeysAsync(CountingKeys.Ledger(_site.Id)),
            field => field.StartsWith("r:")
        );
        (await FillAsync(process)).Take(new StoreMemory(Most / 2, Most));
        Assert.Equal(ViewFate.Counted, (await process.ViewAsync("/a", 5)).Fate);
        Assert.Equal(ViewFate.Expired, (await process.ViewAsync("/a", 1UL << 40, age: TimeSpan.FromMinutes(1))).Fate);
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(4, ledger.Total);
        Assert.Empty(ledger.Contradictions());
    }

    /// <summary>Nothing is written to a nearly full store that has nothing to give.</summary>
    [Fact]
    public async Task A_site_without_ids_commits_nothing_to_make_room()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var process = new CountingProcess(store, _site, time);
        await process.ViewAsync("/a");
        (await FillAsync(process)).Take(new StoreMemory(Most, Most));
        var before = (await store.LedgerAsync(_site.Id)).Commit;
        for (var i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(ViewFate.StoreFull, (await process.ViewAsync("/a", 1)).Fate);
        }

        Assert.Equal(before, (await store.LedgerAsync(_site.Id)).Commit);
    }

    /// <summary>Between two batches views wait, so of what has become useless some goes at a time.</summary>
    [Fact]
    public async Task So_many_ids_go_between_two_batches_and_no_more()
    {
        await using var process = new CountingProcess(store, _site);
        await process.ViewAsync("/a", 1);
        var (database, key) = (store.Connection.GetDatabase(), CountingKeys.Ledger(_site.Id));
        // A generation that is over and has ids in all shards of two levels.
        RedisValue[] shards = [.. CountingKeys.IdShards(1, 1), .. CountingKeys.IdShards(1, 2)];
        await database.HashSetAsync(key, [.. shards.Select(shard => new HashEntry(shard, "123456"))]);
        var now = (long)await database.HashGetAsync(key, "t");
        await database.HashSetAsync(key, "g", $"3 {now} 0 2 {now - 5} 0");
        (await FillAsync(process)).Take(new StoreMemory(Most * 75 / 100, Most));
        var left = shards.Length;
        for (var batches = 1; left > 0; batches++)
        {
            Assert.InRange(batches, 1, 100);
            await process.ViewAsync("/a");
            var before = left;
            left = (await database.HashKeysAsync(key)).Count(field => field.StartsWith("i:1:"));
            // What a batch removes goes after its answer, and before the next batch: some of the batch before may be
            // seen only now.
            Assert.InRange(before - left, 0, 2 * 2 * 500);
        }
    }

    private static async Task FillToAsync(CountingProcess process, ConnectionMultiplexer connection, double share)
    {
        const int Step = 64 * 1024;
        for (var i = 0; (await ReadAsync(process)).Fraction < share; i++)
        {
            await connection.GetDatabase().StringSetAsync($"filling:{i}", new byte[Step]);
        }
    }

    private static async Task<StoreFill> FillAsync(CountingProcess process) =>
        (await process.Get<StoreConnection>().ProcessOfAsync(CountingKeys.Ledger(process.Site.Site.Id))).Fill;

    private static async Task<StoreFill> ReadAsync(CountingProcess process)
    {
        var connection = process.Get<StoreConnection>();
        var checkedProcess = await connection.ProcessOfAsync(CountingKeys.Ledger(process.Site.Site.Id));
        checkedProcess.Fill.Take(await connection.ReadMemoryAsync(checkedProcess));
        return checkedProcess.Fill;
    }
}
