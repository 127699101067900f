using CsCheck;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>
/// However often the zone and the first day of the week change, pages and their site show the same day and week.
/// </summary>
public sealed class CalendarChangeTests(StoreFixture store)
{
    private static readonly DateTimeOffset Wednesday = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeZoneInfo[] Zones =
    [
        .. new[] { "Etc/UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Kiritimati" }.Select(
            TimeZoneInfo.FindSystemTimeZoneById
        ),
    ];

    [Theory]
    [InlineData(DayOfWeek.Monday, DayOfWeek.Sunday, DayOfWeek.Monday)]
    [InlineData(DayOfWeek.Monday, DayOfWeek.Wednesday, DayOfWeek.Tuesday)]
    [InlineData(DayOfWeek.Sunday, DayOfWeek.Monday, DayOfWeek.Wednesday)]
    public async Task A_change_is_taken_when_pages_can_show_it(DayOfWeek first, DayOfWeek second, DayOfWeek third)
    {
        var (id, time) = (StoreFixture.NewSite(), new FakeTimeProvider(Wednesday));
        foreach (var day in new[] { first, second, third })
        {
            await ViewAsync(id, day, time, views: 3);
            time.Advance(TimeSpan.FromHours(1));
        }
    }

    /// <summary>
    /// The second change leads back to a week that is older than both that a page keeps: it showed 0, and its site 30.
    /// </summary>
    [Fact]
    public async Task A_change_that_pages_could_not_show_ends_the_process_until_it_can_be_taken()
    {
        var (id, time) = (StoreFixture.NewSite(), new FakeTimeProvider(Wednesday));
        foreach (var day in new[] { DayOfWeek.Sunday, DayOfWeek.Monday, DayOfWeek.Tuesday })
        {
            await ViewAsync(id, day, time, views: 3);
            time.Advance(TimeSpan.FromHours(1));
        }

        await using (var refused = Process(id, DayOfWeek.Sunday, time))
        {
            Assert.False(await refused.Site.Reader.OpenAsync());
            var line = refused.Get<FatalStop>().Message!;
            Assert.Contains(id, line, StringComparison.Ordinal);
            // Tuesday is over then.
            Assert.Contains("2026-11-29 00:", line, StringComparison.Ordinal);
            await Assert.ThrowsAsync<RefusedCalendarException>(async () => await refused.Site.Timeline.GetAsync());
        }

        // Set back, it goes on.
        await ViewAsync(id, DayOfWeek.Tuesday, time, views: 2);
        time.SetUtcNow(new DateTimeOffset(2026, 11, 29, 1, 0, 0, TimeSpan.Zero));
        await ViewAsync(id, DayOfWeek.Sunday, time, views: 1);
    }

    /// <summary>
    /// Pages keep the two latest names that they have seen, as <c>ViewLedger.Commit.lua</c> moves them.
    /// </summary>
    [Fact]
    public void Whatever_is_taken_pages_show_as_their_site_does() =>
        Gen.Select(Gen.Int[0, Zones.Length - 1], Gen.Enum<DayOfWeek>(), Gen.Int[0, 4_000])
            .Array[1, 12]
            .Sample(changes =>
            {
                var now = SiteCalendar.MinuteOf(Wednesday);
                var kept = new List<(long Since, SiteCalendar Calendar)>();
                var (site, page) = (new Dictionary<long, int>(), new SortedSet<long>());
                foreach (var (zone, day, minutes) in changes)
                {
                    var calendar = new SiteCalendar(Zones[zone], day);
                    if (kept.Count == 0)
                    {
                        kept.Add((0, calendar));
                    }
                    else if (new SiteTimeline(kept).TakesFrom(calendar, now) <= now)
                    {
                        kept.Add((now, calendar));
                    }

                    for (var minute = now; minute < now + minutes; minute += 60)
                    {
                        var week = kept[^1].Calendar.Of(minute).Week;
                        site[week] = site.GetValueOrDefault(week) + 1;
                        page.Add(week);
                        if (page.Count > 2)
                        {
                            page.Remove(page.Min);
                        }

                        if (!page.Contains(week))
                        {
                            return false;
                        }
                    }

                    now += Math.Max(1, minutes);
                }

                return true;
            });

