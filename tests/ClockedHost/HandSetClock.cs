using System.Globalization;

namespace PortalServices.ClockedHost;

/// <summary>
/// A calendar clock that stands where it was set (<c>Clock:Now</c> at the start), so that a test knows the stamp of
/// every view. Timestamps and timers run as ever: by them the process measures how long something takes, and moves on
/// the store's time, which nobody sets.
/// </summary>
internal sealed class HandSetClock(IConfiguration settings) : TimeProvider
{
    private long _ticks = Parse(
        settings["Clock:Now"] ?? throw new InvalidOperationException("Clock:Now is not set.")
    ).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Sets it.</summary>
    /// <param name="instant">An instant in UTC, as <c>2027-03-28T00:59:59Z</c>.</param>
    public void Set(string instant) => Volatile.Write(ref _ticks, Parse(instant).Ticks);

    private static DateTime Parse(string instant) =>
        DateTime.Parse(
            instant,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal
        );
}
