using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;

namespace PortalServices.Counting.Tests.CorrectCount;

/// <summary>
/// What an adjustment may do to the numbers, asked of the ledger itself: 100 views carried in for "/a" long ago, 3
/// views today.
/// </summary>
public sealed class AdjustmentTests(StoreFixture store)
{
    private static readonly TimeBuckets LastWeek = new(
        Minute: 28_989_000,
        Hour: 28_989_000,
        Day: 28_988_480,
        Week: 28_984_160
    );
    private static readonly TimeBuckets Yesterday = new(
        Minute: 29_001_000,
        Hour: 29_001_000,
        Day: 29_000_000,
        Week: 28_994_240
    );
    private static readonly TimeBuckets Today = new(
        Minute: 29_001_500,
        Hour: 29_001_500,
        Day: 29_001_440,
        Week: 28_994_240
    );

    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Theory]
    // Of the page there are 3 today, 3 in the week, 103 in all; of the site 8 today, 1,008 in all, and enough on every
    // other day.
    [InlineData("today", -3, nameof(AdjustmentOutcome.Applied))]
    [InlineData("today", -4, nameof(AdjustmentOutcome.Negative))]
    [InlineData("yesterday", -1, nameof(AdjustmentOutcome.Negative))]
    [InlineData("last week", -100, nameof(AdjustmentOutcome.Applied))]
    [InlineData("last week", -101, nameof(AdjustmentOutcome.Negative))]
    [InlineData("last week", 5, nameof(AdjustmentOutcome.Applied))]
    public async Task A_page_loses_no_more_than_it_has_of_that_time(string when, long change, string outcome)
    {
        await using var process = await PortalAsync();
        var day = when switch
        {
            "today" => Today,
            "yesterday" => Yesterday,
            _ => LastWeek,
        };
        var before = await store.Connection.GetDatabase().HashGetAllAsync(CountingKeys.Ledger(_site.Id));
        Assert.Equal(
            outcome,
            (
                await AdjustAsync(
                    process,
                    AdjustmentOf.Correction("/a", change) with
                    {
                        Day = day.Day,
                        Week = day.Week,
                    }
                )
            ).ToString()
        );
        var after = await store.Connection.GetDatabase().HashGetAllAsync(CountingKeys.Ledger(_site.Id));
        Assert.Equal(outcome != nameof(AdjustmentOutcome.Applied), before.ToHashSet().SetEquals(after));
    }

    [Fact]
    public async Task A_site_loses_no_more_than_it_has_of_that_day()
    {
        await using var process = await PortalAsync();
        // The page has 100 views of long ago, but on this day nobody saw anything.
        Assert.Equal(
            AdjustmentOutcome.Negative,
            await AdjustAsync(
                process,
                AdjustmentOf.Correction("/a", -1) with
                {
                    Day = LastWeek.Day - 1_440,
                    Week = LastWeek.Week,
                }
            )
        );
    }

    [Fact]
    public async Task What_was_taken_back_is_taken_back_once_and_not_applied_again()
    {
        await using var process = await PortalAsync();
        var correction = AdjustmentOf.Correction("/a", 5) with { Day = Today.Day, Week = Today.Week };
        Assert.Equal(AdjustmentOutcome.UnknownId, await AdjustAsync(process, correction.Opposite(), undo: true));
        Assert.Equal(AdjustmentOutcome.Applied, await AdjustAsync(process, correction));
        Assert.Equal(AdjustmentOutcome.Present, await AdjustAsync(process, correction));
        Assert.Equal(AdjustmentOutcome.Applied, await AdjustAsync(process, correction.Opposite(), undo: true));
        Assert.Equal(AdjustmentOutcome.Undone, await AdjustAsync(process, correction.Opposite(), undo: true));
        Assert.Equal(AdjustmentOutcome.Undone, await AdjustAsync(process, correction));
        var read = await process.ReadAsync(Today);
        Assert.Equal(new ViewTotals(8, 1_008, 1_008), read.Site.Shown);
    }

    [Fact]
    public async Task A_correction_is_shown_on_its_day_in_its_week_and_in_all()
    {
        await using var process = await PortalAsync();
        await AdjustAsync(
            process,
            AdjustmentOf.Correction("/a", 5) with
            {
                Day = Yesterday.Day,
                Week = Yesterday.Week,
            }
        );
        await AdjustAsync(process, AdjustmentOf.Correction("/a", 7) with { Day = LastWeek.Day, Week = LastWeek.Week });
        var read = await process.OnLedgerAsync(
            (ledger, known) => ledger.ReadAsync(known, _site.Id, Today.Day, Today.Week, ["/a"])
        );
        Assert.Equal(new ViewTotals(8, 1_013, 1_020), read.Site.Shown);
        Assert.Equal(new ViewTotals(3, 8, 115), read.Pages[0].Value.Shown(Today.Day, Today.Week));
    }

    /// <summary>Of an adjustment, earlier versions kept the latest day and week alone.</summary>
    [Fact]
    public async Task A_record_of_an_earlier_version_is_read_and_gone_on_with()
    {
        await using var process = await PortalAsync();
        var (earlier, later) = (AdjustmentOf.Correction("/a", 5), AdjustmentOf.Correction("/a", 7));
        await AdjustAsync(process, earlier with { Day = Yesterday.Day, Week = LastWeek.Week });
        await AdjustAsync(process, later with { Day = Today.Day, Week = Today.Week });
        var database = store.Connection.GetDatabase();
        var record = ((string)(await database.HashGetAsync(CountingKeys.Ledger(_site.Id), "p:/a"))!).Split('|');
        Assert.Equal($"12 {Today.Day} 7 {Yesterday.Day} 5 {Today.Week} 7 {LastWeek.Week} 5", record[2]);
        record[1] = $"100 {LastWeek.Day} 100 {LastWeek.Week} 100";
        record[2] = $"12 {Today.Day} 7 {Today.Week} 7";
        await database.HashSetAsync(CountingKeys.Ledger(_site.Id), "p:/a", string.Join('|', record));
        Assert.Equal(new ViewTotals(10, 10, 115), await ShownAsync());

        // It was kept no more, and is not missing from an earlier day now.
        await AdjustAsync(process, earlier.Opposite() with { Day = Yesterday.Day, Week = LastWeek.Week }, undo: true);
        await AdjustAsync(process, AdjustmentOf.Correction("/a", 1) with { Day = Today.Day, Week = Today.Week });
        Assert.Equal(new ViewTotals(11, 11, 111), await ShownAsync());
        Assert.Equal(
            0,
            (
                await process.OnLedgerAsync(
                    (ledger, known) => ledger.ReadAsync(known, _site.Id, Today.Day, Today.Week, ["/a"])
                )
            )
                .Pages[0]
                .Value.Shown(Yesterday.Day, 0)
                .Today
        );

        async Task<ViewTotals> ShownAsync() =>
            (
                await process.OnLedgerAsync(
                    (ledger, known) => ledger.ReadAsync(known, _site.Id, Today.Day, Today.Week, ["/a"])
                )
            )
                .Pages[0]
                .Value.Shown(Today.Day, Today.Week);
    }

    private async Task<CountingProcess> PortalAsync()
    {
        var process = new CountingProcess(store, _site);
        await process.CommitAsync(
            "lane",
            1,
            Today,
            [.. Enumerable.Repeat(("/a", 0UL, 0L), 3), .. Enumerable.Repeat(("/b", 0UL, 0L), 5)]
        );
        await process.AdjustAsync(AdjustmentOf.Baseline("/a", 100), LastWeek);
        await process.AdjustAsync(AdjustmentOf.Baseline(null, 500), LastWeek);
        await process.AdjustAsync(
            AdjustmentOf.Baseline(null, 500) with
            {
                Views = new ViewTotals(500, 1_000, 500),
            },
            Yesterday
        );
        return process;
    }

    private Task<AdjustmentOutcome> AdjustAsync(CountingProcess process, Adjustment adjustment, bool undo = false) =>
        process.OnLedgerAsync(
            async (ledger, known) => (await ledger.AdjustAsync(known, _site.Id, adjustment, undo, Today, "{}")).Outcome
        );
}
