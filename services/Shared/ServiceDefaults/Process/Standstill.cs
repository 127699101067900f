namespace PortalServices.ServiceDefaults;

/// <summary>
/// Notices that this process stood still: stopped by a signal, or frozen with its machine. Requests that lay unread in
/// its sockets meanwhile look new when it goes on, though whoever sent them may long have been answered by another
/// process.
/// </summary>
public sealed class Standstill(TimeProvider time) : IPeriodicWork
{
    /// <summary>
    /// How long after a standstill requests may be older than they look. In this time what lay in the sockets has been
    /// read.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    // Of a machine that has much to do.
    private const int UsualBeats = 3;

    private readonly Lock _lock = new();
    private Instant _lastBeat = Instant.Now(time);
    private (Instant End, TimeSpan Length)? _last;

    /// <inheritdoc/>
    public string Name => "noticing standstills";

    /// <summary>
    /// Whether a request that is read now may have come in before a standstill of more than
    /// <paramref name="harmless"/>.
    /// </summary>
    public bool EndedLately(TimeSpan harmless)
    {
        var now = Instant.Now(time);
        lock (_lock)
        {
            // A request can be read before the first beat that notices.
            return now.Since(_lastBeat, time) > harmless
                || (_last is { } last && last.Length > harmless && now.Since(last.End, time) < Settling);
        }
    }

    /// <summary>
    /// By how much a request that is read now may be older than it looks: the standstill that it may have come in
    /// before; zero for none.
    /// </summary>
    public TimeSpan Lately()
    {
        var now = Instant.Now(time);
        lock (_lock)
        {
            var running = now.Since(_lastBeat, time);
            var ended = _last is { } last && now.Since(last.End, time) < Settling ? last.Length : TimeSpan.Zero;
            var longest = running > ended ? running : ended;
            return longest > Beat * UsualBeats ? longest : TimeSpan.Zero;
        }
    }

    /// <summary>Tells that the process runs; <see cref="RunAsync"/> does so ten times a second.</summary>
    internal void Tell()
    {
        var now = Instant.Now(time);
        lock (_lock)
        {
            var gap = now.Since(_lastBeat, time);
            if (_last is not { } last || gap >= last.Length || now.Since(last.End, time) >= Settling)
            {
                _last = (now, gap);
            }
            _lastBeat = now;
        }
    }

    /// <inheritdoc/>
    public Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        Tell();
        return Task.FromResult(Beat);
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
