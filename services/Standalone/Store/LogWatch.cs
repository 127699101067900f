using Tsavorite.core;

namespace PortalServices.Standalone.Store;

/// <summary>
/// Ends the process when the store's log takes nothing more, such as after one write to a full disk: what was in memory
/// and not in the file could not be told from it any more, and views would be answered 503 until somebody came. Started
/// again, it has everything that was acknowledged.
/// </summary>
internal sealed class LogWatch(
    Func<long?> unfinishedFrom,
    Func<CancellationToken, Task> commit,
    string folder,
    FatalStop fatal,
    TimeProvider time
) : IPeriodicWork
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // Views wait no longer for a commit, so longer than usual it is in any case.
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(5);

    // After some failures the store neither writes nor says so. No disk that is only slow takes as long.
    private static readonly TimeSpan StandsStill = TimeSpan.FromSeconds(30);

    private (long From, long Since)? _unfinished;

    public LogWatch(EmbeddedStore store, DataFolder data, FatalStop fatal, TimeProvider time)
        : this(() => store.UnfinishedFrom, store.CommitAsync, data.Store, fatal, time) { }

    public string Name => "watching the log of the store";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        if (await FindFaultAsync(stopping) is not { } fault)
        {
            return Look;
        }
        fatal.Stop(
            $"Store: {folder} could not be written to: {fault}. Nothing that was acknowledged is lost. Make room, or mend the disk, and start again."
        );
        return IPeriodicWork.Finished;
    }

    private async Task<string?> FindFaultAsync(CancellationToken stopping)
    {
        // Nothing waits for its commit: nothing is asked of a disk that is perhaps busy with a checkpoint.
        if (unfinishedFrom() is not { } from)
        {
            return null;
        }
        if (_unfinished?.From != from)
        {
            _unfinished = (from, time.GetTimestamp());
        }
        try
        {
            await commit(stopping).WaitAsync(CommitWithin, time, stopping);
            return null;
        }
        catch (CommitFailureException failure)
        {
            return failure.InnerException?.Message ?? failure.Message;
        }
        catch (TimeoutException)
        {
            return DiskProbe.FindFault(folder)
                ?? (
                    time.GetElapsedTime(_unfinished!.Value.Since) > StandsStill
                        ? $"its log stands still since {StandsStill.TotalSeconds:0} s"
                        : null
                );
        }
    }
}
