namespace PortalServices.ServiceDefaults.Requests;

/// <summary>A request that every rule of the edge lets through.</summary>
public readonly struct DirectRequest
{
    private readonly Action<HttpContext> _completeHeaders;
    private readonly RequestDelegate _pipeline;

    /// <param name="context">The request, and its reply.</param>
    /// <param name="completeHeaders">Adds what the edge adds to every reply.</param>
    /// <param name="pipeline">All that comes behind.</param>
    public DirectRequest(HttpContext context, Action<HttpContext> completeHeaders, RequestDelegate pipeline) =>
        (Context, _completeHeaders, _pipeline) = (context, completeHeaders, pipeline);

    /// <summary>The request, and its reply.</summary>
    public HttpContext Context { get; }

    /// <summary>Adds what the edge adds to every reply. Comes once, last before the reply is written.</summary>
    public void CompleteHeaders() => _completeHeaders(Context);

    /// <summary>Has the pipeline answer, as if nothing had been tried.</summary>
    public Task RunPipelineAsync() => _pipeline(Context);
}
