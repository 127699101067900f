namespace PortalServices.OperatorAccess.Gate;

/// <summary>
/// What an operators' route is limited by for keys that are good for some sites only. A route below
/// <c>/api/operator/sites/{site}</c> is limited by its address; every other one states its limit, and one that states
/// nothing is refused to such keys.
/// </summary>
public enum SiteLimit
{
    /// <summary>The route is for keys of all sites: what it is about belongs to no site.</summary>
    AllSites,

    /// <summary>
    /// The handler answers each key about its own sites alone: it asks <see cref="CallingOperator.IsFor"/>.
    /// </summary>
    Handler,

    /// <summary>
    /// The service behind the route has a gate and a limit of its own: of the gateway, which passes the key on.
    /// </summary>
    Service,
}

/// <summary>States the limit of a route.</summary>
public static class SiteLimitExtensions
{
    /// <summary>Says what limits the routes for keys that are good for some sites only.</summary>
    public static TBuilder LimitSites<TBuilder>(this TBuilder routes, SiteLimit limit)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new SiteLimitMetadata(limit));
}

/// <summary>The limit of an endpoint, for who makes endpoints by other means than a route builder.</summary>
/// <param name="Limit">What limits it.</param>
public sealed record SiteLimitMetadata(SiteLimit Limit);
