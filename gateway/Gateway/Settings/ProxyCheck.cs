using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using PortalServices.Gateway.Framed;
using PortalServices.Http.Requests;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace PortalServices.Gateway.Settings;

/// <summary>
/// What the section <c>ReverseProxy</c> says as a whole: routes that lead to clusters, clusters with replicas, policies
/// that exist.
/// </summary>
internal sealed class ProxyCheck(IConfiguration configuration, IServiceProvider services) : IStartupCheck
{
    private const string Routes = $"{ProxyShape.Section}:Routes",
        Clusters = $"{ProxyShape.Section}:Clusters";

    public async ValueTask<IEnumerable<string>> FindMistakesAsync()
    {
        // What cannot be read is named by its shape.
        if (!ProxyShape.Shape.Accepts(configuration, ProxyShape.Section))
        {
            return [];
        }
        var config = services.GetRequiredService<IProxyConfigProvider>().GetConfig();
        var validator = Validator();
        List<string> mistakes = [];
        foreach (var route in config.Routes)
        {
            List<string> own =
            [
                .. new[]
                {
                    LostRoute(route, config),
                    FramedOperators(route),
                    FramedTransforms(route),
                    CachedOperators(route),
                }.OfType<string>(),
            ];
            mistakes.AddRange(own);
            if (own.Count == 0 && validator is not null)
            {
                mistakes.AddRange(Named($"{Routes}:{route.RouteId}", await validator.ValidateRouteAsync(route)));
            }
        }

        foreach (var cluster in config.Clusters)
        {
            var found = OfCluster(cluster, config);
            mistakes.AddRange(found);
            if (found.Count == 0 && validator is not null)
            {
                mistakes.AddRange(
                    Named($"{Clusters}:{cluster.ClusterId}", await validator.ValidateClusterAsync(cluster))
                );
            }
        }

        return mistakes;
    }

    private static string? LostRoute(RouteConfig route, IProxyConfig config) =>
        config.Clusters.Any(cluster => IsSame(cluster.ClusterId, route.ClusterId))
            ? null
            : $"{Routes}:{route.RouteId}:ClusterId: '{route.ClusterId}' is none of the clusters {string.Join(", ", config.Clusters.Select(cluster => cluster.ClusterId))}";

    // Operators' requests carry keys, and are few.
    private static string? FramedOperators(RouteConfig route) =>
        FramedForwarding.RouteOf(route) is not null && IsOperators(route)
            ? $"{Routes}:{route.RouteId}:Metadata:{FramedForwarding.Metadata}: operators' routes are not framed"
            : null;

    private static string? FramedTransforms(RouteConfig route) =>
        FramedForwarding.RouteOf(route) is not null && route.Transforms is { Count: > 0 }
            ? $"{Routes}:{route.RouteId}:Transforms: a frame carries a request as it is"
            : null;

    private static string? CachedOperators(RouteConfig route) =>
        CachedRoutes.QueryOf(route) is not null && IsOperators(route)
            ? $"{Routes}:{route.RouteId}:Metadata:{CachedRoutes.Metadata}: operators' routes are not cached"
            : null;

    private static bool IsOperators(RouteConfig route) =>
        route.Match.Path?.StartsWith("/api/operator", StringComparison.OrdinalIgnoreCase) == true;

    private List<string> OfCluster(ClusterConfig cluster, IProxyConfig config)
    {
        var key = $"{Clusters}:{cluster.ClusterId}";
        var health = cluster.HealthCheck;
        List<string?> mistakes =
        [
            config.Routes.Any(route => IsSame(route.ClusterId, cluster.ClusterId))
                ? null
                : $"{key}: no route leads to this cluster",
            cluster.Destinations is { Count: > 0 } ? null : $"{key}:Destinations: at least one is required",
            .. OfDestinations(
                $"{key}:Destinations",
                cluster.Destinations ?? new Dictionary<string, DestinationConfig>()
            ),
            Unknown<ILoadBalancingPolicy>(
                $"{key}:LoadBalancingPolicy",
                cluster.LoadBalancingPolicy,
                policy => policy.Name
            ),
            Unknown<IActiveHealthCheckPolicy>(
                $"{key}:HealthCheck:Active:Policy",
                health?.Active?.Policy,
                policy => policy.Name
            ),
            Unknown<IPassiveHealthCheckPolicy>(
                $"{key}:HealthCheck:Passive:Policy",
                health?.Passive?.Policy,
                policy => policy.Name
            ),
            Unknown<IAvailableDestinationsPolicy>(
                $"{key}:HealthCheck:AvailableDestinationsPolicy",
                health?.AvailableDestinationsPolicy,
                policy => policy.Name
            ),
        ];
        return [.. mistakes.OfType<string>()];
    }

    private static IEnumerable<string> OfDestinations(
        string key,
        IReadOnlyDictionary<string, DestinationConfig> destinations
    )
    {
        Dictionary<Uri, string> names = [];
        foreach (var (name, destination) in destinations)
        {
            if (!TryReadAddress(destination.Address, out var address))
            {
                yield return $"{key}:{name}:Address: '{destination.Address}' is not an address like http://localhost:8090";
            }
            else if (!names.TryAdd(address, name))
            {
                yield return $"{key}:{name}:Address: {destination.Address} is the address of {names[address]} as well";
            }
            if (!string.IsNullOrEmpty(destination.Health) && !TryReadAddress(destination.Health, out _))
            {
                yield return $"{key}:{name}:Health: '{destination.Health}' is not an address like http://localhost:8091";
            }
        }
    }

    private static bool TryReadAddress(string? text, [NotNullWhen(true)] out Uri? address) =>
        WebAddress.TryParse(text, out address) && address is { UserInfo: "", Query: "", Fragment: "" };

    private string? Unknown<T>(string key, string? policy, Func<T, string> nameOf)
    {
        if (string.IsNullOrEmpty(policy))
        {
            return null;
        }
        var names = services.GetServices<T>().Select(nameOf).Order(StringComparer.Ordinal).ToList();
        return names.Contains(policy, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"{key}: '{policy}' is not one of {string.Join(", ", names)}";
    }

    // It reads the site file, whose own check says what is wrong with it.
    private IConfigValidator? Validator()
    {
        try
        {
            return services.GetRequiredService<IConfigValidator>();
        }
        catch (Exception wrong) when (wrong is StartupException or OptionsValidationException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Named(string key, IEnumerable<Exception> failures) =>
        failures.Select(failure => $"{key}: {failure.Message}");

    private static bool IsSame(string? one, string? other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
