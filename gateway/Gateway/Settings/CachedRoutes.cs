using Yarp.ReverseProxy.Configuration;

namespace PortalServices.Gateway.Settings;

/// <summary>
/// Routes whose replies to readers are cached: the metadata <c>Cached</c> names the parameters of the query that they
/// depend on. They are JSON with a flag <c>stale</c>.
/// </summary>
internal static class CachedRoutes
{
    public const string Metadata = "Cached";

    /// <summary>The parameters; null of a route whose replies are not cached.</summary>
    public static IReadOnlyList<string>? QueryOf(RouteConfig route) =>
        route
            .Metadata?.GetValueOrDefault(Metadata)
            ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is { Length: > 0 } query
            ? query
            : null;
}
