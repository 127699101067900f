namespace PortalServices.Counting.Store;

/// <summary>
/// The store's time of a ledger, as far as this process can tell: what the store said last, moved on by the local
/// monotonic clock. The wall clock of this machine plays no part, so replicas whose clocks differ give a view the same
/// age.
/// </summary>
internal sealed class StoreClock(TimeProvider time)
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1);
    private volatile Sighting? _sighting;

    /// <summary>False until the store has been heard once.</summary>
    public bool Known => _sighting is not null;

    /// <summary>Takes note of the store's time in a reply to a command sent at a local timestamp.</summary>
    /// <remarks>
    /// The store's time at this moment is at least the one it said. A reply that took long would set the estimate back
    /// by as much, and make new views look old: such a one is only used when it moves the estimate on.
    /// </remarks>
    public void See(long storeMilliseconds, long sentAt)
    {
        var now = time.GetTimestamp();
        if (_sighting is null || time.GetElapsedTime(sentAt, now) <= Prompt || storeMilliseconds > At(now))
        {
            _sighting = new Sighting(storeMilliseconds, now);
        }
    }

    /// <summary>The store's time, in ms, at a local timestamp.</summary>
    public long At(long timestamp)
    {
        var sighting = _sighting ?? throw new InvalidOperationException("The store has not been heard yet.");
        return sighting.StoreMilliseconds + (long)time.GetElapsedTime(sighting.Timestamp, timestamp).TotalMilliseconds;
    }

    private sealed record Sighting(long StoreMilliseconds, long Timestamp);
}
