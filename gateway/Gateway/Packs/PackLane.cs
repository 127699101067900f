namespace PortalServices.Gateway.Packs;

/// <summary>
/// The requests that wait to be sent to one destination. The first has the pool run the lane, behind whatever is ready
/// to run before it: the more there is to do, the more requests have gathered by then. None waits for company.
/// </summary>
internal sealed class PackLane(ILogger logger) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<PackedCall> _waiting = new();
    private bool _runs;
    private int _underWay;

    public int UnderWay => Volatile.Read(ref _underWay);

    public void Add(PackedCall call)
    {
        Interlocked.Increment(ref _underWay);
        bool start;
        lock (_gate)
        {
            _waiting.Enqueue(call);
            (start, _runs) = (!_runs, true);
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        var calls = Next(out var more);
        if (calls.Length > 0)
        {
            _ = SendAsync(calls);
        }
        // Behind the others again, so that the next ones can gather, too.
        if (more)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task SendAsync(PackedCall[] calls)
    {
        using var pack = new RequestPack(calls, logger);
        await pack.SendAsync();
        Interlocked.Add(ref _underWay, -calls.Length);
    }

    /// <summary>The next ones, all for the same target. The lane stops running when there are no more.</summary>
    private PackedCall[] Next(out bool more)
    {
        var calls = new List<PackedCall>();
        var bytes = PackFormat.BytesBeforeRequests;
        lock (_gate)
        {
            while (calls.Count < PackFormat.MaxRequests && _waiting.TryPeek(out var call))
            {
                // One that was never sent need not be.
                if (call.HasGivenUp)
                {
                    _waiting.Dequeue();
                    Interlocked.Decrement(ref _underWay);
                    continue;
                }

                // The first always fits, as the bounds of a request are far below those of a pack.
                bytes += call.Request.Length;
                if (calls.Count > 0 && (bytes > PackFormat.MaxBytes || call.Target != calls[0].Target))
                {
                    break;
                }
                calls.Add(_waiting.Dequeue());
            }

            _runs = more = _waiting.Count > 0;
        }

        return [.. calls];
    }
}
