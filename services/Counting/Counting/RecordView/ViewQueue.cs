using PortalServices.Counting.Storage;

namespace PortalServices.Counting.RecordView;

/// <summary>The views of one site that wait for their commit, first come first served.</summary>
internal sealed class ViewQueue(WaitingViews places, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingView> _waiting = new();
    private readonly CommitPace _pace = new(CommitBatch.MostViews);
    private TaskCompletionSource? _enough;
    private List<PendingView> _inFlight = [];
    private bool _served;
    private long _lastStart;

    /// <summary>Takes a view in. True when nobody serves the queue: the caller must start to.</summary>
    public bool Add(PendingView view)
    {
        TaskCompletionSource? enough = null;
        bool start;
        lock (_gate)
        {
            _waiting.Enqueue(view);
            start = !_served;
            _served = true;
            if (_enough is not null && _waiting.Count >= _pace.Target)
            {
                (enough, _enough) = (_enough, null);
            }
        }

        enough?.TrySetResult();
        return start;
    }

    /// <summary>
    /// The next views to commit: of one minute, at most a batch. Under load they come when there are enough of them or the wait is over.
    /// Empty: the queue is no longer served, and the next <see cref="Add"/> says so.
    /// </summary>
    public async Task<IReadOnlyList<PendingView>> TakeAsync()
    {
        var waitedInVain = await GatherAsync();
        lock (_gate)
        {
            places.Leave(_inFlight.Count);
            _inFlight = Dequeue();
            _served = _inFlight.Count > 0;
            if (_served)
            {
                _pace.Started(_inFlight.Count, waitedInVain);
                _lastStart = time.GetTimestamp();
            }

            return _inFlight;
        }
    }

    /// <summary>Answers those who have waited too long. A view still in the queue was never sent, and is not any more.</summary>
    public void AnswerTheLate()
    {
        var now = time.GetTimestamp();
        List<PendingView> late = [];
        lock (_gate)
        {
            // First come, first late: everybody has the same patience. Their places are free again, for this site or another.
            while (_waiting.TryPeek(out var view) && view.Deadline <= now)
            {
                late.Add(_waiting.Dequeue());
                places.Leave();
            }

            late.AddRange(_inFlight.Where(view => view.Deadline <= now));
        }

        Answers.Give(late, new ViewAnswer(ViewOutcome.StoreAway));
    }

    /// <summary>True when it waited for company in vain.</summary>
    private async Task<bool> GatherAsync()
    {
        TaskCompletionSource enough;
        lock (_gate)
        {
            if (_waiting.Count >= _pace.Target || _waiting.Count == 0 || _pace.Target < CommitPace.NoLoad)
            {
                return false;
            }

            enough = _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var left = CommitPace.LongestWait - time.GetElapsedTime(_lastStart);
        if (left > TimeSpan.Zero)
        {
            await Task.WhenAny(enough.Task, Task.Delay(left));
        }

        lock (_gate)
        {
            _enough = null;
            return _waiting.Count < _pace.Target;
        }
    }

    private List<PendingView> Dequeue()
    {
        var views = new List<PendingView>(Math.Min(_waiting.Count, CommitBatch.MostViews));
        while (views.Count < CommitBatch.MostViews && _waiting.TryPeek(out var view))
        {
            if (views.Count > 0 && view.Buckets != views[0].Buckets)
            {
                break;
            }

            views.Add(_waiting.Dequeue());
        }

        return views;
    }
}
