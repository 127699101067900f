using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Runs;

/// <summary>Decides when the requests of a run begin, in place of the tool's own loops.</summary>
internal interface ILoadDriver
{
    /// <summary>Sends requests, numbered from 0, until its time is over or it is stopped.</summary>
    /// <returns>Requests that were handed over.</returns>
    Task<long> RunAsync(Generator generator, RunPlan plan, TimeProvider time, CancellationToken stopping);
}
