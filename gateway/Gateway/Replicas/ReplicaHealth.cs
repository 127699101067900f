using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// Leaves a replica out at once that cannot be connected to or says that it ends, until a probe finds it ready. A dead
/// one is fast and has nothing under way: it would be chosen again and again. Where all are left out, all are used.
/// </summary>
internal sealed class ReplicaHealth(IServiceProvider services)
{
    // Until then a replica is left out that no probe asks.
    private static readonly TimeSpan WithoutProbes = TimeSpan.FromSeconds(2);

    public void LeaveOut(string clusterId, Uri? address)
    {
        // Asked for here: the proxy's clients are made of this, and its state of its clients.
        if (
            address is null
            || !services.GetRequiredService<IProxyStateLookup>().TryGetCluster(clusterId, out var cluster)
        )
        {
            return;
        }
        var health = services.GetRequiredService<IDestinationHealthUpdater>();
        var checks = cluster.Model.Config.HealthCheck;
        foreach (var replica in cluster.Destinations.Values.Where(each => IsAt(each, address)))
        {
            if (checks?.Active?.Enabled != true)
            {
                health.SetPassive(
                    cluster,
                    replica,
                    DestinationHealth.Unhealthy,
                    checks?.Passive?.ReactivationPeriod ?? WithoutProbes
                );
            }
            else if (replica.Health.Active is not DestinationHealth.Unhealthy)
            {
                health.SetActive(cluster, [new NewActiveDestinationHealth(replica, DestinationHealth.Unhealthy)]);
            }
        }
    }

    private static bool IsAt(DestinationState replica, Uri address) =>
        HasAuthorityOf(replica.Model.Config.Address, address) || HasAuthorityOf(replica.Model.Config.Health, address);

    private static bool HasAuthorityOf(string? one, Uri other) =>
        Uri.TryCreate(one, UriKind.Absolute, out var address)
        && address.Scheme == other.Scheme
        && address.Authority == other.Authority;
}

/// <summary>Sees each request to a replica and its reply, however it travels.</summary>
internal sealed class ReplicaWatch(string clusterId, ReplicaHealth health, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.Headers.NonValidated.Contains(GatewayHeaders.Draining))
            {
                response.Headers.Remove(GatewayHeaders.Draining);
                health.LeaveOut(clusterId, request.RequestUri);
            }

            return response;
        }
        catch (Exception failure) when (Delivery.HasNoConnection(failure) && !cancellationToken.IsCancellationRequested)
        {
            health.LeaveOut(clusterId, request.RequestUri);
            throw;
        }
    }
}
