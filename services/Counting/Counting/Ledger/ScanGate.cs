namespace PortalServices.Counting.Ledger;

/// <summary>
/// Runs one at a time what goes through all fields of one ledger, and what removes fields: on Garnet a scan's place is a
/// count of fields, and each that is removed before it hides one behind it. There this process is the only one.
/// </summary>
internal sealed class ScanGate : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Runs something when all that came before has ended.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        await RunInTurnAsync(work);
    }

    /// <summary>
    /// As <see cref="RunAsync"/>, for who can come again; false when somebody else runs, and nothing was run.
    /// </summary>
    public async Task<bool> TryRunAsync(Func<Task> work)
    {
        if (!await _turn.WaitAsync(0))
        {
            return false;
        }
        await RunInTurnAsync(work);
        return true;
    }

    public void Dispose() => _turn.Dispose();

    private async Task RunInTurnAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            _turn.Release();
        }
    }
}
