using PortalServices.Counting.RecordView;

namespace PortalServices.Counting.Tests.RecordView;

public sealed class CommitPaceTests
{
    private const int Most = 256;

    [Fact]
    public void A_lone_view_never_waits()
    {
        var pace = new CommitPace(Most);
        pace.Started(views: 1, waitedInVain: false);
        Assert.Equal(1, pace.Target);
    }

    [Fact]
    public void After_a_burst_a_lone_view_does_not_wait_either()
    {
        var pace = Loaded();
        pace.Started(views: 1, waitedInVain: true);
        Assert.Equal(1, pace.Target);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void With_callers_that_come_back_at_once_batches_hold_most_of_them(int callers)
    {
        var pace = new CommitPace(Most);
        pace.Started(CommitPace.NoLoad, waitedInVain: false);
        var sizes = new List<int>();
        for (var i = 0; i < 200; i++)
        {
            // All callers wait: either the target is reached, or the wait is over with all of them there.
            var inVain = pace.Target > callers;
            var size = Math.Min(pace.Target, callers);
            pace.Started(size, inVain);
            sizes.Add(size);
        }

        Assert.True(sizes.Skip(20).Average() >= callers * 0.75, $"batches of {sizes.Skip(20).Average():F0} with {callers} callers");
    }

    [Fact]
    public void The_target_never_exceeds_a_batch()
    {
        var pace = Loaded();
        Assert.Equal(Most, pace.Target);
    }

    private static CommitPace Loaded()
    {
        var pace = new CommitPace(Most);
        for (var i = 0; i < 100; i++)
        {
            pace.Started(Most, waitedInVain: false);
        }

        return pace;
    }
}
