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
    Func<Func<JsonObject, Task>?, Task> save,
    TimeProvider time
) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public CheckpointWriter(EmbeddedStore store, DataFolder data, IServiceProvider services, TimeProvider time)
        : this(
            store,
            data,
            behind =>
                behind is null
                    ? services.WriteCountingCheckpointAsync()
                    : services.WriteCountingCheckpointAsync(behind),
            time
        ) { }

    /// <summary>Returns when the checkpoint is written; false when there is none.</summary>
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
            var end = store.LogEnd;
            var files = new CheckpointFiles(data.Store);
            var there = files.BeforeWriting();
            try
            {
                if (behind is null)
                {
                    await save(null);
                }
                else
                {
                    var since = time.GetTimestamp();
                    await save(totals => IsWritten() ? behind(totals, there, since) : Task.CompletedTask);
                }
            }
            finally
            {
                // Also when what came behind it failed: the checkpoint is there.
                if (IsWritten())
                {
                    files.Note(there);
                }
            }

            return IsWritten();

            // The store's answer does not tell: it may be lost. It begins the log anew where a checkpoint is whole.
            bool IsWritten() => store.LogBegin >= end && files.HaveNew(there);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
