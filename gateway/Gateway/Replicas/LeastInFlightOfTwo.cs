using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// Of two replicas picked at random the one with fewer requests under way, however they travel: the proxy's own
/// policies see only those that it forwards itself.
/// </summary>
/// <remarks>M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12 (2001).</remarks>
internal sealed class LeastInFlightOfTwo(RequestsUnderWay requests) : ILoadBalancingPolicy
{
    public string Name => nameof(LeastInFlightOfTwo);

    public DestinationState? PickDestination(
        HttpContext context,
        ClusterState cluster,
        IReadOnlyList<DestinationState> availableDestinations
    )
    {
        if (availableDestinations.Count < 2)
        {
            return availableDestinations.Count == 0 ? null : availableDestinations[0];
        }
        var first = Random.Shared.Next(availableDestinations.Count);
        var second = (first + 1 + Random.Shared.Next(availableDestinations.Count - 1)) % availableDestinations.Count;
        return requests.To(availableDestinations[first]) <= requests.To(availableDestinations[second])
            ? availableDestinations[first]
            : availableDestinations[second];
    }
}
