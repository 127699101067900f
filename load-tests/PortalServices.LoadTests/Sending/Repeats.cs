namespace PortalServices.LoadTests.Sending;

/// <summary>Calls that are to be sent again, each when it is due.</summary>
internal sealed class Repeats(int nodes, TimeProvider time)
{
    /// <summary>More than these are left to the check at the end of the run.</summary>
    public const int Max = 200_000;

    private static readonly TimeSpan ShortestBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Call, long> _calls = new();

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>
    /// How long to wait after an attempt: longer each time, and as long as the target asks for where that is short.
    /// </summary>
    /// <param name="attempt">The attempt that failed, from 0.</param>
    /// <param name="retryAfterSeconds">What the answer asked for; 0 for nothing.</param>
    public static TimeSpan BackOff(int attempt, int retryAfterSeconds)
    {
        var own = ShortestBackOff * Math.Pow(2, Math.Min(attempt, 10));
        var wanted = TimeSpan.FromSeconds(retryAfterSeconds);
        var longest = own < LongestBackOff ? own : LongestBackOff;
        var least = wanted > longest && wanted <= LongestBackOff ? wanted : longest;
        // Those that failed together do not come back together.
        return least * (0.75 + Random.Shared.NextDouble() / 2);
    }

    /// <summary>Plans the next attempt.</summary>
    public void Add(Call call, TimeSpan after, bool isOfKnown)
    {
        var due = time.GetTimestamp() + (long)(after.TotalSeconds * time.TimestampFrequency);
        lock (_lock)
        {
            if (_calls.Count < Max)
            {
                _calls.Enqueue(call.Again(nodes, isOfKnown), due);
            }
        }
    }

    /// <summary>Those that are due now.</summary>
    public IReadOnlyList<Call> TakeDue()
    {
        var now = time.GetTimestamp();
        List<Call> due = [];
        lock (_lock)
        {
            while (_calls.TryPeek(out _, out var at) && at <= now)
            {
                due.Add(_calls.Dequeue());
            }
        }
        return due;
    }
}
