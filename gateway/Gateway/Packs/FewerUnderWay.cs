using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway;

/// <summary>
/// Of two replicas picked at random the one with fewer requests under way, those in packs included, which the proxy's own policies do not see.
/// </summary>
/// <remarks>M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12 (2001).</remarks>
internal sealed class FewerUnderWay(PackedForwarding packs) : ILoadBalancingPolicy
{
    public string Name => nameof(FewerUnderWay);

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count < 2)
            return availableDestinations.Count == 0 ? null : availableDestinations[0];
        var first = Random.Shared.Next(availableDestinations.Count);
        var second = (first + 1 + Random.Shared.Next(availableDestinations.Count - 1)) % availableDestinations.Count;
        return UnderWay(availableDestinations[first]) <= UnderWay(availableDestinations[second]) ? availableDestinations[first] : availableDestinations[second];
    }

    int UnderWay(DestinationState destination) => destination.ConcurrentRequestCount + packs.UnderWay(destination);
}
