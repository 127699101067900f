using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway;

/// <summary>
/// What the gateway knows of the replicas behind it. Told beside readiness: a gateway whose services are away still
/// answers, with 503, and taking it out of service would help nobody.
/// </summary>
internal sealed class ClusterHealth(IProxyStateLookup proxy) : IHealthCheck
{
    private const string Failing = "failing";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var replicas = proxy
            .GetClusters()
            .SelectMany(cluster =>
                cluster.Destinations.Values.Select(replica =>
                    (Name: $"{cluster.ClusterId}/{replica.DestinationId}", Word: Word(replica))
                )
            )
            .OrderBy(replica => replica.Name, StringComparer.Ordinal)
            .ToDictionary(replica => replica.Name, object (replica) => replica.Word);
        var failing = replicas.Where(replica => replica.Value is Failing).Select(replica => replica.Key).ToList();
        return Task.FromResult(
            failing.Count == 0
                ? HealthCheckResult.Healthy(data: replicas)
                : HealthCheckResult.Degraded($"failing: {string.Join(", ", failing)}", data: replicas)
        );
    }

    private static string Word(DestinationState replica) =>
        (replica.Health.Active, replica.Health.Passive) switch
        {
            (DestinationHealth.Unhealthy, _) or (_, DestinationHealth.Unhealthy) => Failing,
            (DestinationHealth.Healthy, _) => "answering",
            _ => "unknown",
        };
}
