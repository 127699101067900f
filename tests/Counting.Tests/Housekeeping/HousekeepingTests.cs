using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Housekeeping;

public sealed class HousekeepingTests(StoreFixture store)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    private IDatabase Database => store.Connection.GetDatabase();

    private RedisKey LedgerKey => CountingKeys.Ledger(_site.Id);

    [Fact]
    public async Task Minutes_are_kept_for_three_site_days_hours_for_400_and_days_for_ever()
    {
        var time = new FakeTimeProvider(Start.AddDays(420));
        await using var process = new CountingProcess(store, _site, time);
        var sequence = 0L;
        foreach (var daysAgo in new[] { 420, 401, 400, 399, 5, 4, 3, 2, 0 })
        {
            await process.CommitAsync(
                "lane",
                ++sequence,
                At(process, time.GetUtcNow().AddDays(-daysAgo)),
                ("/a", 0, 0)
            );
        }

        await process.KeepHouseAsync();
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal([3, 2, 0], DaysAgo(ledger.Minutes.Keys));
        Assert.Equal([400, 399, 5, 4, 3, 2, 0], DaysAgo(ledger.Hours.Keys));
        Assert.Equal([420, 401, 400, 399, 5, 4, 3, 2, 0], DaysAgo(ledger.Days.Keys));
        Assert.Equal((9, 9), (ledger.Total, ledger.Pages["/a"]));

        IEnumerable<int> DaysAgo(IEnumerable<long> buckets) =>
            buckets
                .Select(bucket => (time.GetUtcNow().Date - DateTimeOffset.FromUnixTimeSeconds(bucket * 60).Date).Days)
                .OrderDescending();
    }

    [Fact]
    public async Task Ids_of_generations_that_are_searched_no_more_are_removed_and_the_others_are_not()
    {
        await using var process = new CountingProcess(
            store,
            _site,
            settings: ("Counting:ViewIdsPerGeneration", "1000")
        );
        var sequence = 0L;
        var far = DateTimeOffset.UnixEpoch.AddYears(200).ToUnixTimeMilliseconds();
        var ids = Enumerable.Range(1, 3_500).Select(i => (ulong)i * 0x9E3779B97F4A7C15).ToArray();
        foreach (var batch in ids.Chunk(250))
        {
            await process.CommitAsync("lane", ++sequence, At(process, Start), [.. batch.Select(id => ("/a", id, far))]);
        }

        Assert.Equal(["1", "2", "3", "4"], await GenerationsAsync());
        await process.KeepHouseAsync();
        Assert.Equal(["3", "4"], await GenerationsAsync());
        var again = await process.CommitAsync(
            "lane",
            ++sequence,
            At(process, Start),
            [.. ids[^250..].Select(id => ("/a", id, far))]
        );
        Assert.Equal(new string('d', 250), again.Outcome);

        async Task<IEnumerable<string>> GenerationsAsync() =>
            (await Database.HashKeysAsync(LedgerKey))
                .Select(field => field.ToString())
                .Where(field => field.StartsWith("i:", StringComparison.Ordinal))
                .Select(field => field.Split(':')[1])
                .Distinct()
                .Order();
    }

    [Fact]
    public async Task Receipts_silent_for_seven_days_are_removed_and_younger_ones_are_not()
    {
        await using var process = new CountingProcess(store, _site);
        await process.CommitAsync("lane", 1, At(process, Start), ("/a", 0, 0));
        var now = long.Parse((await Database.HashGetAsync(LedgerKey, "t")).ToString(), CultureInfo.InvariantCulture);
        await Database.HashSetAsync(LedgerKey, "r:silent", $"7 {now - TimeSpan.FromDays(7).TotalMilliseconds - 1} ccc");
        await Database.HashSetAsync(
            LedgerKey,
            "r:younger",
            $"7 {now - TimeSpan.FromDays(7).TotalMilliseconds + 3_600_000} ccc"
        );
        await process.KeepHouseAsync();
        Assert.Equal(
            ["r:lane", "r:younger"],
            (await Database.HashKeysAsync(LedgerKey))
                .Select(field => field.ToString())
                .Where(field => field.StartsWith("r:", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Small_silent_pages_are_folded_into_other_and_no_page_that_somebody_spoke_of()
    {
        var time = new FakeTimeProvider(Start);
        await using var process = new CountingProcess(store, _site, time, ("Counting:PagesPerSite", "10"));
        var then = At(process, Start);
        (string, ulong, long)[] Views(string page, int count) => [.. Enumerable.Repeat((page, 0UL, 0L), count)];
        await process.CommitAsync(
            "lane",
            1,
            then,
            [
                .. Views("/small", 10),
                .. Views("/large", 11),
                .. Views("/baseline", 1),
                .. Views("/corrected", 1),
                .. Views("/published", 1),
            ]
        );
        await process.AdjustAsync(AdjustmentOf.Baseline("/baseline"), then);
        await process.AdjustAsync(AdjustmentOf.Correction("/corrected"), then);
        await process.PublishAsync("/published");
        await process.CommitAsync("lane", 2, At(process, Start.AddDays(2)), Views("/recent", 1));

        time.SetUtcNow(Start.AddDays(31));
        await process.KeepHouseAsync();
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(
            ["*", "/baseline", "/corrected", "/large", "/published", "/recent"],
            ledger.Pages.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal((10, 25), (ledger.Pages["*"], ledger.Total));
        Assert.Equal(ledger.Total, ledger.Pages.Values.Sum());
        Assert.Equal(5, (int)await Database.HashGetAsync(LedgerKey, "pn"));

        // A page that was folded counts anew, and its former views stay where they are.
        await process.CommitAsync("lane", 3, At(process, Start.AddDays(31)), Views("/small", 2));
        ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal((2, 10), (ledger.Pages["/small"], ledger.Pages["*"]));
        Assert.Equal(ledger.Total, ledger.Pages.Values.Sum());
    }

    [Fact]
    public async Task The_ledger_itself_folds_no_page_that_somebody_spoke_of_and_drops_none_that_lives()
    {
        await using var process = new CountingProcess(store, _site);
        var then = At(process, Start);
        string[] pages = ["/baseline", "/corrected", "/published", "/large", "/recent", "/small"];
        await process.CommitAsync(
            "lane",
            1,
            then,
            [.. pages.Select(page => (page, 0UL, 0L)), .. Enumerable.Repeat(("/large", 0UL, 0L), 10)]
        );
        await process.AdjustAsync(AdjustmentOf.Baseline("/baseline"), then);
        await process.AdjustAsync(AdjustmentOf.Correction("/corrected"), then);
        await process.PublishAsync("/published");
        var later = At(process, Start.AddDays(2));
        await process.CommitAsync("lane", 2, later, ("/recent", 0, 0));

        // Whatever a caller takes for a candidate: its look at the page may be older than what the ledger knows.
        Assert.Equal(
            1,
            await process.OnLedgerAsync((ledger, known) => ledger.FoldPagesAsync(known, _site.Id, later.Day, 10, pages))
        );
        Assert.Equal(1, await process.OnLedgerAsync((ledger, known) => ledger.DropFoldedAsync(known, _site.Id, pages)));
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(
            ["*", "/baseline", "/corrected", "/large", "/published", "/recent"],
            ledger.Pages.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(ledger.Total, ledger.Pages.Values.Sum());
    }

    [Theory]
    [InlineData("10 100 10 0 0 90 10 0 0", true)]
    [InlineData("11 100 11 0 0 90 11 0 0", false)]
    [InlineData("10 200 10 0 0 90 10 0 0", false)]
    [InlineData("10 100 10 0 0 90 10 0 0|1 0 0 0 0", false)]
    [InlineData("10 100 10 0 0 90 10 0 0||1 0 0 0 0", false)]
    [InlineData("10 100 10 0 0 90 10 0 0|||published", false)]
    [InlineData("", false)]
    public void A_page_is_a_candidate_when_it_is_small_and_silent_and_nothing_else(string record, bool candidate) =>
        Assert.Equal(candidate, PageFold.IsCandidate(record, silentSince: 200));

    [Fact]
    public async Task As_long_as_there_is_room_small_pages_keep_their_numbers()
    {
        var time = new FakeTimeProvider(Start);
        await using var process = new CountingProcess(store, _site, time, ("Counting:PagesPerSite", "10"));
        await process.CommitAsync(
            "lane",
            1,
            At(process, Start),
            [.. Enumerable.Range(0, 4).Select(i => ($"/{i}", 0UL, 0L))]
        );
        time.SetUtcNow(Start.AddDays(100));
        await process.KeepHouseAsync();
        Assert.Equal(
            ["/0", "/1", "/2", "/3"],
            (await store.LedgerAsync(_site.Id)).Pages.Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_fold_that_was_killed_half_way_is_finished_later_and_the_page_counts_in_between()
    {
        var time = new FakeTimeProvider(Start);
        await using var process = new CountingProcess(store, _site, time, ("Counting:PagesPerSite", "2"));
        await process.CommitAsync("lane", 1, At(process, Start), ("/a", 0, 0), ("/b", 0, 0));
        var silentSince = At(process, Start.AddDays(1)).Day;
        // Folded, and killed before the remains were removed.
        Assert.Equal(
            2,
            await process.OnLedgerAsync(
                (ledger, known) => ledger.FoldPagesAsync(known, _site.Id, silentSince, 10, ["/a", "/b", "/a", "/never"])
            )
        );
        Assert.Equal(
            0,
            await process.OnLedgerAsync(
                (ledger, known) => ledger.FoldPagesAsync(known, _site.Id, silentSince, 10, ["/a", "/b"])
            )
        );
        await process.CommitAsync("lane", 2, At(process, Start.AddDays(2)), ("/a", 0, 0));
        await process.KeepHouseAsync();
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal(
            [("*", 2), ("/a", 1)],
            ledger.Pages.Select(page => (page.Key, (int)page.Value)).OrderBy(page => page.Key, StringComparer.Ordinal)
        );
        Assert.Equal(1, (int)await Database.HashGetAsync(LedgerKey, "pn"));
        Assert.Equal(ledger.Total, ledger.Pages.Values.Sum());
    }

    [Fact]
    public async Task The_key_of_a_past_week_is_destroyed_and_gone_from_the_file_after_its_rewrite()
    {
        var time = new FakeTimeProvider(Start);
        await using var redis = await RedisServer.StartAsync();
        await using var process = new CountingProcess(redis, _site, time);
        await process.ViewAsync("/a", visitor: 7);
        var week = At(process, Start).Week;
        var key = await process.Get<VisitorStore>().KeyOfWeekAsync(_site.Id, week);
        await using var connection = await redis.ConnectAsync();
        Assert.True(FileHolds(redis, key));

        time.SetUtcNow(Start.AddDays(7));
        await process.KeepHouseAsync();
        Assert.False(await connection.GetDatabase().KeyExistsAsync(CountingKeys.VisitorKey(_site.Id, week)));
        Assert.Equal([1, ""], await connection.GetDatabase().HashGetAsync(LedgerKey, [$"fw:{week}", "ow"]));
        await connection.GetServers()[0].ExecuteAsync("BGREWRITEAOF");
        await Eventually.HoldsAsync(
            () => !FileHolds(redis, key),
            "a rewritten file without the key",
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task One_replica_has_the_turn_and_two_at_once_do_no_harm()
    {
        var time = new FakeTimeProvider(Start.AddDays(500));
        await using var one = new CountingProcess(store, _site, time, ("Counting:PagesPerSite", "4"));
        await using var two = new CountingProcess(store, _site, time, ("Counting:PagesPerSite", "4"));
        var sequence = 0L;
        for (var day = 0; day < 450; day++)
        {
            await one.CommitAsync("lane", ++sequence, At(one, Start.AddDays(day)), ($"/{day % 8}", 0, 0));
        }
        await Task.WhenAll(one.KeepHouseAsync(), two.KeepHouseAsync(), one.KeepHouseAsync(), two.KeepHouseAsync());
        var ledger = await store.LedgerAsync(_site.Id);
        Assert.Equal((450, 450), (ledger.Pages.Values.Sum(), ledger.Days.Values.Sum()));
        Assert.Empty(ledger.Minutes);
        Assert.True(await one.TryKeepHouseAsync());
        Assert.False(await two.TryKeepHouseAsync());
        Assert.False(await one.TryKeepHouseAsync());
    }

    private static TimeBuckets At(CountingProcess process, DateTimeOffset instant) => process.Site.Calendar.Of(instant);

    private static bool FileHolds(RedisServer redis, byte[] key)
    {
        // As the file escapes nothing, the bytes are there as they are.
        return redis.AppendOnlyFiles.Any(file =>
        {
            try
            {
                using var content = new FileStream(
                    file,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.ReadWrite | FileShare.Delete
                );
                var bytes = new byte[content.Length];
                content.ReadExactly(bytes);
                return bytes.AsSpan().IndexOf(key) >= 0;
            }
            catch (FileNotFoundException)
            {
                // The server puts another file in its place meanwhile: it is to be looked at, too.
                return true;
            }
        });
    }
}
