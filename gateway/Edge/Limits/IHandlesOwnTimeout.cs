namespace PortalServices.Edge.Limits;

/// <summary>
/// Metadata of an endpoint that keeps to <see cref="EdgeOptions.RequestTimeout"/> by itself, without a timer for each
/// request.
/// </summary>
public interface IHandlesOwnTimeout
{
    /// <summary>Whether it does so for this request.</summary>
    bool Covers(HttpRequest request);
}
