namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Work that is repeated for as long as the process runs; every background loop of the product is one, added by
/// <see cref="PeriodicWorkSetup"/>. Whatever a run throws ends that run alone: it is tried again after
/// <see cref="Backoff"/>, told in the log once an outage, and readiness names it meanwhile.
/// </summary>
public interface IPeriodicWork
{
    /// <summary>Returned by a run after which there is nothing left to do.</summary>
    static TimeSpan Finished => Timeout.InfiniteTimeSpan;

    /// <summary>What is done, as in <c>publishing scheduled articles</c>.</summary>
    string Name { get; }

    /// <summary>The waits after runs that failed.</summary>
    Backoff Backoff => Backoff.Usual;

    /// <summary>Does the work once.</summary>
    /// <param name="stopping">Cancelled when the process ends; what is under way is ended soon.</param>
    /// <returns>The time from the beginning of this run to that of the next; zero when there is more to do.</returns>
    Task<TimeSpan> RunAsync(CancellationToken stopping);

    /// <summary>Does what is left to do when the process ends.</summary>
    Task EndAsync() => Task.CompletedTask;
}
