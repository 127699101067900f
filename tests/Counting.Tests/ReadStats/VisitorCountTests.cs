using PortalServices.Counting.Storage;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.ServiceDefaults;
using PortalServices.Testing;

namespace PortalServices.Counting.Tests.ReadStats;

public sealed class VisitorCountTests(StoreFixture store)
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Fact]
    public async Task A_hundred_thousand_visitors_are_estimated_within_three_percent()
    {
        const int Visitors = 100_000;
        await using var process = new CountingProcess(store, _site);
        var buckets = process.Site.Calendar.Of(DateTimeOffset.UnixEpoch.AddYears(55));
        var sequence = 0L;
        foreach (var part in Enumerable.Range(0, Visitors).Chunk(5_000))
        {
            var batch = new CommitBatch { Buckets = buckets };
            batch.AddView("/a", 0, 0);
            batch.Visitors.AddRange(part.Select(Member));
            await process.CommitAsync("lane", ++sequence, batch);
        }

        var counts = await process.Get<VisitorStore>().CountAsync(StoreKind.Redis, _site.Id, buckets.Day, [buckets.Week], [buckets.Minute]);
        Assert.InRange(counts.Today, Visitors * 0.97, Visitors * 1.03);
        Assert.Equal((counts.Today, counts.Today), (counts.ByWeek[buckets.Week], counts.Online));
    }

    [Fact]
    public async Task A_closed_week_is_frozen_once_and_stays_in_the_total()
    {
        await using var process = new CountingProcess(store, _site);
        var buckets = process.Site.Calendar.Of(DateTimeOffset.UnixEpoch.AddYears(55));
        var batch = new CommitBatch { Buckets = buckets };
        batch.AddView("/a", 0, 0);
        batch.Visitors.AddRange(Enumerable.Range(0, 10).Select(Member));
        await process.CommitAsync("lane", 1, batch);

        await process.KeepHouseAsync();
        var view = await Eventually.BecomesAsync(
            () => process.Site.Reader.ReadAsync([]).AsTask(), read => read!.Snapshot.Site.OpenWeeks.Count == 0, "open weeks", TestContext.Current.CancellationToken);
        Assert.Equal(10, view!.Snapshot.Site.FrozenVisitors);
        // A straggler does not open the week again.
        await process.CommitAsync("lane", 2, batch);
        var ledger = await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), ["ow", "fv"]);
        Assert.Equal(["", 10], ledger);
    }

    private static UInt128 Member(int visitor) => new((ulong)visitor * 0x9E3779B97F4A7C15, (ulong)visitor);
}
