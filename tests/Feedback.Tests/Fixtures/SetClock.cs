namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>A clock that stands where a test puts it, also earlier than before; timers run on beside it.</summary>
public sealed class SetClock(DateTimeOffset at) : TimeProvider
{
    /// <summary>What time it is.</summary>
    public DateTimeOffset Now { get; set; } = at;

    public override DateTimeOffset GetUtcNow() => Now;
}
