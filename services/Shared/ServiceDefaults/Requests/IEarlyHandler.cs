namespace PortalServices.ServiceDefaults.Requests;

/// <summary>
/// Answers some requests ahead of the pipeline, once their route is known. A process has one at most.
/// </summary>
public interface IEarlyHandler
{
    /// <summary>
    /// Whether it may answer this request. What it has changed of one that it may not, the pipeline changes again.
    /// </summary>
    bool Covers(HttpContext context);

    /// <summary>Answers a request that it covers; false when the pipeline is to answer all the same.</summary>
    Task<bool> TryAnswerAsync(HttpContext context);

    /// <summary>Has the problem that a fault of its answer becomes get what every reply gets.</summary>
    void CompleteFault(HttpContext context);
}
