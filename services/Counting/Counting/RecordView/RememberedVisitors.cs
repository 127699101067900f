using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// Visitors of one site whose adds were acknowledged in the current minute, so that they are not sent again. Bounded:
/// past the limit a visitor is simply sent again. Used by one commit at a time.
/// </summary>
internal sealed class RememberedVisitors(CountingOptions options)
{
    private readonly HashSet<UInt128> _stored = [],
        _sent = [];
    private long _minute;

    /// <summary>Hands the batch the visitors that are not known to be stored.</summary>
    public void AddTo(CommitBatch batch, IEnumerable<PendingView> views)
    {
        if (batch.Buckets.Minute != _minute)
        {
            _stored.Clear();
            _minute = batch.Buckets.Minute;
        }

        _sent.Clear();
        foreach (var view in views)
        {
            if (view.Visitor is { } visitor && !_stored.Contains(visitor.Week) && _sent.Add(visitor.Week))
            {
                batch.Visitors.Add(visitor);
            }
        }
    }

    public void Stored(CommitBatch batch)
    {
        foreach (var visitor in batch.Visitors)
        {
            if (_stored.Count >= options.RememberedVisitors)
            {
                return;
            }

            _stored.Add(visitor.Week);
        }
    }
}
