using CsCheck;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class SiteCalendarLaws
{
    private const int Samples = 20_000;

    private static readonly Gen<(TimeZoneInfo Zone, long Minute, DayOfWeek WeekStart)> Any = Gen.Select(
        Zones.Instant,
        Zones.WeekStart,
        (instant, weekStart) => (instant.Zone, instant.Minute, weekStart)
    );

    [Fact]
    public void Every_minute_lies_in_one_hour_every_hour_in_one_day_every_day_in_one_week() =>
        Sample(
            (calendar, minute) =>
            {
                var buckets = calendar.Of(minute);
                Assert.Equal(minute, buckets.Minute);
                Assert.InRange(buckets.Hour, buckets.Day, minute);
                Assert.InRange(buckets.Day, buckets.Week, minute);
                Assert.Equal(buckets with { Minute = buckets.Hour }, calendar.Of(buckets.Hour));
                Assert.Equal(buckets with { Minute = buckets.Day, Hour = buckets.Day }, calendar.Of(buckets.Day));
                Assert.Equal(
                    new TimeBuckets(buckets.Week, buckets.Week, buckets.Week, buckets.Week),
                    calendar.Of(buckets.Week)
                );
            }
        );

    [Fact]
    public void Days_and_weeks_follow_each_other_without_gap_or_overlap() =>
        Sample(
            (calendar, minute) =>
            {
                var buckets = calendar.Of(minute);
                var (nextDay, nextWeek) = (calendar.NextDay(minute), calendar.NextWeek(minute));
                Assert.True(minute < nextDay && nextDay <= nextWeek);
                Assert.Equal(nextDay, calendar.Of(nextDay).Day);
                Assert.Equal(nextWeek, calendar.Of(nextWeek).Week);
                var lastOfDay = calendar.Of(nextDay - 1);
                Assert.Equal((buckets.Day, buckets.Week), (lastOfDay.Day, lastOfDay.Week));
                Assert.Equal(buckets.Week, calendar.Of(nextWeek - 1).Week);
            }
        );

    [Fact]
    public void An_hour_is_at_most_sixty_minutes_of_one_hour_on_the_wall() =>
        Any.Sample(
            any =>
            {
                var (zone, minute, weekStart) = any;
                var hour = new SiteCalendar(zone, weekStart).Of(minute).Hour;
                var (start, now) = (Zones.Wall(zone, hour), Zones.Wall(zone, minute));
                Assert.InRange(minute - hour, 0, 59);
                Assert.Equal((start.Date, start.Hour), (now.Date, now.Hour));
                Assert.Equal(minute - hour, (long)(now - start).TotalMinutes);
            },
            iter: Samples
        );

    [Fact]
    public void Time_never_leads_back_into_an_earlier_bucket() =>
        Gen.Select(Any, Gen.Long[0, 3 * 24 * 60])
            .Sample(
                (any, later) =>
                {
                    var calendar = new SiteCalendar(any.Zone, any.WeekStart);
                    var (a, b) = (calendar.Of(any.Minute), calendar.Of(any.Minute + later));
                    return a.Hour <= b.Hour
                        && a.Day <= b.Day
                        && a.Week <= b.Week
                        && calendar.DateOf(a.Minute) <= calendar.DateOf(b.Minute);
                },
                iter: Samples
            );

    [Fact]
    public void A_day_begins_at_the_first_minute_that_shows_its_date() =>
        Any.Sample(
            any =>
            {
                var (zone, minute, weekStart) = any;
                var calendar = new SiteCalendar(zone, weekStart);
                var date = calendar.DateOf(minute).ToDateTime(TimeOnly.MinValue);
                var first = minute - (28 * 60);
                while (Zones.Wall(zone, first) < date)
                {
                    first++;
                }
                Assert.Equal(first, calendar.Of(minute).Day);
                Assert.Equal(first, calendar.DayOf(calendar.DateOf(minute)));
            },
            iter: 500
        );

    [Fact]
    public void A_day_is_the_date_on_the_wall_or_the_next_when_the_clock_went_back_over_midnight() =>
        Any.Sample(
            any =>
            {
                var (zone, minute, weekStart) = any;
                var date = new SiteCalendar(zone, weekStart).DateOf(minute).ToDateTime(TimeOnly.MinValue);
                var shown = Zones.Wall(zone, minute).Date;
                if (date == shown)
                {
                    return;
                }
                Assert.Equal(shown.AddDays(1), date);
                Assert.True(
                    Enumerable.Range(0, 180).Any(ago => Zones.Wall(zone, minute - ago).Date == date),
                    "the next date was shown before"
                );
            },
            iter: Samples
        );

    [Fact]
    public void A_week_begins_on_its_weekday_unless_the_zone_left_that_date_out() =>
        Any.Sample(
            any =>
            {
                var (zone, minute, weekStart) = any;
                var calendar = new SiteCalendar(zone, weekStart);
                var today = calendar.DateOf(minute);
                var first = today.AddDays(-(((int)today.DayOfWeek - (int)weekStart + 7) % 7));
                var week = calendar.Of(minute).Week;
                Assert.Equal(calendar.DayOf(first), week);
                var start = calendar.DateOf(week);
                Assert.True(
                    start == first
                        || (start == first.AddDays(1) && zone.Id.StartsWith("Pacific/", StringComparison.Ordinal))
                );
            },
            iter: Samples
        );

    [Fact]
    public void Minutes_add_up_to_hours_hours_to_days_days_to_weeks() =>
        Any.Sample(
            any =>
            {
                var calendar = new SiteCalendar(any.Zone, any.WeekStart);
                var (start, end) = (calendar.Of(any.Minute).Day, calendar.NextDay(any.Minute));
                var all = Enumerable.Range(0, (int)(end - start)).Select(i => calendar.Of(start + i)).ToList();
                Assert.Single(all.Select(b => b.Day).Distinct());
                Assert.Single(all.Select(b => b.Week).Distinct());
                Assert.All(all.GroupBy(b => b.Hour), hour => Assert.Equal(hour.Key, hour.First().Minute));
                Assert.Equal(all.Select(b => b.Hour).Order(), all.Select(b => b.Hour));
            },
            iter: 300
        );

    private static void Sample(Action<SiteCalendar, long> law) =>
        Any.Sample(any => law(new SiteCalendar(any.Zone, any.WeekStart), any.Minute), iter: Samples);
}
