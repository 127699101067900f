namespace PortalServices.ServiceDefaults.Requests;

/// <summary>
/// Answers some requests by itself, once their route is known, and leaves all others to the pipeline. A process has one
/// at most.
/// </summary>
public interface IEarlyHandler
{
    /// <summary>Answers the request, or runs what comes behind.</summary>
    Task RunAsync(HttpContext context, RequestDelegate pipeline);
}
