namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Completes the tasks of a batch on the thread pool, several one after the other, each to the end of what waits for
/// it: to wake a thread for every one costs more than a reply itself. A large batch is spread over several work items,
/// so that its last task does not wait for all the others.
/// </summary>
public static class BatchCompletion
{
    private const int AtOnce = 8;

    /// <summary>
    /// Completes each task with the result at its place. One that has a result already keeps it. Never runs in the
    /// caller what waits for a task.
    /// </summary>
    public static void Complete<TTask, T>(IReadOnlyList<TTask> tasks, T[] results)
        where TTask : TaskCompletionSource<T>
    {
        ArgumentNullException.ThrowIfNull(results);
        for (var from = 0; from < results.Length; from += AtOnce)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Part<TTask, T>(tasks, results, from), preferLocal: false);
        }
    }

    /// <summary>Completes all of them with the same result.</summary>
    public static void Complete<TTask, T>(IReadOnlyList<TTask> tasks, T result)
        where TTask : TaskCompletionSource<T>
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var results = new T[tasks.Count];
        Array.Fill(results, result);
        Complete(tasks, results);
    }

    private sealed class Part<TTask, T>(IReadOnlyList<TTask> tasks, T[] results, int from) : IThreadPoolWorkItem
        where TTask : TaskCompletionSource<T>
    {
        public void Execute()
        {
            for (var i = from; i < Math.Min(from + AtOnce, results.Length); i++)
            {
                tasks[i].TrySetResult(results[i]);
            }
        }
    }
}
