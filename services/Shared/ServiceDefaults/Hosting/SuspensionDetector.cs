namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Detects that this process was suspended: stopped by a signal, or frozen with its machine. Requests that lay unread in
/// its sockets meanwhile look new when it goes on, though whoever sent them may long have been answered by another
/// process.
/// </summary>
public sealed class SuspensionDetector(TimeProvider time) : IPeriodicWork
{
    /// <summary>
    /// How long after a suspension requests may be older than they look: what was in the sockets has been read by then.
    /// </summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private Instant _lastBeat = Instant.Now(time);
    private (Instant End, TimeSpan Length)? _last;

    /// <inheritdoc/>
    public string Name => "detecting suspensions of the process";

    /// <summary>
    /// Whether a request that is read now may have come in before a suspension of more than
    /// <paramref name="tolerable"/>.
    /// </summary>
    public bool ResumedWithin(TimeSpan tolerable)
    {
        var now = Instant.Now(time);
        lock (_lock)
        {
            // A request can be read before the first beat that notices.
            return now.Since(_lastBeat, time) > tolerable
                || (_last is { } last && last.Length > tolerable && now.Since(last.End, time) < GracePeriod);
        }
    }

    /// <summary>
    /// By how much a request that is read now may be older than it looks: the longest time between two beats of the last
    /// <see cref="GracePeriod"/>. A tenth of a second in a process that runs, since a shorter suspension cannot be seen.
    /// </summary>
    public TimeSpan RecentPause()
    {
        var now = Instant.Now(time);
        lock (_lock)
        {
            var running = now.Since(_lastBeat, time);
            var ended = _last is { } last && now.Since(last.End, time) < GracePeriod ? last.Length : TimeSpan.Zero;
            return running > ended ? running : ended;
        }
    }

    /// <summary>Records that the process runs; <see cref="RunAsync"/> does so ten times a second.</summary>
    internal void Beat()
    {
        var now = Instant.Now(time);
        lock (_lock)
        {
            var gap = now.Since(_lastBeat, time);
            if (_last is not { } last || gap >= last.Length || now.Since(last.End, time) >= GracePeriod)
            {
                _last = (now, gap);
            }
            _lastBeat = now;
        }
    }

    /// <inheritdoc/>
    public Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        Beat();
        return Task.FromResult(Heartbeat);
    }

    /// <summary>By both clocks: a machine that sleeps may stop its monotonic one.</summary>
    private readonly record struct Instant(long Monotonic, DateTimeOffset Wall)
    {
        public static Instant Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

        public TimeSpan Since(Instant earlier, TimeProvider time)
        {
            var (monotonic, wall) = (time.GetElapsedTime(earlier.Monotonic, Monotonic), Wall - earlier.Wall);
            return monotonic > wall ? monotonic : wall;
        }
    }
}
