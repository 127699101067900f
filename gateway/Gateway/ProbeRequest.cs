using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway;

/// <summary>
/// Health is asked for at a destination's probe door, which speaks HTTP/1.1, though its internal door speaks HTTP/2
/// only. A destination without a <c>Health</c> address is asked at the internal one.
/// </summary>
internal sealed class ProbeRequest : IProbingRequestFactory
{
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination)
    {
        var config = destination.Config;
        var path = cluster.Config.HealthCheck?.Active?.Path ?? "/health/ready";
        return string.IsNullOrEmpty(config.Health)
            ? Ask(config.Address, path, HttpVersion.Version20)
            : Ask(config.Health, path, HttpVersion.Version11);
    }

    private static HttpRequestMessage Ask(string address, string path, Version version) =>
        new(HttpMethod.Get, new Uri(new Uri(address), path))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
}
