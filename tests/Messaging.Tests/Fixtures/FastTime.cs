namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>
/// A clock that goes five times as fast as the real one, with its timers: what the product waits between two tries passes
/// sooner. For tests of what happens then, and not of when.
/// </summary>
public sealed class FastTime : TimeProvider
{
    private const int Factor = 5;

    private readonly long _began = System.GetTimestamp();
    private readonly DateTimeOffset _beganAt = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _beganAt + (Factor * System.GetElapsedTime(_began));

    public override long GetTimestamp() => _began + (Factor * (System.GetTimestamp() - _began));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(System.CreateTimer(callback, state, Real(dueTime), Real(period)));

    private static TimeSpan Real(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? span : span / Factor;

    private sealed class FastTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Real(dueTime), Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
