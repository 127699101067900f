using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Arrivals;

/// <summary>
/// Sends each request when it is due, whatever became of the ones before. Latency counts from the instant of the
/// schedule, so waiting is never hidden.
/// </summary>
internal static class OpenLoop
{
    // What is due at once is sent in parts, so that the first of it does not wait for the last.
    private const int MaxBatch = 256;
    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns when the schedule is through, or when it is stopped.</summary>
    /// <returns>Requests that were due and are handed over.</returns>
    public static async Task<long> RunAsync(
        Generator generator,
        ArrivalSchedule schedule,
        TimeProvider time,
        long started,
        CancellationToken stopping
    )
    {
        var next = 0L;
        List<Call> batch = new(MaxBatch);
        while (next < schedule.Count && !stopping.IsCancellationRequested && !generator.Failed.IsCancellationRequested)
        {
            var now = time.GetElapsedTime(started);
            var due = schedule.At(next);
            if (due > now)
            {
                var wait = due - now;
                await Task.Delay(wait > LeastDelay ? wait : LeastDelay, time, CancellationToken.None);
                continue;
            }
            batch.Clear();
            for (; due <= now && batch.Count < MaxBatch && next < schedule.Count; due = schedule.At(++next))
            {
                batch.Add(generator.First(next, started + (long)(due.TotalSeconds * time.TimestampFrequency)));
            }
            generator.Send(batch);
        }
        return next;
    }
}
