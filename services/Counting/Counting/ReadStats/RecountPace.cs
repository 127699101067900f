namespace PortalServices.Counting.ReadStats;

/// <summary>
/// When a commit's reply is worth another count of the visitors, which costs the store more than the commit itself: at
/// once, so that a writer sees its own visitor, but no more than a few times a second when visitors come thick and
/// fast. One caller at a time.
/// </summary>
internal sealed class RecountPace(TimeProvider time)
{
    /// <summary>So many counts in a second are made at once.</summary>
    public const int AtOnce = 10;

    /// <summary>After those, a count is made when the last one is so old.</summary>
    public static readonly TimeSpan UnderLoad = TimeSpan.FromMilliseconds(200);

    /// <summary>A count that is older is made again in any case: other replicas have visitors, too.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private long _second;
    private int _counts;

    /// <summary>Whether to count now.</summary>
    /// <param name="last">The last count, if any.</param>
    /// <param name="newVisitors">The commit brought visitors that may not be in it.</param>
    /// <param name="minute">The current minute, in which "online" ends.</param>
    public bool IsDue(VisitorSnapshot? last, bool newVisitors, long minute)
    {
        if (last is null || last.Minute != minute || time.GetElapsedTime(last.TakenAt) > Longest)
        {
            return true;
        }

        return newVisitors && (TryTakeOne() || time.GetElapsedTime(last.TakenAt) > UnderLoad);
    }

    private bool TryTakeOne()
    {
        var now = time.GetTimestamp();
        if (_second == 0 || time.GetElapsedTime(_second, now) >= TimeSpan.FromSeconds(1))
        {
            (_second, _counts) = (now, 0);
        }

        return _counts++ < AtOnce;
    }
}
