using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.ReadStats;

namespace PortalServices.Counting.Tests.ReadStats;

public sealed class RecountPaceTests
{
    private const long Minute = 29_000_000;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(55));

    [Fact]
    public void A_new_visitor_is_counted_at_once_and_under_load_five_times_a_second()
    {
        var pace = new RecountPace(_time);
        var last = Count();
        var counts = 0;
        // A thousand commits a second for ten seconds, each with a new visitor.
        for (var i = 0; i < 10_000; i++)
        {
            if (pace.IsDue(last, newVisitors: true, Minute))
            {
                (last, counts) = (Count(), counts + 1);
                Assert.True(i > 10 || counts == i + 1);
            }

            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(counts, 10 * RecountPace.AtOnce, 10 * (RecountPace.AtOnce + 5));
    }

    [Fact]
    public void Without_a_new_visitor_a_count_lasts_a_second_and_no_longer_than_its_minute()
    {
        var pace = new RecountPace(_time);
        var last = Count();
        Assert.False(pace.IsDue(last, newVisitors: false, Minute));
        Assert.True(pace.IsDue(last, newVisitors: false, Minute + 1));
        Assert.True(pace.IsDue(null, newVisitors: false, Minute));
        _time.Advance(RecountPace.Longest + TimeSpan.FromMilliseconds(1));
        Assert.True(pace.IsDue(last, newVisitors: false, Minute));
    }

    private VisitorSnapshot Count() =>
        VisitorSnapshot.None(Minute, Minute, _time.GetTimestamp()) with
        {
            Minute = Minute,
        };
}
