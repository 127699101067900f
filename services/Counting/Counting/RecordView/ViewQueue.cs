using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.RecordView;

/// <summary>The views of one site that wait for their commit, first come first served.</summary>
internal sealed class ViewQueue(WaitingViews places, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingView> _waiting = new();
    private List<PendingView> _inFlight = [];
    private bool _served;

    /// <summary>Takes a view in. <see cref="TryServe"/> tells whether somebody has to begin.</summary>
    public void Add(PendingView view)
    {
        lock (_gate)
        {
            _waiting.Enqueue(view);
        }
    }

    /// <summary>
    /// Takes the place of whoever serves the queue, when there is nobody; the next <see cref="Take"/> gives it back.
    /// </summary>
    public bool TryServe()
    {
        lock (_gate)
        {
            return !_served && (_served = true);
        }
    }

    /// <summary>
    /// The next views to commit: all that came during the last commit, of one minute, at most a batch. None waits for
    /// company: while the store is busy, company comes by itself. Empty: the queue is no longer served, and the next
    /// <see cref="Add"/> says so.
    /// </summary>
    public IReadOnlyList<PendingView> Take()
    {
        lock (_gate)
        {
            places.Leave(_inFlight.Count);
            _inFlight = Dequeue();
            _served = _inFlight.Count > 0;
            return _inFlight;
        }
    }

    /// <summary>
    /// Answers those who have waited too long. A view still in the queue was never sent, and is not any more.
    /// </summary>
    public void CompleteOverdue()
    {
        var now = time.GetTimestamp();
        List<PendingView> late = [];
        lock (_gate)
        {
            // First come, first late: all have the same timeout. Their places are free again, for this site or
            // another.
            while (_waiting.TryPeek(out var view) && view.Deadline <= now)
            {
                late.Add(_waiting.Dequeue());
                places.Leave();
            }

            late.AddRange(_inFlight.Where(view => view.Deadline <= now));
        }

        ViewAnswers.Deliver(late, new ViewAnswer(ViewFate.StoreAway));
    }

    private List<PendingView> Dequeue()
    {
        var views = new List<PendingView>(Math.Min(_waiting.Count, CommitBatch.MaxViews));
        while (views.Count < CommitBatch.MaxViews && _waiting.TryPeek(out var view))
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
