namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>Keeps the log short while something goes on failing: one line at once, and one a minute after it.</summary>
public sealed class LogPace(TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _lastLine;

    /// <summary>Whether a line may be logged now; it then counts as logged.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_lastLine is { } last && time.GetElapsedTime(last) < Every)
            {
                return false;
            }
            _lastLine = time.GetTimestamp();
            return true;
        }
    }
}
