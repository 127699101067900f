using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Hosting;

public sealed class SuspensionDetectorTests
{
    private static readonly TimeSpan Harmless = TimeSpan.FromMinutes(5),
        Instant = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly SuspensionDetector _suspension;

    public SuspensionDetectorTests() => _suspension = new SuspensionDetector(_time);

    [Fact]
    public void A_process_that_runs_never_stood_still()
    {
        for (var i = 0; i < 100; i++)
        {
            Go(TimeSpan.FromSeconds(0.1));
            Assert.False(_suspension.ResumedWithin(Harmless));
        }
    }

    [Fact]
    public void A_short_one_is_harmless()
    {
        _time.Advance(Harmless);
        Assert.False(_suspension.ResumedWithin(Harmless));
        _suspension.Beat();
        Assert.False(_suspension.ResumedWithin(Harmless));
    }

    [Fact]
    public void A_long_one_is_seen_before_and_after_the_first_beat_until_it_has_settled()
    {
        _time.Advance(Harmless + Instant);
        Assert.True(_suspension.ResumedWithin(Harmless));
        _suspension.Beat();
        Assert.True(_suspension.ResumedWithin(Harmless));
        Assert.False(_suspension.ResumedWithin(Harmless + Instant));
        Go(SuspensionDetector.GracePeriod - Instant);
        Assert.True(_suspension.ResumedWithin(Harmless));
        Go(Instant);
        Assert.False(_suspension.ResumedWithin(Harmless));
    }

    /// <summary>
    /// Requests may be as much older as the process stood still, be it only between two beats: of ids that are forgotten
    /// within that time, a view would count twice.
    /// </summary>
    [Fact]
    public void Its_length_is_told_before_and_after_the_first_beat_until_it_has_settled()
    {
        Go(TimeSpan.FromSeconds(0.25));
        Assert.Equal(TimeSpan.FromSeconds(0.25), _suspension.RecentPause());
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), _suspension.RecentPause());
        _suspension.Beat();
        Assert.Equal(TimeSpan.FromSeconds(3), _suspension.RecentPause());
        for (var i = 0; i < SuspensionDetector.GracePeriod.TotalSeconds * 10; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(3), _suspension.RecentPause());
            Go(TimeSpan.FromSeconds(0.1));
        }

        Assert.Equal(TimeSpan.FromSeconds(0.1), _suspension.RecentPause());
    }

    [Fact]
    public void A_second_short_one_does_not_hide_the_first()
    {
        Go(Harmless + Instant);
        Go(TimeSpan.FromSeconds(1));
        Assert.True(_suspension.ResumedWithin(Harmless));
    }

    [Fact]
    public void A_machine_that_slept_is_seen_by_its_calendar()
    {
        _suspension.Beat();
        _time.AdjustTime(_time.GetUtcNow() + Harmless + Instant);
        Assert.True(_suspension.ResumedWithin(Harmless));
    }

    [Fact]
    public async Task It_tells_by_itself_while_the_process_runs()
    {
        _time.Advance(Harmless + Instant);
        using var runner = new PeriodicRunner<SuspensionDetector>(
            _suspension,
            _time,
            NullLogger<SuspensionDetector>.Instance
        );
        await runner.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return !_suspension.ResumedWithin(TimeSpan.FromSeconds(30));
            },
            "it has settled",
            TestContext.Current.CancellationToken
        );
        await runner.StopAsync(TestContext.Current.CancellationToken);
    }

    private void Go(TimeSpan by)
    {
        _time.Advance(by);
        _suspension.Beat();
    }
}
