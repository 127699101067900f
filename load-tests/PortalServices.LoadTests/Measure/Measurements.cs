using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Measure;

/// <summary>What a run measures. Any thread may add to it.</summary>
internal sealed class Measurements(IReadOnlyList<string> kinds, TimeProvider time, long started, TimeSpan warmUp)
{
    /// <summary>
    /// A call that the generator itself begins later than this after its instant is late: what it measures is its own.
    /// </summary>
    public static readonly TimeSpan LateFrom = TimeSpan.FromMilliseconds(10);

    private readonly Latencies _all = new();
    private readonly Latencies _acknowledged = new();
    private readonly Latencies _lateness = new();
    private readonly Latencies[] _byKind = [.. kinds.Select(_ => new Latencies())];
    private readonly long[] _outcomes = new long[Outcomes.All.Length];
    private long _dispatched,
        _repeats,
        _ended,
        _succeeded,
        _dropped,
        _late;

    /// <summary>First attempts that were to be sent so far.</summary>
    public long Dispatched => Volatile.Read(ref _dispatched);

    /// <summary>Further attempts: repeats of what is unknown, and of what is known.</summary>
    public long Repeats => Volatile.Read(ref _repeats);

    /// <summary>Attempts that ended, in whatever way.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>First attempts that were answered as a client wanted.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>First attempts that were never sent, since too many waited.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>First attempts that the generator began late.</summary>
    public long Late => Volatile.Read(ref _late);

    /// <summary>Attempts under way, or waiting for a connection.</summary>
    public int InFlight => (int)(Dispatched + Repeats - Ended - Dropped);

    /// <summary>Attempts by outcome.</summary>
    public IReadOnlyDictionary<Outcome, long> ByOutcome =>
        Outcomes
            .All.Where(outcome => Volatile.Read(ref _outcomes[(int)outcome]) > 0)
            .ToDictionary(outcome => outcome, outcome => Volatile.Read(ref _outcomes[(int)outcome]));

    /// <summary>First attempts, from the intended start to the whole answer or the failure.</summary>
    public Latencies All => _all;

    /// <summary>Views, from the intended start to the first acknowledgement.</summary>
    public Latencies UntilAcknowledged => _acknowledged;

    /// <summary>By how much the generator began calls late.</summary>
    public Latencies Lateness => _lateness;

    /// <summary>As <see cref="All"/>, by kind.</summary>
    public IReadOnlyDictionary<string, Percentiles> ByKind =>
        kinds.Zip(_byKind).ToDictionary(pair => pair.First, pair => pair.Second.Total);

    /// <summary>Time since the start of the run.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>Notes that a call goes to the connections.</summary>
    public void Dispatch(Call call)
    {
        if (call.Attempt > 0)
        {
            Interlocked.Increment(ref _repeats);
            return;
        }
        Interlocked.Increment(ref _dispatched);
        var lateness = time.GetElapsedTime(call.Intended, call.Dispatched);
        if (IsMeasured(call))
        {
            _lateness.Record(lateness);
        }
        if (lateness > LateFrom)
        {
            Interlocked.Increment(ref _late);
        }
    }

    /// <summary>Notes that a call was dropped.</summary>
    public void Drop(Call call)
    {
        if (call.Attempt == 0)
        {
            Interlocked.Increment(ref _dropped);
        }
        else
        {
            Interlocked.Decrement(ref _repeats);
        }
    }

    /// <summary>Notes what came of a call.</summary>
    public void End(Call call, int kind, Outcome outcome)
    {
        Interlocked.Increment(ref _ended);
        Interlocked.Increment(ref _outcomes[(int)outcome]);
        if (call.Attempt > 0)
        {
            return;
        }
        var latency = time.GetElapsedTime(call.Intended, call.Ended);
        if (IsMeasured(call))
        {
            _all.Record(latency);
            _byKind[kind].Record(latency);
        }
        if (outcome.IsSuccess())
        {
            Interlocked.Increment(ref _succeeded);
        }
    }

    /// <summary>Notes that a view is acknowledged for the first time.</summary>
    public void Acknowledge(TimeSpan afterIntended)
    {
        if (Elapsed - afterIntended >= warmUp)
        {
            _acknowledged.Record(afterIntended);
        }
    }

    private bool IsMeasured(Call call) => time.GetElapsedTime(started, call.Intended) >= warmUp;
}
