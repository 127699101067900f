using Microsoft.Extensions.Options;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Notices that this process stood still (a stopped process, a frozen machine). Views that lay unread in its sockets meanwhile look new when it
/// goes on, though their clients may have been counted elsewhere and their ids be forgotten; so for a moment views with an id are answered 503,
/// and whoever still waits sends again.
/// </summary>
/// <remarks>
/// A stop shorter than half a generation does no harm: what was counted after it began is still remembered when the late views have been read.
/// </remarks>
internal sealed class StallGuard(TimeProvider time, IOptions<CountingOptions> options)
{
    /// <summary>In this time what lay in the sockets has been read.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _harmless = options.Value.ViewIdGeneration / 2;
    private long _lastBeat = time.GetTimestamp();
    private long _stalled = -1;

    /// <summary>Called several times a second while the process runs.</summary>
    public void Beat()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(Volatile.Read(ref _lastBeat), now) > _harmless)
        {
            Volatile.Write(ref _stalled, now);
        }

        Volatile.Write(ref _lastBeat, now);
    }

    /// <summary>Whether views may be older than they look.</summary>
    public bool IsSettling()
    {
        var now = time.GetTimestamp();
        // A view can be read before the first beat that notices.
        return time.GetElapsedTime(Volatile.Read(ref _lastBeat), now) > _harmless
            || (Volatile.Read(ref _stalled) is >= 0 and var stalled && time.GetElapsedTime(stalled, now) < Settling);
    }
}
