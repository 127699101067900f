namespace PortalServices.ServiceDefaults.Requests;

/// <summary>
/// Metadata of an endpoint: answers small requests that no rule of the edge refuses, without the pipeline. Answers the
/// same as the pipeline does; whatever is unusual it leaves to that.
/// </summary>
public interface IDirectHandler
{
    /// <summary>
    /// Whether it may answer this request. Its body has a known length, and will be there to be read at once.
    /// </summary>
    bool Covers(HttpRequest request);

    /// <summary>Answers it; false when the pipeline is to answer, which may still read the whole body.</summary>
    Task<bool> TryAnswerAsync(DirectRequest request);
}
