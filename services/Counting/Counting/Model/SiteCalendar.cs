namespace PortalServices.Counting.Model;

/// <summary>
/// A site's minutes, hours, days and weeks. Each kind parts all time without gap or overlap, and a bucket of one kind
/// lies whole in one of the next, so that sums agree whatever the zone does:
/// <list type="bullet">
/// <item>A day begins at the first instant at which the wall shows its date (not always midnight) and lasts until the
/// next begins. A clock put back over midnight does not lead back into the day before; a date that a zone left out is
/// no day.</item>
/// <item>A change of the clock ends an hour: an hour that comes twice is two buckets, and none is longer than 60
/// minutes.</item>
/// <item>A week begins with the day of its first date.</item>
/// </list>
/// </summary>
internal sealed class SiteCalendar(TimeZoneInfo zone, DayOfWeek firstDayOfWeek)
{
    private readonly SiteClock _clock = new(zone);

    // Nearly every question is about the current minute. Replaced whole, so readers need no lock.
    private Answer? _latest;

    public SiteCalendar(Site site)
        : this(site.Zone, site.FirstDayOfWeek) { }

    /// <summary>The buckets of an instant.</summary>
    public TimeBuckets Of(DateTimeOffset instant) => Of(MinuteOf(instant));

    /// <summary>The buckets of an instant, in unix minutes.</summary>
    public TimeBuckets Of(long minute)
    {
        var latest = Volatile.Read(ref _latest);
        if (latest is not null && latest.Buckets.Minute == minute)
        {
            return latest.Buckets;
        }
        var buckets = Find(minute);
        Volatile.Write(ref _latest, new Answer(buckets));
        return buckets;
    }

    /// <summary>The day of an instant, named by its start like every bucket.</summary>
    public long DayStart(DateTimeOffset instant) => Of(instant).Day;

    /// <summary>When the day of an instant, in unix minutes, ends: the start of the next.</summary>
    public long NextDay(long minute) => _clock.FirstAt((DateNumber(minute) + 1) * SiteClock.MinutesPerDay);

    /// <summary>When the hour of an instant, in unix minutes, ends: the start of the next.</summary>
    public long NextHour(long minute)
    {
        var hour = Of(minute).Hour;
        // None is longer than 60 minutes; where the clock is moved there may be a shorter one in between.
        var next = Of(hour + 60).Hour;
        while (Of(next - 1).Hour is var between && between > hour)
        {
            next = between;
        }
        return next;
    }

    /// <summary>When the week of an instant, in unix minutes, ends: the start of the next.</summary>
    public long NextWeek(long minute) => WeekStart(DateNumber(minute) + 7);

    /// <summary>The day of a date; the next one for a date that the zone left out.</summary>
    public long DayOf(DateOnly date) =>
        _clock.FirstAt((date.DayNumber - UnixEpoch.DayNumber) * (long)SiteClock.MinutesPerDay);

    /// <summary>The date of the day that an instant, in unix minutes, lies in.</summary>
    public DateOnly DateOf(long minute) => DateOnly.FromDayNumber((int)(UnixEpoch.DayNumber + DateNumber(minute)));

    public static long MinuteOf(DateTimeOffset instant) => SiteClock.FloorDiv(instant.ToUnixTimeSeconds(), 60);

    private static DateOnly UnixEpoch => new(1970, 1, 1);

    private TimeBuckets Find(long minute)
    {
        var date = DateNumber(minute);
        return new TimeBuckets(
            minute,
            HourStart(minute),
            _clock.FirstAt(date * SiteClock.MinutesPerDay),
            WeekStart(date)
        );
    }

    /// <summary>
    /// The latest date whose day has begun: the wall's, or the next when the clock was put back over midnight.
    /// </summary>
    private long DateNumber(long minute)
    {
        var shown = _clock.Date(minute);
        return _clock.FirstAt((shown + 1) * SiteClock.MinutesPerDay) <= minute ? shown + 1 : shown;
    }

    private long HourStart(long minute)
    {
        var start = minute - SiteClock.FloorMod(_clock.Local(minute), 60);
        return _clock.Offset(start) == _clock.Offset(minute) ? start : _clock.FirstWithAnotherOffset(start, minute);
    }

    private long WeekStart(long date)
    {
        // 1970-01-01 was a Thursday.
        var daysIntoWeek = SiteClock.FloorMod(date + (int)DayOfWeek.Thursday - (int)firstDayOfWeek, 7);
        return _clock.FirstAt((date - daysIntoWeek) * SiteClock.MinutesPerDay);
    }

    private sealed record Answer(TimeBuckets Buckets);
}

/// <summary>
/// Where an instant is counted: each bucket is named by the instant at which it begins by the site's clock, in unix
/// minutes (UTC).
/// </summary>
/// <param name="Minute">The minute.</param>
/// <param name="Hour">The hour; 60 minutes, fewer where the clock is moved within it.</param>
/// <param name="Day">The site's day.</param>
/// <param name="Week">The site's week; begins with a day.</param>
internal readonly record struct TimeBuckets(long Minute, long Hour, long Day, long Week);
