using Yarp.ReverseProxy.Configuration;

namespace PortalServices.Gateway;

/// <summary>What holds for every cluster, however it is configured.</summary>
internal sealed class ClusterDefaults : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) =>
        new(
            cluster with
            {
                // As the server has read them. A header that the client cannot encode would fail here, and for no fault
                // of the service.
                HttpClient = (cluster.HttpClient ?? HttpClientConfig.Empty) with
                {
                    RequestHeaderEncoding = "utf-8",
                },
            }
        );

    public ValueTask<RouteConfig> ConfigureRouteAsync(
        RouteConfig route,
        ClusterConfig? cluster,
        CancellationToken cancel
    ) => new(route);
}
