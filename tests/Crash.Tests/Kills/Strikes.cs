using PortalServices.Testing;
using PortalServices.Testing.Storm;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>Failures in the midst of storms.</summary>
internal static class Strikes
{
    // While a process starts, views go on, and leave it the processors; in a long run they do not rest.
    private static readonly TimeSpan Rest = LongRun.Factor == 1 ? TimeSpan.FromMilliseconds(400) : TimeSpan.Zero;

    /// <summary>
    /// Lets the clients send as fast as they can until so many more views are acknowledged, strikes while some are under
    /// way, and lets the clients rest between two views from then on.
    /// </summary>
    public static Task StrikeAsync(
        this ViewStorm storm,
        int views,
        Func<Task> strike,
        CancellationToken cancel,
        TimeSpan? rest = null
    ) => StrikeAsync([storm], views, strike, cancel, rest);

    /// <summary>The same in the midst of several: of each, views are under way.</summary>
    public static async Task StrikeAsync(
        IReadOnlyList<ViewStorm> storms,
        int views,
        Func<Task> strike,
        CancellationToken cancel,
        TimeSpan? rest = null
    )
    {
        var enough = storms.Select(storm => storm.Acknowledged + views).ToArray();
        SetRest(TimeSpan.Zero);
        await Eventually.HoldsAsync(
            () =>
                storms.Index().All(each => each.Item.Acknowledged >= enough[each.Index] && each.Item.UnderWay > 0)
                || storms.Any(storm => !storm.Surprises.IsEmpty),
            "views under way",
            cancel
        );
        var underWay = storms.Select(storm => storm.UnderWay).ToArray();
        var striking = strike();
        SetRest(rest ?? Rest);
        await striking;
        Assert.All(storms, storm => Assert.Empty(storm.Surprises));
        // Between two views it would show nothing.
        Assert.DoesNotContain(0, underWay);

        void SetRest(TimeSpan time)
        {
            foreach (var storm in storms)
            {
                storm.Rest = time;
            }
        }
    }

    /// <summary>Waits until some of its views are under way.</summary>
    public static Task ViewsUnderWayAsync(this ViewStorm storm, CancellationToken cancel) =>
        Eventually.HoldsAsync(() => storm.UnderWay > 0 || !storm.Surprises.IsEmpty, "views under way", cancel);

    /// <summary>Ends the storm and waits for its last views.</summary>
    public static async Task EndAsync(this ViewStorm storm, Task running)
    {
        storm.Stop();
        await running;
    }
}
