using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Measure;
using PortalServices.LoadTests.Scenarios;

namespace PortalServices.LoadTests.Sending;

/// <summary>
/// Sends the calls of a scenario to the targets in turn, measures them and, where there is a history, writes it. A view
/// whose fate is unknown is sent again with its id, at another target, until it is acknowledged.
/// </summary>
internal sealed class Generator : IDisposable
{
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(100);

    private readonly Scenario _scenario;
    private readonly HistoryWriter? _history;
    private readonly TimeProvider _time;
    private readonly Node[] _nodes;
    private readonly Repeats _repeats;
    private readonly Dictionary<CallKind, int> _kinds;
    private readonly CancellationTokenSource _failed = new();
    private ToolException? _failure;

    public Generator(
        Scenario scenario,
        IReadOnlyList<Uri> targets,
        SendingLimits limits,
        HistoryWriter? history,
        Measurements measurements,
        TimeProvider time
    )
    {
        (_scenario, _history, _time, Measurements) = (scenario, history, time, measurements);
        _repeats = new Repeats(targets.Count, time);
        _kinds = scenario.Kinds.Select((kind, i) => (kind, i)).ToDictionary(each => each.kind, each => each.i);
        Authority[] authorities = [.. targets.Select(target => new Authority(target))];
        _nodes =
        [
            .. targets.Select(
                (target, i) =>
                    new Node(i, target, limits, time)
                    {
                        Write = (call, writer) => KindOf(call).Write(call, authorities[call.Node], writer),
                        Read = (call, status, body) => KindOf(call).Read(call, status, body),
                        Ended = End,
                    }
            ),
        ];
    }

    /// <summary>What was measured so far.</summary>
    public Measurements Measurements { get; }

    /// <summary>Cancelled when the history cannot be written any more: nothing is sent then.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Why.</summary>
    public ToolException? Failure => _failure;

    /// <summary>Views whose fate is unknown and which are to be sent again.</summary>
    public int Unknown => _repeats.Count;

    /// <summary>Called with each call that ended, after all else.</summary>
    public Action<Call, Result>? CallEnded { get; set; }

    /// <summary>The first attempt at a request; targets take turns.</summary>
    public Call First(long sequence, long intended) =>
        new(sequence, 0, (int)(sequence % _nodes.Length), intended, _time.GetTimestamp());

    /// <summary>Sends calls, once the history has them.</summary>
    public void Send(IReadOnlyList<Call> calls)
    {
        if (_history is not null && _scenario.Views is { } views)
        {
            var noted = new (Call, ViewId)[calls.Count];
            var count = 0;
            foreach (var call in calls)
            {
                if (KindOf(call) == views)
                {
                    noted[count++] = (call, views.IdOf(call.Sequence));
                }
            }
            try
            {
                _history.Invoke(noted.AsSpan(0, count));
            }
            catch (ToolException failure)
            {
                Fail(failure);
                return;
            }
        }
        foreach (var call in calls)
        {
            call.Dispatched = _time.GetTimestamp();
            Measurements.Dispatch(call);
            if (!_nodes[call.Node].TryStart(call))
            {
                Drop(call);
            }
        }
    }

    /// <summary>
    /// Sends what is due again, and closes connections whose answer is late, until it is cancelled and, unless it
    /// failed, nothing is under way or unknown any more.
    /// </summary>
    /// <param name="resolveFor">How long what is unknown is resolved after the run.</param>
    /// <param name="stopping">The run is over.</param>
    /// <param name="giveUp">Ends it at once.</param>
    public async Task KeepAsync(TimeSpan resolveFor, CancellationToken stopping, CancellationToken giveUp)
    {
        long? stopped = null;
        while (!giveUp.IsCancellationRequested && !_failed.IsCancellationRequested)
        {
            if (_repeats.TakeDue() is { Count: > 0 } due)
            {
                Send(due);
            }
            foreach (var node in _nodes)
            {
                node.TimeOut(_time.GetTimestamp());
            }
            if (stopping.IsCancellationRequested)
            {
                stopped ??= _time.GetTimestamp();
                if (
                    (_repeats.Count == 0 && Measurements.InFlight == 0)
                    || _time.GetElapsedTime(stopped.Value) > resolveFor
                )
                {
                    return;
                }
            }
            Flush();
            await Task.Delay(_repeats.Count > 0 ? Sweep / 5 : Sweep, _time, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Dispose();
        }
        _failed.Dispose();
    }

    private CallKind KindOf(Call call) => _scenario.KindOf(call.Sequence);

    private void End(Call call, Result result)
    {
        var kind = KindOf(call);
        Measurements.End(call, _kinds[kind], result.Outcome);
        if (kind is ViewCalls views)
        {
            _history?.Outcome(call, result, views.IdOf(call.Sequence));
            if (result.Outcome.IsAcknowledged())
            {
                if (!call.IsOfKnown)
                {
                    Measurements.Acknowledge(_time.GetElapsedTime(call.Intended, call.Ended));
                }
                if (call.Attempt == 0 && views.IsRepeated(call.Sequence))
                {
                    _repeats.Add(call, TimeSpan.Zero, isOfKnown: true);
                }
            }
            else if (result.Outcome.IsUnknown() && !call.IsOfKnown && _history is not null)
            {
                _repeats.Add(call, Repeats.BackOff(call.Attempt, result.RetryAfterSeconds), isOfKnown: false);
            }
        }
        CallEnded?.Invoke(call, result);
    }

    /// <summary>
    /// Too many calls wait for a connection. A first attempt is never sent, which its history says; a repeat waits on.
    /// </summary>
    private void Drop(Call call)
    {
        Measurements.Drop(call);
        if (KindOf(call) is ViewCalls views && _history is not null)
        {
            _history.Outcome(call, new Result(Outcome.NotConnected), views.IdOf(call.Sequence));
            if (call.Attempt > 0 && !call.IsOfKnown)
            {
                _repeats.Add(call, Repeats.BackOff(call.Attempt, 0), isOfKnown: false);
            }
        }
        CallEnded?.Invoke(call, new Result(Outcome.NotConnected));
    }

    private void Flush()
    {
        try
        {
            _history?.Flush();
        }
        catch (ToolException failure)
        {
            Fail(failure);
        }
    }

    private void Fail(ToolException failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is null)
        {
            _failed.Cancel();
        }
    }
}
