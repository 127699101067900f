using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Arrivals;

/// <summary>
/// A number of clients, each with one request at a time: what the target can do at most. A slow answer delays the
/// client's next request, so its latencies hide what would queue.
/// </summary>
internal static class ClosedLoop
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when the time is over and every client has its last answer.</summary>
    /// <returns>Requests that were handed over.</returns>
    public static async Task<long> RunAsync(
        Generator generator,
        int clients,
        TimeSpan duration,
        TimeProvider time,
        long started,
        CancellationToken stopping
    )
    {
        var next = -1L;
        var answers = new TaskCompletionSource<Result>[clients];
        generator.CallEnded = (call, result) =>
        {
            if (call.Attempt == 0)
            {
                answers[call.Client].TrySetResult(result);
            }
        };
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(client))));
        return next + 1;

        async Task ClientAsync(int client)
        {
            while (
                time.GetElapsedTime(started) < duration
                && !stopping.IsCancellationRequested
                && !generator.Failed.IsCancellationRequested
            )
            {
                var answer = answers[client] = new(TaskCreationOptions.RunContinuationsAsynchronously);
                var call = generator.First(Interlocked.Increment(ref next), time.GetTimestamp()) with
                {
                    Client = client,
                };
                generator.Send([call]);
                if (generator.Failed.IsCancellationRequested)
                {
                    return;
                }
                var result = await answer.Task;
                if (result.Outcome is Outcome.NotConnected or Outcome.Unavailable)
                {
                    await Task.Delay(AfterFailure, time, CancellationToken.None);
                }
            }
        }
    }
}
