namespace PortalServices.Counting.Ledger;

/// <summary>
/// Runs one at a time what goes through all fields of one ledger, and what removes fields: on Garnet a scan's place is a
/// count of fields, and each that is removed before it hides one behind it. There this process is the only one.
/// </summary>
internal sealed class ScanGate
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Runs something when all that came before has ended.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_gate)
        {
            (before, _last) = (_last, done.Task);
        }

        await before;
        try
        {
            await work();
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <summary>
    /// As <see cref="RunAsync"/>, for who can come again; false when somebody else runs, and nothing was run.
    /// </summary>
    public async Task<bool> TryRunAsync(Func<Task> work)
    {
        lock (_gate)
        {
            if (!_last.IsCompleted)
            {
                return false;
            }
        }

        await RunAsync(work);
        return true;
    }
}
