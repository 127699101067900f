using System.Collections.Immutable;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Frames.Calling;

/// <summary>What of a route's requests travels besides method, address, client and body.</summary>
public sealed class FramedRoute
{
    // The trace goes on whatever a route asks for.
    private static readonly string[] Always = [HeaderNames.TraceParent, HeaderNames.TraceState];

    /// <param name="headers">Names of the headers that the service reads.</param>
    public FramedRoute(IEnumerable<string> headers) =>
        Headers = [.. headers.Union(Always, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Names of the headers that are carried.</summary>
    public ImmutableArray<string> Headers { get; }
}
