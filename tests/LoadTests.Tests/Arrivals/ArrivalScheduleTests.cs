using CsCheck;
using PortalServices.LoadTests.Arrivals;

namespace PortalServices.LoadTests.Tests.Arrivals;

public sealed class ArrivalScheduleTests
{
    [Fact]
    public void A_constant_rate_has_equal_distances()
    {
        var schedule = ArrivalSchedule.Constant(100, TimeSpan.FromSeconds(3));
        Assert.Equal((300, 100.0), (schedule.Count, schedule.PeakRate));
        Assert.Equal(TimeSpan.FromMilliseconds(10), schedule.At(1) - schedule.At(0));
        Assert.Equal(TimeSpan.FromMilliseconds(2_990), schedule.At(299));
    }

    [Fact]
    public void A_ramp_reaches_its_rate_at_the_end()
    {
        var schedule = ArrivalSchedule.Ramp(100, 300, TimeSpan.FromSeconds(10));
        Assert.Equal((2_000, 300.0), (schedule.Count, schedule.PeakRate));
        // Half of the time has less than half of the arrivals: 100·5 + 20·25/2.
        Assert.Equal(5, schedule.At(750).TotalSeconds, 0.001);
        Assert.Equal(1 / 300.0, (schedule.At(1_999) - schedule.At(1_998)).TotalSeconds, 0.0001);
    }

    [Fact]
    public void A_ramp_may_go_down_to_nearly_nothing()
    {
        var schedule = ArrivalSchedule.Ramp(200, 0.001, TimeSpan.FromSeconds(10));
        Assert.Equal(1_000, schedule.Count);
        Assert.True(schedule.At(999) <= schedule.Duration);
    }

    [Fact]
    public void A_spike_is_in_the_middle_fifth()
    {
        var schedule = ArrivalSchedule.Spike(10, 100, TimeSpan.FromSeconds(10));
        Assert.Equal((280, 100.0), (schedule.Count, schedule.PeakRate));
        Assert.Equal(4, schedule.At(40).TotalSeconds, 0.001);
        Assert.Equal(6, schedule.At(240).TotalSeconds, 0.001);
    }

    [Fact]
    public void No_arrival_comes_before_the_one_before_it_or_after_the_end() =>
        Gen.Select(Gen.Double[0.5, 5_000], Gen.Double[0.5, 5_000], Gen.Double[0.1, 20], Gen.Int[0, 2])
            .Sample(
                (from, to, seconds, kind) =>
                {
                    var duration = TimeSpan.FromSeconds(seconds);
                    var schedule = kind switch
                    {
                        0 => ArrivalSchedule.Constant(from, duration),
                        1 => ArrivalSchedule.Ramp(from, to, duration),
                        _ => ArrivalSchedule.Spike(from, to, duration),
                    };
                    var last = TimeSpan.Zero;
                    for (var i = 0L; i < schedule.Count; i++)
                    {
                        var at = schedule.At(i);
                        Assert.InRange(at, last, duration + TimeSpan.FromMilliseconds(1));
                        last = at;
                    }
                },
                iter: 200
            );
}
