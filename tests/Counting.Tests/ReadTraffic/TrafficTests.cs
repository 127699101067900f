using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Counting.Tests.Model;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.ReadTraffic;

public sealed class TrafficTests(StoreFixture store)
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public async Task Four_hundred_days_cost_the_store_one_command_a_second_however_many_ask()
    {
        await using var redis = await RedisServer.StartAsync("everysec");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        await using var process = new CountingProcess(redis, new Site { Id = "read" }, time);
        var sequence = 0L;
        for (var day = 0; day < 400; day++)
        {
            await process.CommitAsync(
                "lane",
                ++sequence,
                process.Site.Calendar.Of(time.GetUtcNow().AddDays(-day)),
                [.. Enumerable.Repeat(("/a", 0UL, 0L), (day % 3) + 1)]
            );
        }
        var span = await SpanAsync(process, time, "2025-10-22T00:00:00Z", "2026-11-26T00:00:00Z", "day");
        var before = (await redis.CommandStatsAsync())["evalsha"];
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 1_000).Select(_ => process.Site.Traffic.ReadAsync(span.Step, span.Buckets))
        );
        Assert.Equal(before + 1, (await redis.CommandStatsAsync())["evalsha"]);
        Assert.All(replies, items => Assert.Equal((400, 799), (items.Count, items.Sum(item => item.Views))));
        time.Advance(TimeSpan.FromSeconds(1));
        await process.Site.Traffic.ReadAsync(span.Step, span.Buckets);
        Assert.Equal(before + 2, (await redis.CommandStatsAsync())["evalsha"]);
    }

    [Theory]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-10-25", 25)]
    [InlineData("2026-07-01", 24)]
    public async Task A_day_on_which_the_clock_is_moved_has_as_many_hours_as_it_lasts(string date, int hours)
    {
        var site = new Site { Id = StoreFixture.NewSite(), Zone = Berlin };
        var day = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture);
        var (from, to) = (Midnight(day), Midnight(day.AddDays(1)));
        var time = new FakeTimeProvider(to.AddHours(1));
        await using var process = new CountingProcess(store, site, time);
        var sequence = 0L;
        for (var minute = from.AddMinutes(30); minute < to; minute = minute.AddHours(1))
        {
            await process.CommitAsync("lane", ++sequence, process.Site.Calendar.Of(minute), ("/a", 0, 0));
        }

        var byHour = await ItemsAsync(process, time, Text(from), Text(to), "hour");
        Assert.Equal(
            Enumerable.Range(0, hours).Select(hour => (from.AddHours(hour).UtcDateTime, 1L)),
            byHour.Select(item => (item.Start, item.Views))
        );
        var byDay = Assert.Single(await ItemsAsync(process, time, Text(from), Text(to), "day"));
        Assert.Equal((from.UtcDateTime, (long)hours), (byDay.Start, byDay.Views));
        var byMinute = await ItemsAsync(process, time, Text(from), Text(to), "minute");
        Assert.Equal((hours * 60, (long)hours), (byMinute.Count, byMinute.Sum(item => item.Views)));
    }

    [Fact]
    public async Task What_was_counted_before_the_zone_was_changed_stays_in_its_days()
    {
        var id = StoreFixture.NewSite();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero));
        await using (
            var before = new CountingProcess(
                store,
                new Site { Id = id, Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh") },
                time
            )
        )
        {
            await before.Site.Reader.OpenAsync();
            await before.CommitAsync("before", 1, before.Site.Calendar.Of(time.GetUtcNow().AddDays(-1)), ("/a", 0, 0));
            await before.CommitAsync(
                "before",
                2,
                before.Site.Calendar.Of(time.GetUtcNow()),
                ("/a", 0, 0),
                ("/a", 0, 0)
            );
        }

        time.Advance(TimeSpan.FromMinutes(1));
        await using var after = new CountingProcess(store, new Site { Id = id, Zone = Berlin }, time);
        await after.Site.Reader.OpenAsync();
        await after.CommitAsync(
            "after",
            1,
            after.Site.Calendar.Of(time.GetUtcNow()),
            ("/a", 0, 0),
            ("/a", 0, 0),
            ("/a", 0, 0)
        );
        time.Advance(TimeSpan.FromDays(1));
        await after.CommitAsync(
            "after",
            2,
            after.Site.Calendar.Of(time.GetUtcNow()),
            [.. Enumerable.Repeat(("/a", 0UL, 0L), 4)]
        );

        var days = await ItemsAsync(after, time, "2026-11-18T00:00:00Z", "2026-11-22T00:00:00Z", "day");
        Assert.Equal(
            [("11-18T17", 1), ("11-19T17", 2), ("11-19T23", 3), ("11-20T23", 4)],
            days.Where(day => day.Views > 0)
                .Select(day =>
                    (
                        day.Start.ToString("MM-dd'T'HH", System.Globalization.CultureInfo.InvariantCulture),
                        (int)day.Views
                    )
                )
        );
        // The day of the change has two buckets, and a correction goes into the newer one.
        var timeline = await after.Site.Timeline.GetAsync();
        Assert.Equal(2, timeline.Of(new DateOnly(2026, 11, 20)).Count);
        Assert.Equal(
            days.First(day => day.Views == 1).Start,
            TrafficSpan.At(timeline.Of(new DateOnly(2026, 11, 19))[^1].Day).UtcDateTime
        );
    }

    [Fact]
    public async Task Of_many_calendars_the_first_and_the_newest_are_kept()
    {
        await using var process = new CountingProcess(store, new Site { Id = StoreFixture.NewSite() });
        var notes = "";
        for (var i = 0; i < 120; i++)
        {
            notes = await process.OnLedgerAsync(
                (ledger, known) =>
                    ledger.NoteCalendarAsync(
                        known,
                        process.Site.Site.Id,
                        i % 2 == 0 ? "Etc/UTC Monday" : "Etc/UTC Sunday",
                        i,
                        notes
                    )
            );
        }
        var kept = notes.Split(';');
        Assert.Equal(
            (100, "0 Etc/UTC Monday", "21 Etc/UTC Sunday", "119 Etc/UTC Sunday"),
            (kept.Length, kept[0], kept[1], kept[^1])
        );
        // The same again changes nothing.
        Assert.Equal(
            notes,
            await process.OnLedgerAsync(
                (ledger, known) => ledger.NoteCalendarAsync(known, process.Site.Site.Id, "Etc/UTC Sunday", 500, notes)
            )
        );
        // Who knows other notes looks at these first.
        Assert.Equal(
            notes,
            await process.OnLedgerAsync(
                (ledger, known) =>
                    ledger.NoteCalendarAsync(known, process.Site.Site.Id, "Etc/UTC Monday", 500, "0 Etc/UTC Monday")
            )
        );
    }

    [Fact]
    public void A_day_belongs_to_the_week_of_the_newest_calendar()
    {
        var (monday, sunday) = (new SiteCalendar(Berlin, DayOfWeek.Monday), new SiteCalendar(Berlin, DayOfWeek.Sunday));
        var day = new DateOnly(2026, 11, 25);
        var timeline = new SiteTimeline([(0, monday), (monday.DayOf(day) + 600, sunday)]);
        Assert.Equal(sunday.Of(sunday.DayOf(day)), Assert.Single(timeline.Of(day)));
        Assert.Equal(monday.Of(monday.DayOf(day.AddDays(-1))), Assert.Single(timeline.Of(day.AddDays(-1))));
    }

    [Fact]
    public void Hours_follow_each_other_without_gap_or_overlap() =>
        CsCheck.Check.Sample(
            Zones.Instant,
            instant =>
            {
                var calendar = new SiteCalendar(instant.Zone, DayOfWeek.Monday);
                var next = calendar.NextHour(instant.Minute);
                Assert.InRange(next, instant.Minute + 1, instant.Minute + 60);
                Assert.Equal(next, calendar.Of(next).Hour);
                Assert.Equal(calendar.Of(instant.Minute).Hour, calendar.Of(next - 1).Hour);
            },
            iter: 20_000
        );

    private static DateTimeOffset Midnight(DateOnly day) =>
        new(TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(TimeOnly.MinValue), Berlin));

    private static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<TrafficSpan> SpanAsync(
        CountingProcess process,
        FakeTimeProvider time,
        string from,
        string to,
        string step
    )
    {
        var (span, problem, detail) = TrafficSpan.Read(
            process.Site.Calendar,
            await process.Site.Timeline.GetAsync(),
            time.GetUtcNow(),
            from,
            to,
            step
        );
        Assert.True(span is not null, $"{problem} {detail}");
        return span;
    }

    private static async Task<IReadOnlyList<TrafficItem>> ItemsAsync(
        CountingProcess process,
        FakeTimeProvider time,
        string from,
        string to,
        string step
    )
    {
        var span = await SpanAsync(process, time, from, to, step);
        return await process.Site.Traffic.ReadAsync(span.Step, span.Buckets);
    }
}
