namespace PortalServices.Frames.Calling;

/// <summary>
/// Completes requests whose outcome is known: a few in the caller, many on the thread pool, several one after the other,
/// so that none waits for all others and no thread is woken for each.
/// </summary>
internal sealed class FrameCompletion(FramedCall[] calls) : IThreadPoolWorkItem
{
    private const int AtOnce = 8;

    public static void Complete(List<FramedCall> calls)
    {
        for (var from = 0; from < calls.Count; from += AtOnce)
        {
            var part = calls.GetRange(from, Math.Min(AtOnce, calls.Count - from)).ToArray();
            ThreadPool.UnsafeQueueUserWorkItem(new FrameCompletion(part), preferLocal: false);
        }
    }

    public void Execute()
    {
        foreach (var call in calls)
        {
            call.Complete();
        }
    }
}
