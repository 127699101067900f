using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;
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
            batch.Visitors.AddRange(part.Select(visitor => process.NamesOf(Member(visitor), buckets.Minute)));
            await process.CommitAsync("lane", ++sequence, batch);
        }

        var counts = await process
            .Get<VisitorStore>()
            .CountAsync(StoreKind.Redis, _site.Id, buckets.Day, [buckets.Week], [(buckets.Minute, null)]);
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
        batch.Visitors.AddRange(
            Enumerable.Range(0, 10).Select(visitor => process.NamesOf(Member(visitor), buckets.Minute))
        );
        await process.CommitAsync("lane", 1, batch);

        await process.KeepHouseAsync();
        var view = await Eventually.BecomesAsync(
            () => process.Site.Reader.ReadAsync([]).AsTask(),
            read => read!.Snapshot.Site.OpenWeeks.Count == 0,
            "open weeks",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(10, view!.Snapshot.Site.FrozenVisitors);
        // A straggler does not open the week again.
        await process.CommitAsync("lane", 2, batch);
        var ledger = await store.Connection.GetDatabase().HashGetAsync(CountingKeys.Ledger(_site.Id), ["ow", "fv"]);
        Assert.Equal(["", 10], ledger);
    }

    /// <summary>
    /// Over the change of the UTC day, of the site's week, and of the zone: each minute shows whoever viewed in its
    /// window, once.
    /// </summary>
    [Theory]
    [InlineData("2026-11-29T23:50:00Z", "Etc/UTC", "Etc/UTC")]
    [InlineData("2026-11-29T16:50:00Z", "Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh")]
    [InlineData("2026-11-25T11:50:00Z", "Asia/Ho_Chi_Minh", "Etc/UTC")]
    public async Task Who_stays_is_online_once_whatever_changes(string from, string zone, string zoneAfter)
    {
        const int Browsers = 31,
            Minutes = 40,
            Change = 10;
        var time = new FakeTimeProvider(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture));
        var last = new Dictionary<int, int>();
        var process = new CountingProcess(store, SiteIn(zone), time);
        try
        {
            for (var minute = 0; minute < Minutes; minute++)
            {
                if (minute == Change)
                {
                    await process.DisposeAsync();
                    process = new CountingProcess(store, SiteIn(zoneAfter), time);
                }

                Assert.True(await process.Site.Reader.OpenAsync());
                var batch = new CommitBatch { Buckets = process.Site.Calendar.Of(time.GetUtcNow()) };
                // A third of them view in each minute; in the last third of the time nobody new does.
                foreach (
                    var browser in Enumerable
                        .Range(0, Browsers)
                        .Where(browser => (browser + minute) % 3 == 0 && minute < Minutes * 2 / 3)
                )
                {
                    batch.AddView("/a", 0, 0);
                    batch.Visitors.Add(
                        await process.Site.Keys.NameAsync(
                            batch.Buckets,
                            new IPAddress([192, 0, 2, (byte)browser]),
                            "browser"
                        )
                    );
                    last[browser] = minute;
                }

                if (batch.Visitors.Count > 0)
                {
                    await process.CommitAsync($"lane-{minute}", 1, batch);
                }

                var counts = await process
                    .Get<VisitorStore>()
                    .CountAsync(
                        StoreKind.Redis,
                        _site.Id,
                        batch.Buckets.Day,
                        [batch.Buckets.Week],
                        OnlineDay.Window(batch.Buckets.Minute, _site.OnlineWindowMinutes)
                    );
                // An estimate: two of them may share a register.
                var online = last.Values.Count(viewed => viewed > minute - _site.OnlineWindowMinutes);
                Assert.InRange(counts.Online, Math.Max(0, online - 2), online + 1);
                time.Advance(TimeSpan.FromMinutes(1));
            }
        }
        finally
        {
            await process.DisposeAsync();
        }

        Site SiteIn(string id) =>
            new()
            {
                Id = _site.Id,
                Zone = TimeZoneInfo.FindSystemTimeZoneById(id),
                OnlineWindowMinutes = _site.OnlineWindowMinutes,
            };
    }

    [Fact]
    public async Task The_key_of_who_is_online_goes_two_hours_after_its_day()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 29, 22, 0, 0, TimeSpan.Zero));
        await using var process = new CountingProcess(store, _site, time);
        var buckets = process.Site.Calendar.Of(time.GetUtcNow());
        await process.Site.Keys.NameAsync(buckets, IPAddress.Loopback, "browser");
        var life = await store
            .Connection.GetDatabase()
            .KeyTimeToLiveAsync(CountingKeys.OnlineKey(_site.Id, OnlineDay.Of(buckets.Minute)));
        Assert.InRange(life!.Value, TimeSpan.FromHours(3.9), TimeSpan.FromHours(4));
    }

    private static UInt128 Member(int visitor) => new((ulong)visitor * 0x9E3779B97F4A7C15, (ulong)visitor);
}
