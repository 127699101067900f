namespace PortalServices.Counting.Store;

/// <summary>
/// The writes to the store that are under way. New ones can be held back for a moment: some stores write a checkpoint
/// that can be read only when nothing changes meanwhile.
/// </summary>
internal sealed class StoreWrites
{
    private readonly Lock _gate = new();
    private int _underWay;
    private TaskCompletionSource? _released;
    private TaskCompletionSource? _drained;

    /// <summary>
    /// Before a write is sent; waits while writes are held back. Dispose of the result when the write is answered.
    /// </summary>
    public async ValueTask<UnderWay> BeginAsync()
    {
        while (true)
        {
            Task released;
            lock (_gate)
            {
                if (_released is null)
                {
                    _underWay++;
                    return new UnderWay(this);
                }

                released = _released.Task;
            }

            await released;
        }
    }

    /// <summary>Runs something while no write is under way. One caller at a time.</summary>
    public async Task WithoutWritesAsync(Func<Task> work)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_released is not null)
            {
                throw new InvalidOperationException("Writes are held back already.");
            }

            (_released, _drained) = (released, drained);
            if (_underWay == 0)
            {
                drained.SetResult();
            }
        }

        try
        {
            await drained.Task;
            await work();
        }
        finally
        {
            lock (_gate)
            {
                (_released, _drained) = (null, null);
            }

            released.SetResult();
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (--_underWay == 0)
            {
                _drained?.TrySetResult();
            }
        }
    }

    /// <summary>A write between its sending and its answer.</summary>
    public readonly struct UnderWay(StoreWrites writes) : IDisposable
    {
        public void Dispose() => writes.End();
    }
}
