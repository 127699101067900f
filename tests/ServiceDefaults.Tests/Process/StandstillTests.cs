using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Process;

public sealed class StandstillTests
{
    private static readonly TimeSpan Harmless = TimeSpan.FromMinutes(5),
        Instant = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Standstill _standstill;

    public StandstillTests() => _standstill = new Standstill(_time);

    [Fact]
    public void A_process_that_runs_never_stood_still()
    {
        for (var i = 0; i < 100; i++)
        {
            Go(TimeSpan.FromSeconds(0.1));
            Assert.False(_standstill.EndedLately(Harmless));
        }
    }

    [Fact]
    public void A_short_one_is_harmless()
    {
        _time.Advance(Harmless);
        Assert.False(_standstill.EndedLately(Harmless));
        _standstill.Tell();
        Assert.False(_standstill.EndedLately(Harmless));
    }

    [Fact]
    public void A_long_one_is_seen_before_and_after_the_first_beat_until_it_has_settled()
    {
        _time.Advance(Harmless + Instant);
        Assert.True(_standstill.EndedLately(Harmless));
        _standstill.Tell();
        Assert.True(_standstill.EndedLately(Harmless));
        Assert.False(_standstill.EndedLately(Harmless + Instant));
        Go(Standstill.Settling - Instant);
        Assert.True(_standstill.EndedLately(Harmless));
        Go(Instant);
        Assert.False(_standstill.EndedLately(Harmless));
    }

    /// <summary>
    /// Requests may be as much older as the process stood still; what is usual on a busy machine is none.
    /// </summary>
    [Fact]
    public void Its_length_is_told_before_and_after_the_first_beat_until_it_has_settled()
    {
        Go(TimeSpan.FromSeconds(0.3));
        Assert.Equal(TimeSpan.Zero, _standstill.Lately());
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), _standstill.Lately());
        _standstill.Tell();
        Assert.Equal(TimeSpan.FromSeconds(3), _standstill.Lately());
        for (var i = 0; i < Standstill.Settling.TotalSeconds * 10; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(3), _standstill.Lately());
            Go(TimeSpan.FromSeconds(0.1));
        }

        Assert.Equal(TimeSpan.Zero, _standstill.Lately());
    }

    [Fact]
    public void A_second_short_one_does_not_hide_the_first()
    {
        Go(Harmless + Instant);
        Go(TimeSpan.FromSeconds(1));
        Assert.True(_standstill.EndedLately(Harmless));
    }

    [Fact]
    public void A_machine_that_slept_is_seen_by_its_calendar()
    {
        _standstill.Tell();
        _time.AdjustTime(_time.GetUtcNow() + Harmless + Instant);
        Assert.True(_standstill.EndedLately(Harmless));
    }

    [Fact]
    public async Task It_tells_by_itself_while_the_process_runs()
    {
        _time.Advance(Harmless + Instant);
        using var runner = new PeriodicRunner<Standstill>(_standstill, _time, NullLogger<Standstill>.Instance);
        await runner.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return !_standstill.EndedLately(TimeSpan.FromSeconds(30));
            },
            "it has settled",
            TestContext.Current.CancellationToken
        );
        await runner.StopAsync(TestContext.Current.CancellationToken);
    }

    private void Go(TimeSpan by)
    {
        _time.Advance(by);
        _standstill.Tell();
    }
}