    /// <summary>
    /// A page kept one day and week of its corrections: the later one, though the site was shown as of the earlier.
    /// </summary>
    [Theory]
    [InlineData(DayOfWeek.Monday, DayOfWeek.Sunday, DayOfWeek.Sunday)]
    [InlineData(DayOfWeek.Sunday, DayOfWeek.Monday, DayOfWeek.Sunday)]
    [InlineData(DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Monday)]
    public async Task A_page_shows_its_corrections_as_the_site_does_after_a_change(
        DayOfWeek first,
        DayOfWeek second,
        DayOfWeek third
    )
    {
        var (id, time) = (StoreFixture.NewSite(), new FakeTimeProvider(Wednesday));
        foreach (var (day, change) in new[] { (first, 1), (second, 10), (third, 100) })
        {
            await ViewAsync(id, day, time, views: 1);
            await using (var process = Process(id, day, time))
            {
                Assert.Equal(
                    AdjustmentOutcome.Applied,
                    await process.AdjustAsync(
                        AdjustmentOf.Correction("/a", change),
                        process.Site.Calendar.Of(time.GetUtcNow())
                    )
                );
            }

            await ViewAsync(id, day, time, views: 1);
            time.Advance(TimeSpan.FromHours(1));
        }
    }

    /// <summary>
    /// Corrections of any day, some of them taken back, under whatever calendars the site has had: all its views are of
    /// one page.
    /// </summary>
    [Fact]
    public Task Whatever_is_taken_pages_show_corrections_as_their_site_does() =>
        Gen.Select(
                Gen.Int[0, Zones.Length - 1],
                Gen.Enum<DayOfWeek>(),
                Gen.Int[0, 3_000],
                Gen.Int[0, 9].Array[0, 4],
                Gen.Bool
            )
            .Array[2, 7]
            .SampleAsync(
                async changes =>
                {
                    var (id, time, applied) = (
                        StoreFixture.NewSite(),
                        new FakeTimeProvider(Wednesday),
                        new List<Adjustment>()
                    );
                    foreach (var (zone, firstDay, minutes, corrections, undo) in changes)
                    {
                        await using var process = new CountingProcess(
                            store,
                            new Site
                            {
                                Id = id,
                                Zone = Zones[zone],
                                FirstDayOfWeek = firstDay,
                            },
                            time
                        );
                        if (!await process.Site.Reader.OpenAsync())
                        {
                            // This calendar is refused.
                            continue;
                        }

                        await process.ViewAsync("/a");
                        var timeline = await process.Site.Timeline.GetAsync();
                        var now = process.Site.Calendar.Of(time.GetUtcNow());
                        foreach (var daysBack in corrections)
                        {
                            var buckets = timeline.Of(process.Site.Calendar.DateOf(now.Minute).AddDays(-daysBack))[^1];
                            applied.Add(AdjustmentOf.Correction("/a", 1 + daysBack));
                            applied[^1] = applied[^1] with { Day = buckets.Day, Week = buckets.Week };
                            Assert.Equal(
                                AdjustmentOutcome.Applied,
                                await ApplyAsync(process, applied[^1], now, undo: false)
                            );
                        }

                        if (undo && applied.Count > 0)
                        {
                            Assert.Equal(
                                AdjustmentOutcome.Applied,
                                await ApplyAsync(process, applied[0].Opposite(), now, undo: true)
                            );
                            applied.RemoveAt(0);
                        }

                        var view = (await process.Site.Reader.ReadNowAsync(["/a"]))!;
                        Assert.Equal(view.Snapshot.Site.Shown, view.Pages[0].Shown(now.Day, now.Week));
                        time.Advance(TimeSpan.FromMinutes(minutes));
                    }
                },
                iter: 20,
                threads: 1
            );

    private static Task<AdjustmentOutcome> ApplyAsync(
        CountingProcess process,
        Adjustment adjustment,
        TimeBuckets now,
        bool undo
    ) =>
        process.OnLedgerAsync(
            async (ledger, known) =>
                (await ledger.AdjustAsync(known, process.Site.Site.Id, adjustment, undo, now, "{}")).Outcome
        );

    private CountingProcess Process(string id, DayOfWeek firstDay, FakeTimeProvider time) =>
        new(store, new Site { Id = id, FirstDayOfWeek = firstDay }, time);

    /// <summary>Counts by a calendar, and asserts that the page and its site agree.</summary>
    private async Task ViewAsync(string id, DayOfWeek firstDay, FakeTimeProvider time, int views)
    {
        await using var process = Process(id, firstDay, time);
        for (var i = 0; i < views; i++)
        {
            await process.ViewAsync("/a");
        }

        Assert.Null(process.Get<FatalStop>().Message);
        var view = (await process.Site.Reader.ReadNowAsync(["/a"]))!;
        Assert.Equal(view.Snapshot.Site.Shown, view.Pages[0].Shown(view.Snapshot.Site.Day, view.Snapshot.Site.Week));
        Assert.True(view.Snapshot.Site.Shown.Week >= views);
    }
}
