namespace PortalServices.Http.Problems;

/// <summary>
/// Set as a feature of a request whose failure is answered by something else than JSON, as a browser's is that asks for
/// a page.
/// </summary>
public interface IProblemView
{
    /// <summary>Writes the whole reply; <c>Retry-After</c> is set where there is one.</summary>
    Task WriteAsync(HttpContext context, ProblemCode code, string? detail);
}
