using System.Globalization;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Storage;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.ServiceDefaults;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Store;

namespace PortalServices.Counting.Tests.Storage;

public sealed class StoreFillTests(StoreFixture store)
{
    // So much that no commit of a test makes it worth a new look.
    private const long Most = 1L << 40;

    // Half a kilobyte and more each: twice what fits.
    private const int Pages = 20_000;

    // Of 11 bytes at least, and far more in small shards: more than fit.
    private const int MostIds = 1_000_000;

    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_ceiling_that_was_reached_is_left_some_way_below_it()
    {
        var fill = new StoreFill();
        (int Percent, StoreRoom Room)[] story =
        [
            (69, StoreRoom.Everything), (70, StoreRoom.KnownPages), (66, StoreRoom.KnownPages), (64, StoreRoom.Everything), (69, StoreRoom.Everything),
            (89, StoreRoom.KnownPages), (90, StoreRoom.KnownSites), (86, StoreRoom.KnownSites), (84, StoreRoom.KnownPages),
            (98, StoreRoom.Nothing), (96, StoreRoom.Nothing), (94, StoreRoom.KnownSites), (10, StoreRoom.Everything), (100, StoreRoom.Nothing),
        ];
        foreach (var (percent, room) in story)
        {
            fill.Take(new StoreMemory(percent, 100));
            Assert.Equal((percent, room), (percent, fill.Room));
        }
    }

    [Theory]
    [InlineData(0, 1_000, 1_000)]
    [InlineData(70, 0, 1_000)]
    [InlineData(90, 0, 100)]
    public void The_fuller_the_fewer_new_pages_and_ids(int percent, int pages, int ids)
    {
        var fill = new StoreFill();
        fill.Take(new StoreMemory(percent, 100));
        Assert.Equal((pages, ids), (fill.MostPages(1_000), fill.MostIds(1_000)));
    }

    [Fact]
    public async Task Redis_is_as_full_as_its_memory_limit_says_and_without_one_never_full()
    {
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "64mb");
        await using var limited = new CountingProcess(redis, _site);
        await using var unlimited = new CountingProcess(store, _site);
        await using var connection = await redis.ConnectAsync();
        await connection.GetDatabase().StringSetRangeAsync("filling", 40 * 1024 * 1024, "x");

        var used = (await connection.GetServers().Single().InfoAsync("memory")).Single().Single(line => line.Key == "used_memory").Value;
        var share = double.Parse(used, CultureInfo.InvariantCulture) / (64 * 1024 * 1024);
        Assert.InRange((await FillAsync(limited)).Fraction, share - 0.02, share + 0.02);
        Assert.Equal(0, (await FillAsync(unlimited)).Fraction);
        Assert.Equal(StoreRoom.Everything, (await FillAsync(unlimited)).Room);
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

        Assert.Equal(ViewOutcome.Counted, (await inFlight).Outcome);
        Assert.Equal(ViewOutcome.StoreFull, (await waiting).Outcome);
    }

    [Fact]
    public async Task New_pages_that_come_faster_than_the_store_is_looked_at_end_at_the_ceiling()
    {
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "12mb");
        // Nothing looks by the clock here. A Redis that is full refuses commits, which are then repeated for ever.
        await using var process = new CountingProcess(redis, _site);
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            while (Interlocked.Increment(ref sent) is var page && page <= Pages)
            {
                Assert.Equal(ViewOutcome.Counted, (await process.ViewAsync($"/{page}/{new string('x', 400)}")).Outcome);
            }
        })).WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        await using var connection = await redis.ConnectAsync();
        var ledger = await Ledger.ReadAsync(connection, _site.Id);
        Assert.Equal(Pages, ledger.Total);
        Assert.Empty(ledger.Contradictions());
        Assert.InRange(ledger.Pages["*"], 1, Pages);
        Assert.InRange((await ReadAsync(process)).Fraction, 0.65, 0.8);
    }

    [Fact]
    public async Task New_ids_that_come_faster_than_the_store_is_looked_at_end_at_the_ceiling()
    {
        await using var redis = await RedisServer.StartAsync("everysec", "--maxmemory", "6mb");
        await using var process = new CountingProcess(redis, _site);
        var (sent, counted) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 256).Select(async _ =>
        {
            while (Interlocked.Increment(ref sent) <= MostIds)
            {
                var outcome = (await process.ViewAsync("/a", (ulong)Random.Shared.NextInt64())).Outcome;
                if (outcome == ViewOutcome.StoreFull)
                    return;
                Assert.Equal(ViewOutcome.Counted, outcome);
                Interlocked.Increment(ref counted);
            }
        })).WaitAsync(TimeSpan.FromMinutes(2), Cancel);

        Assert.InRange(sent, 1, MostIds);
        await using var connection = await redis.ConnectAsync();
        var ledger = await Ledger.ReadAsync(connection, _site.Id);
        Assert.Equal(counted, ledger.Total);
        Assert.Empty(ledger.Contradictions());
        Assert.InRange((await ReadAsync(process)).Fraction, 0.9, 1);
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
