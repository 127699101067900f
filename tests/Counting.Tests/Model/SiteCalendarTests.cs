using System.Globalization;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class SiteCalendarTests
{
    [Theory]
    // Vietnam: a day begins at 17:00 UTC; 2026-07-19 was a Sunday.
    [InlineData(
        "Asia/Ho_Chi_Minh",
        "2026-07-19T16:59:59Z",
        "2026-07-19T16:00Z",
        "2026-07-18T17:00Z",
        "2026-07-12T17:00Z"
    )]
    [InlineData(
        "Asia/Ho_Chi_Minh",
        "2026-07-19T17:00:00Z",
        "2026-07-19T17:00Z",
        "2026-07-19T17:00Z",
        "2026-07-19T17:00Z"
    )]
    // Nepal, +5:45: hours begin at a quarter past.
    [InlineData(
        "Asia/Kathmandu",
        "2026-07-15T10:14:00Z",
        "2026-07-15T09:15Z",
        "2026-07-14T18:15Z",
        "2026-07-12T18:15Z"
    )]
    [InlineData(
        "Asia/Kathmandu",
        "2026-07-15T18:15:00Z",
        "2026-07-15T18:15Z",
        "2026-07-15T18:15Z",
        "2026-07-12T18:15Z"
    )]
    // Berlin, 25 October 2026: 02:30 comes twice, in two hours; the day has 25.
    [InlineData("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00Z", "2026-10-24T22:00Z", "2026-10-18T22:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00Z", "2026-10-24T22:00Z", "2026-10-18T22:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T22:59:00Z", "2026-10-25T22:00Z", "2026-10-24T22:00Z", "2026-10-18T22:00Z")]
    // Lord Howe moves its clock by half an hour: 01:30 to 02:00 comes twice, the second time as an hour of 30 minutes.
    [InlineData(
        "Australia/Lord_Howe",
        "2026-04-04T14:59:00Z",
        "2026-04-04T14:00Z",
        "2026-04-04T13:00Z",
        "2026-03-29T13:00Z"
    )]
    [InlineData(
        "Australia/Lord_Howe",
        "2026-04-04T15:10:00Z",
        "2026-04-04T15:00Z",
        "2026-04-04T13:00Z",
        "2026-03-29T13:00Z"
    )]
    [InlineData(
        "Australia/Lord_Howe",
        "2026-04-04T15:30:00Z",
        "2026-04-04T15:30Z",
        "2026-04-04T13:00Z",
        "2026-03-29T13:00Z"
    )]
    // São Paulo, 4 November 2018, a Sunday: midnight does not exist, the day begins at 01:00.
    [InlineData(
        "America/Sao_Paulo",
        "2018-11-04T02:59:00Z",
        "2018-11-04T02:00Z",
        "2018-11-03T03:00Z",
        "2018-10-29T03:00Z"
    )]
    [InlineData(
        "America/Sao_Paulo",
        "2018-11-04T03:00:00Z",
        "2018-11-04T03:00Z",
        "2018-11-04T03:00Z",
        "2018-10-29T03:00Z"
    )]
    // São Paulo, 18 February 2018: at midnight it is 23:00 again, still Saturday.
    [InlineData(
        "America/Sao_Paulo",
        "2018-02-18T02:30:00Z",
        "2018-02-18T02:00Z",
        "2018-02-17T02:00Z",
        "2018-02-12T02:00Z"
    )]
    [InlineData(
        "America/Sao_Paulo",
        "2018-02-18T03:00:00Z",
        "2018-02-18T03:00Z",
        "2018-02-18T03:00Z",
        "2018-02-12T02:00Z"
    )]
    // Havana, 1 November 2026: midnight comes twice, the day begins with the first.
    [InlineData(
        "America/Havana",
        "2026-11-01T04:30:00Z",
        "2026-11-01T04:00Z",
        "2026-11-01T04:00Z",
        "2026-10-26T04:00Z"
    )]
    [InlineData(
        "America/Havana",
        "2026-11-01T05:30:00Z",
        "2026-11-01T05:00Z",
        "2026-11-01T04:00Z",
        "2026-10-26T04:00Z"
    )]
    // St John's, 29 October 2006: at 00:01 it is 23:01 of the day before again; the day that has begun goes on.
    [InlineData(
        "America/St_Johns",
        "2006-10-29T02:30:00Z",
        "2006-10-29T02:30Z",
        "2006-10-29T02:30Z",
        "2006-10-23T02:30Z"
    )]
    [InlineData(
        "America/St_Johns",
        "2006-10-29T02:45:00Z",
        "2006-10-29T02:31Z",
        "2006-10-29T02:30Z",
        "2006-10-23T02:30Z"
    )]
    [InlineData(
        "America/St_Johns",
        "2006-10-29T03:30:00Z",
        "2006-10-29T03:30Z",
        "2006-10-29T02:30Z",
        "2006-10-23T02:30Z"
    )]
    // Samoa left out Friday 30 December 2011.
    [InlineData("Pacific/Apia", "2011-12-30T09:59:00Z", "2011-12-30T09:00Z", "2011-12-29T10:00Z", "2011-12-26T10:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00Z", "2011-12-30T10:00Z", "2011-12-26T10:00Z")]
    // Before 1970 as well.
    [InlineData("Etc/UTC", "1969-12-31T23:59:59Z", "1969-12-31T23:00Z", "1969-12-31T00:00Z", "1969-12-29T00:00Z")]
    public void An_instant_lies_in_its_buckets(string zone, string instant, string hour, string day, string week)
    {
        var calendar = new SiteCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), DayOfWeek.Monday);
        var at = Parse(instant);
        Assert.Equal(
            new TimeBuckets(SiteCalendar.MinuteOf(at), Minutes(hour), Minutes(day), Minutes(week)),
            calendar.Of(at)
        );
        Assert.Equal(Minutes(day), calendar.DayStart(at));
    }

    [Theory]
    [InlineData(DayOfWeek.Monday, "2026-07-12T17:00Z")]
    [InlineData(DayOfWeek.Sunday, "2026-07-11T17:00Z")]
    [InlineData(DayOfWeek.Saturday, "2026-07-17T17:00Z")]
    public void A_week_begins_on_the_site_s_first_day(DayOfWeek first, string week) =>
        Assert.Equal(Minutes(week), Vietnam(first).Of(Parse("2026-07-18T05:00Z")).Week);

    [Fact]
    public void A_week_whose_first_date_the_zone_left_out_begins_with_the_next() =>
        Assert.Equal(
            Minutes("2011-12-30T10:00Z"),
            new SiteCalendar(TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia"), DayOfWeek.Friday)
                .Of(Parse("2012-01-02T00:00Z"))
                .Week
        );

    [Fact]
    public void The_next_day_and_week_are_known()
    {
        var calendar = Vietnam(DayOfWeek.Monday);
        var now = Minutes("2026-07-15T05:00Z");
        Assert.Equal(Minutes("2026-07-15T17:00Z"), calendar.NextDay(now));
        Assert.Equal(Minutes("2026-07-19T17:00Z"), calendar.NextWeek(now));
    }

    [Fact]
    public void A_date_and_its_day_are_found_from_each_other()
    {
        var calendar = Vietnam(DayOfWeek.Monday);
        var day = calendar.DayOf(new DateOnly(2026, 7, 15));
        Assert.Equal(Minutes("2026-07-14T17:00Z"), day);
        Assert.Equal(new DateOnly(2026, 7, 15), calendar.DateOf(day));
        Assert.Equal(new DateOnly(2026, 7, 14), calendar.DateOf(day - 1));
    }

    [Fact]
    public void The_same_minute_asked_again_costs_no_memory()
    {
        var calendar = Vietnam(DayOfWeek.Monday);
        var now = Parse("2026-07-15T05:00:01Z");
        var first = calendar.Of(now);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var again = calendar.Of(now.AddSeconds(58));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(first, again);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Many_threads_at_a_minute_s_end_all_get_the_buckets_of_their_own_instant()
    {
        var calendar = Vietnam(DayOfWeek.Monday);
        var midnight = Minutes("2026-07-19T17:00Z");
        var expected = Enumerable.Range(0, 4).Select(i => Vietnam(DayOfWeek.Monday).Of(midnight - 2 + i)).ToArray();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(thread =>
                    Task.Run(
                        () =>
                        {
                            for (var i = 0; i < 20_000; i++)
                            {
                                Assert.Equal(
                                    expected[(i + thread) % 4],
                                    calendar.Of(midnight - 2 + ((i + thread) % 4))
                                );
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );
    }

    private static SiteCalendar Vietnam(DayOfWeek first) =>
        new(
            new Site
            {
                Id = "sonla",
                Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh"),
                FirstDayOfWeek = first,
            }
        );

    private static DateTimeOffset Parse(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private static long Minutes(string instant) => SiteCalendar.MinuteOf(Parse(instant));
}
