namespace PortalServices.Counting.RecordView;

/// <summary>
/// When to start the next commit. A commit costs the store and this machine about as much as 20 views, so under load a fuller batch serves
/// everybody sooner; a lone view never waits.
/// </summary>
/// <remarks>
/// Nobody can say how many callers there are: those whose answer is on its way are invisible. So the target is probed: it grows by a quarter
/// each time the batch fills up before <see cref="LongestWait"/>, and falls below what came when it does not.
/// </remarks>
internal sealed class CommitPace(int mostViews)
{
    /// <summary>Longest time between the starts of two commits that a view is made to wait for company.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(5);

    /// <summary>Fewer than these that gathered during a commit are no load: they start at once.</summary>
    public const int NoLoad = 8;

    private double _target = 1;

    /// <summary>Waiting views at which the next commit starts at once.</summary>
    public int Target => Math.Clamp((int)_target, 1, mostViews);

    /// <summary>Notes that a commit started with this many views, after the target was reached or the wait was over.</summary>
    public void Started(int views, bool waitedInVain)
    {
        if (views < NoLoad)
        {
            _target = 1;
        }
        else if (waitedInVain)
        {
            _target = Math.Max(NoLoad, views * 0.75);
        }
        else
        {
            _target = Math.Min(mostViews, Math.Max(_target, NoLoad) * 1.25);
        }
    }
}
