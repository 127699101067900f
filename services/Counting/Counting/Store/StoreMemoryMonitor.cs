namespace PortalServices.Counting.Store;

/// <summary>
/// Monitors how full the store's processes are: by the clock, and sooner when much may have been added. The
/// question goes the way of the commits, so that no more of them than are in flight come between it and its answer.
/// </summary>
internal sealed partial class StoreMemoryMonitor(StoreConnection store, ILogger<StoreMemoryMonitor> logger)
{
    /// <summary>A process of the store is so full that view ids are to make room by themselves.</summary>
    public bool IsMemoryShort => store.Checked.Any(process => process.Fill.Room >= AdmissionLevel.KnownSites);

    /// <summary>Asks every process, unless it is being asked.</summary>
    public void Poll()
    {
        foreach (var process in store.Checked)
        {
            Poll(process);
        }
    }

    /// <summary>Before a batch is sent that may make the store grow by so many bytes.</summary>
    public void BeforeCommit(StoreProcess process, long growth)
    {
        if (process.Fill.MayGrow(growth))
        {
            Poll(process);
        }
    }

    private void Poll(StoreProcess process)
    {
        if (process.Fill.TryAsk())
        {
            // Not awaited: nobody is to wait for it. What is known stays until the answer is there.
            _ = PollAsync(process);
        }
    }

    private async Task PollAsync(StoreProcess process)
    {
        try
        {
            var fill = process.Fill;
            fill.Take(await store.ReadMemoryAsync(process));
            var fullest = store.Checked.MaxBy(each => each.Fill.Fraction)?.Fill ?? fill;
            CountingTelemetry.StoreFill.Record(fullest.Fraction);
            CountingTelemetry.StoreMemory.Record(fullest.Memory.Used);
            CountingTelemetry.StoreMemoryLimit.Record(fullest.Memory.Most);
            CountingTelemetry.StoreDurable.Record(store.Checked.All(each => each.IsDurable) ? 1 : 0);
            Log(process, fill);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            // Away: it gets no views either.
        }
        finally
        {
            process.Fill.Answered();
        }
    }

    /// <summary>One line for each ceiling that was reached or left.</summary>
    private void Log(StoreProcess process, StoreFill fill)
    {
        for (; fill.LastLogged < fill.Room; fill.LastLogged++)
        {
            LogReached(
                process.Endpoint,
                fill.Fraction,
                fill.LastLogged switch
                {
                    AdmissionLevel.Everything => "unknown pages count under \"other\"",
                    AdmissionLevel.KnownPages => "views of sites that have none yet are answered 503 (store_full)",
                    _ => "no view is taken any more (503, store_full)",
                }
            );
        }

        for (; fill.LastLogged > fill.Room; fill.LastLogged--)
        {
            LogLeft(
                process.Endpoint,
                fill.Fraction,
                fill.LastLogged switch
                {
                    AdmissionLevel.KnownPages => "new pages count on their own again",
                    AdmissionLevel.KnownSites => "new sites are taken again",
                    _ => "views are taken again",
                }
            );
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The store at {Endpoint} is {Fill:P0} full: {Consequence}. Give it more memory."
    )]
    private partial void LogReached(System.Net.EndPoint endpoint, double fill, string consequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store at {Endpoint} is {Fill:P0} full now: {Consequence}.")]
    private partial void LogLeft(System.Net.EndPoint endpoint, double fill, string consequence);
}
