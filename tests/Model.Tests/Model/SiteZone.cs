namespace PortalServices.Model.Tests.Model;

/// <summary>
/// What the minutes, hours, days and weeks of a site are, told in a few lines and without the product's calendar. It
/// holds for zones whose clocks change at a full hour and never at midnight, as these three do in the years of the
/// test.
/// </summary>
internal sealed record SiteZone(string Name, string Iana, DayOfWeek FirstDay)
{
    /// <summary>No daylight saving.</summary>
    public static readonly SiteZone HoChiMinh = new("hcm", "Asia/Ho_Chi_Minh", DayOfWeek.Monday);

    /// <summary>Daylight saving.</summary>
    public static readonly SiteZone Berlin = new("ber", "Europe/Berlin", DayOfWeek.Monday);

    /// <summary>Daylight saving, and half an hour beside the full ones of UTC.</summary>
    public static readonly SiteZone StJohns = new("stj", "America/St_Johns", DayOfWeek.Sunday);

    /// <summary>All three.</summary>
    public static readonly IReadOnlyList<SiteZone> All = [HoChiMinh, Berlin, StJohns];

    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(Iana);

    /// <summary>The date on the wall.</summary>
    public DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(Local(at));

    /// <summary>The first date of the week of a date.</summary>
    public DateOnly WeekOf(DateOnly date) => date.AddDays(-((7 + (int)date.DayOfWeek - (int)FirstDay) % 7));

    /// <summary>The first date of the week of an instant.</summary>
    public DateOnly WeekOf(DateTimeOffset at) => WeekOf(DateOf(at));

    /// <summary>When a date begins.</summary>
    public DateTimeOffset StartOf(DateOnly date) =>
        new(
            TimeZoneInfo.ConvertTimeToUtc(date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified), _zone),
            TimeSpan.Zero
        );

    /// <summary>When the hour of an instant began.</summary>
    public DateTimeOffset HourOf(DateTimeOffset at) => MinuteOf(at).AddMinutes(-Local(at).Minute);

    /// <summary>When the minute of an instant began.</summary>
    public static DateTimeOffset MinuteOf(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    /// <summary>The days that begin at an instant or later.</summary>
    public IEnumerable<DateTimeOffset> DaysFrom(DateTimeOffset from)
    {
        for (var date = DateOf(from); ; date = date.AddDays(1))
        {
            if (StartOf(date) >= from)
            {
                yield return StartOf(date);
            }
        }
    }

    /// <summary>The hours that begin at an instant or later.</summary>
    public IEnumerable<DateTimeOffset> HoursFrom(DateTimeOffset from)
    {
        for (var hour = HourOf(from); ; hour = hour.AddHours(1))
        {
            if (hour >= from)
            {
                yield return hour;
            }
        }
    }

    /// <summary>The minutes that begin at an instant or later.</summary>
    public static IEnumerable<DateTimeOffset> MinutesFrom(DateTimeOffset from)
    {
        for (var minute = MinuteOf(from); ; minute = minute.AddMinutes(1))
        {
            if (minute >= from)
            {
                yield return minute;
            }
        }
    }

    /// <summary>How far the wall is ahead of UTC.</summary>
    public TimeSpan OffsetAt(DateTimeOffset at) => _zone.GetUtcOffset(at);

    private DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).DateTime;
}
