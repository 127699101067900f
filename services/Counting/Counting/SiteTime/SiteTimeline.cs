using PortalServices.Counting.ReadTraffic;

namespace PortalServices.Counting.SiteTime;

/// <summary>
/// The calendars that a site has had, each from an instant on: what was counted under an earlier zone or first day of the week keeps its buckets,
/// and is found under their names.
/// </summary>
/// <param name="calendars">The oldest first; since when in unix minutes.</param>
internal sealed class SiteTimeline(IReadOnlyList<(long Since, SiteCalendar Calendar)> calendars)
{
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

    private long Until(int index) => index + 1 < calendars.Count ? calendars[index + 1].Since : long.MaxValue;
}
