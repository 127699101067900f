namespace PortalServices.ServiceDefaults.Requests;

/// <summary>A request that every rule of the edge lets through.</summary>
public readonly struct DirectRequest
{
    private readonly Action<HttpContext> _completeHeaders;

    /// <param name="context">The request, and its reply.</param>
    /// <param name="completeHeaders">Adds what the edge adds to every reply.</param>
    public DirectRequest(HttpContext context, Action<HttpContext> completeHeaders) =>
        (Context, _completeHeaders) = (context, completeHeaders);

    /// <summary>The request, and its reply.</summary>
    public HttpContext Context { get; }

    /// <summary>Adds what the edge adds to every reply. Comes once, last before the reply is written.</summary>
    public void CompleteHeaders() => _completeHeaders(Context);
}
