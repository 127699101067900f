namespace PortalServices.Counting.Model;

/// <summary>
/// Who is online is named by a key of the UTC day, whatever the site's zone and week are. "Online" is counted over some
/// minutes, and all of them must be named by one key, or whoever stays over midnight counts twice: so for as long as
/// the window reaches back over midnight, minutes are kept twice, by the key of their own day and by that of the day
/// before, and a reader uses the latter.
/// </summary>
internal static class OnlineDay
{
    private const long MinutesPerDay = 24 * 60;

    // A window is at most an hour, and clocks of replicas differ by less than another.
    private const long KeptAfter = 2 * 60;

    /// <summary>The UTC day of a minute, named by its start; both in unix minutes.</summary>
    public static long Of(long minute) => minute - (minute % MinutesPerDay);

    /// <summary>The day before that of a minute.</summary>
    public static long Before(long minute) => Of(minute) - MinutesPerDay;

    /// <summary>Whether readers of the minute may still have to use the key of the day before.</summary>
    public static bool IsKeptTwice(long minute, int windowMinutes) => minute - Of(minute) < windowMinutes;

    /// <summary>
    /// The minutes that make "online" at one, and by the key of which other day to read each; null for its own.
    /// </summary>
    public static (long Minute, long? Day)[] Window(long now, int windowMinutes)
    {
        // One minute ahead belongs to it: there are the visitors of a replica whose clock is ahead of this one's.
        var (newest, oldest) = (now + 1, now + 1 - windowMinutes);
        var day = Of(newest);
        var minutes = new (long, long?)[windowMinutes + 1];
        for (var i = 0; i < minutes.Length; i++)
        {
            var minute = oldest + i;
            minutes[i] = (minute, oldest < day && minute >= day ? Before(newest) : null);
        }

        return minutes;
    }

    /// <summary>How long a day's key is needed from a minute on.</summary>
    public static TimeSpan KeyLife(long day, long minute) =>
        TimeSpan.FromMinutes(Math.Max(day + MinutesPerDay + KeptAfter - minute, KeptAfter));
}
