using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReadStats;

/// <summary>
/// The reads of one site, one round at a time: all who ask while a round is under way share the next one.
/// </summary>
/// <param name="read">Reads the site, these pages that somebody waits for, and in a refresh those read lately.</param>
/// <param name="availability">Told how each round ends.</param>
/// <param name="maxPages">Most pages that are waited for in a round.</param>
internal sealed class ReadRounds(
    Func<IReadOnlySet<string>, bool, Task> read,
    StoreAvailability availability,
    int maxPages
)
{
    private readonly Lock _gate = new();
    private HashSet<string> _wanted = new(StringComparer.Ordinal);
    private TaskCompletionSource<bool>? _next;
    private bool _isReading;
    private bool _isRefresh;

    /// <summary>The round that reads the site and these pages: false when the store is away.</summary>
    public Task<bool> Request(IReadOnlyList<string> paths, bool isRefresh = false)
    {
        lock (_gate)
        {
            _isRefresh |= isRefresh;
            _next ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var path in paths)
            {
                if (_wanted.Count < maxPages)
                {
                    _wanted.Add(path);
                }
            }

            var round = _next.Task;
            if (!_isReading)
            {
                _isReading = true;
                ThreadPool.UnsafeQueueUserWorkItem(static rounds => _ = rounds.RunAsync(), this, preferLocal: false);
            }

            return round;
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            TaskCompletionSource<bool> round;
            HashSet<string> askedFor;
            bool isRefresh;
            lock (_gate)
            {
                if (_next is null)
                {
                    _isReading = false;
                    return;
                }

                (round, _next) = (_next, null);
                (askedFor, _wanted) = (_wanted, new(StringComparer.Ordinal));
                (isRefresh, _isRefresh) = (_isRefresh, false);
            }

            try
            {
                await read(askedFor, isRefresh);
                availability.Succeeded();
                round.TrySetResult(true);
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                availability.Failed();
                round.TrySetResult(false);
            }
#pragma warning disable CA1031 // Whoever waits for the round gets the fault; the rounds go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                round.TrySetException(e);
            }
        }
    }
}
