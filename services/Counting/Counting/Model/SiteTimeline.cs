namespace PortalServices.Counting.Model;

/// <summary>
/// The calendars that a site has had, each from an instant on: what was counted under an earlier zone or first day of
/// the week keeps its buckets, and is found under their names.
/// </summary>
/// <param name="calendars">The oldest first; since when in unix minutes.</param>
internal sealed class SiteTimeline(IReadOnlyList<(long Since, SiteCalendar Calendar)> calendars)
{
    // See PageRecord.
    private const int KeptByPages = 2;
    private const int MinutesPerHour = 60;

    /// <summary>The buckets that begin in [from, to), in order.</summary>
    /// <param name="step">Their size.</param>
    /// <param name="from">Unix minute.</param>
    /// <param name="to">Unix minute.</param>
    /// <param name="most">No more of each calendar are looked for.</param>
    public IReadOnlyList<long> Buckets(TrafficStep step, long from, long to, int most)
    {
        var found = new SortedSet<long>();
        for (var i = 0; i < calendars.Count; i++)
        {
            var calendar = calendars[i].Calendar;
            // Around a change both calendars have a bucket in which it lies, and both may hold views.
            var first = step.BucketOf(calendar, Math.Max(from, calendars[i].Since));
            var end = Math.Min(to, Until(i));
            for (var (bucket, count) = (first, 0); bucket < end && count <= most; bucket = step.Next(calendar, bucket))
            {
                if (bucket >= from)
                {
                    found.Add(bucket);
                    count++;
                }
            }
        }

        return [.. found];
    }

    /// <summary>The buckets of a date: more than one only when the calendar changed on it, the newest last.</summary>
    public IReadOnlyList<TimeBuckets> Of(DateOnly date)
    {
        var found = new List<TimeBuckets>();
        for (var i = 0; i < calendars.Count; i++)
        {
            var calendar = calendars[i].Calendar;
            var day = calendar.DayOf(date);
            if (day < Until(i) && calendar.NextDay(day) > calendars[i].Since)
            {
                found.RemoveAll(other => other.Day == day);
                found.Add(calendar.Of(day));
            }
        }

        return found;
    }

    /// <summary>
    /// From when on the site may be counted by another calendar, in unix minutes; now, as a rule. A page keeps its
    /// views of the two latest days and weeks that it has seen by name, and a site those of all: of a bucket with two
    /// later ones the page would show nothing.
    /// </summary>
    public long TakesFrom(SiteCalendar next, long now)
    {
        var from = now;
        while (!Takes(next.Of(from), from))
        {
            from += MinutesPerHour;
        }

        return from;
    }

    /// <summary>
    /// Whether these buckets of an instant are among the two latest; the last calendar names others until then.
    /// </summary>
    private bool Takes(TimeBuckets buckets, long instant) =>
        LaterThan(buckets.Day, instant, (calendar, minute) => (calendar.Of(minute).Day, calendar.NextDay(minute)))
            < KeptByPages
        && LaterThan(buckets.Week, instant, (calendar, minute) => (calendar.Of(minute).Week, calendar.NextWeek(minute)))
            < KeptByPages;

    /// <summary>How many buckets that begin later than one were in use up to an instant.</summary>
    private int LaterThan(long bucket, long instant, Func<SiteCalendar, long, (long Bucket, long Next)> at)
    {
        var later = new HashSet<long>();
        for (var i = 0; i < calendars.Count; i++)
        {
            var end = Math.Min(Until(i), instant);
            for (var minute = Math.Max(calendars[i].Since, bucket); minute < end; )
            {
                (var used, minute) = at(calendars[i].Calendar, minute);
                if (used > bucket)
                {
                    later.Add(used);
                }
            }
        }

        return later.Count;
    }

    private long Until(int index) => index + 1 < calendars.Count ? calendars[index + 1].Since : long.MaxValue;
}
