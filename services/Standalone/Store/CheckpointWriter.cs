using System.Text.Json.Nodes;
using PortalServices.Counting;

namespace PortalServices.Standalone.Store;

/// <summary>
/// Writes checkpoints of the store, one at a time: when it is time for one, and for a backup. The next one removes the
/// files of the one before.
/// </summary>
internal sealed class CheckpointWriter(
    EmbeddedStore store,
    DataFolder data,
    IServiceProvider services,
    TimeProvider time
) : IDisposable
{
    /// <summary>With a log so short nothing can have died, nor would it be seen to be emptied.</summary>
    public const long LeastLog = 4 * 1024;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Returns when the checkpoint is written; false when the log is as long as it was.</summary>
    /// <param name="behind">Runs behind it, while no view is counted yet, with the totals of the ledgers, the files
    /// below <c>checkpoints</c> that were there before it, and since when no view was counted (local
    /// timestamp).</param>
    /// <param name="cancel">Ends the wait for another checkpoint.</param>
    public async Task<bool> WriteAsync(
        Func<JsonObject, IReadOnlySet<string>, long, Task>? behind = null,
        CancellationToken cancel = default
    )
    {
        await _one.WaitAsync(cancel);
        try
        {
            var (before, after) = (store.LogBytes, long.MaxValue);
            var files = new CheckpointFiles(data.Store);
            var there = files.BeforeWriting();
            try
            {
                if (behind is null)
                {
                    await services.WriteCountingCheckpointAsync();
                    after = store.LogBytes;
                }
                else
                {
                    var since = time.GetTimestamp();
                    await services.WriteCountingCheckpointAsync(async totals =>
                    {
                        after = store.LogBytes;
                        if (IsEmptied())
                        {
                            await behind(totals, there, since);
                        }
                    });
                }
            }
            finally
            {
                // Also when what came behind it failed: the checkpoint is there.
                if (IsEmptied())
                {
                    files.Note(there);
                }
            }

            return IsEmptied();

            bool IsEmptied() => after < Math.Max(before, behind is null ? 0 : LeastLog);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
