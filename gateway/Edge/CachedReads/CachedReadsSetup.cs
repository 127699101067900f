using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.ServiceDefaults;

namespace PortalServices.Edge.CachedReads;

/// <summary>Replies of routes that all readers share for a moment.</summary>
public static class CachedReadsSetup
{
    /// <summary>Adds what <see cref="CacheReads{TBuilder}"/> needs.</summary>
    public static IServiceCollection AddCachedReads(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddValidatedOptions<CachedReadsOptions>(CachedReadsOptions.Section);
        services.TryAddSingleton<ReadCache>();
        return services;
    }

    /// <summary>
    /// Has the route's replies to readers cached, in front of whatever answers it and behind all rules of the edge. For
    /// routes whose replies to GET are the same for everybody, but for the address.
    /// </summary>
    /// <param name="routes">One route.</param>
    /// <param name="services">Of the application.</param>
    /// <param name="query">The parameters of the query that the replies depend on; others are left out.</param>
    public static TBuilder CacheReads<TBuilder>(
        this TBuilder routes,
        IServiceProvider services,
        params IReadOnlyList<string> query
    )
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(query);
        var cache = services.GetRequiredService<ReadCache>();
        routes.Add(endpoint =>
        {
            var (route, inner) = (
                new CachedRoute(endpoint.DisplayName ?? "", query),
                endpoint.RequestDelegate
                    ?? throw new InvalidOperationException($"{endpoint.DisplayName} has nothing that answers it.")
            );
            endpoint.RequestDelegate = context => cache.RunAsync(context, route, inner);
            endpoint.Metadata.Add(cache);
        });
        return routes;
    }
}
