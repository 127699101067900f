using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Tests.Store;

public sealed class StoreClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;

    public StoreClockTests() => _clock = new StoreClock(_time);

    [Fact]
    public void It_moves_on_with_the_monotonic_clock_whatever_the_wall_clock_shows()
    {
        _clock.See(1_000_000, _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1_005_000, _clock.At(_time.GetTimestamp()));
    }

    [Fact]
    public void A_prompt_reply_corrects_it_in_both_directions()
    {
        _clock.See(1_000_000, _time.GetTimestamp());
        _clock.See(990_000, _time.GetTimestamp());
        Assert.Equal(990_000, _clock.At(_time.GetTimestamp()));
    }

    [Fact]
    public void A_reply_that_took_minutes_does_not_make_new_views_look_old()
    {
        _clock.See(1_000_000, _time.GetTimestamp());
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMinutes(10));
        _clock.See(1_000_001, sent);
        Assert.Equal(1_600_000, _clock.At(_time.GetTimestamp()));
    }

    [Fact]
    public void A_reply_that_took_long_still_moves_it_on()
    {
        _clock.See(1_000_000, _time.GetTimestamp());
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMinutes(10));
        _clock.See(1_700_000, sent);
        Assert.Equal(1_700_000, _clock.At(_time.GetTimestamp()));
    }

    [Fact]
    public void An_instant_before_the_last_reply_is_as_old_as_it_is()
    {
        var arrived = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(3));
        _clock.See(1_000_000, _time.GetTimestamp());
        Assert.Equal(997_000, _clock.At(arrived));
    }
}
