using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.RecordView;

namespace PortalServices.Counting.Tests.RecordView;

public sealed class StallGuardTests
{
    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(10);
    private readonly FakeTimeProvider _time = new();
    private readonly StallGuard _guard;

    public StallGuardTests() => _guard = new StallGuard(_time, Options.Create(new CountingOptions { ViewIdGeneration = Generation }));

    [Fact]
    public void A_process_that_runs_is_never_settling()
    {
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            _guard.Beat();
            Assert.False(_guard.IsSettling());
        }
    }

    [Fact]
    public void A_stop_of_less_than_half_a_generation_is_harmless()
    {
        _time.Advance(Generation / 2);
        Assert.False(_guard.IsSettling());
        _guard.Beat();
        Assert.False(_guard.IsSettling());
    }

    [Fact]
    public void After_a_longer_stop_it_settles_before_and_after_the_first_beat_and_then_no_more()
    {
        _time.Advance((Generation / 2) + TimeSpan.FromMilliseconds(1));
        Assert.True(_guard.IsSettling());
        _guard.Beat();
        Assert.True(_guard.IsSettling());
        _time.Advance(StallGuard.Settling - TimeSpan.FromMilliseconds(1));
        _guard.Beat();
        Assert.True(_guard.IsSettling());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_guard.IsSettling());
    }
}
