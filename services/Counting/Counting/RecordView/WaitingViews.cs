using Microsoft.Extensions.Options;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RecordView;

/// <summary>The places for views that wait for their commit, of all sites together: counting's only limit.</summary>
internal sealed class WaitingViews(IOptions<CountingOptions> options)
{
    private readonly int _most = options.Value.WaitingViews;
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public int Most => _most;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= _most)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Leave(int count = 1) => Interlocked.Add(ref _taken, -count);
}
