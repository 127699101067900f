using System.IO.Hashing;
using System.Text;
using Microsoft.Extensions.Options;
using PortalServices.Gateway.Framed;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// One replica for all requests of a site, the same at every gateway: its views are committed together, and who reads
/// what was just counted asks who counted it. Of the replicas that are available each site prefers the one with the
/// highest weight, a hash of both names; when one leaves or comes, only the sites move that prefer it. A replica that has
/// much more under way than the others is passed over, so that a site of all visitors, or a slow replica, has the help of
/// the next one. What belongs to no site goes to the less busy of two.
/// </summary>
/// <remarks>
/// D. Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM Trans. Networking 6 (1998);
/// the bound follows V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018.
/// </remarks>
internal sealed class PreferredForSite(
    RequestsUnderWay requests,
    LeastInFlightOfTwo others,
    IOptions<FramesOptions> frames
) : ILoadBalancingPolicy
{
    /// <summary>Requests that a replica may always have under way: what counting commits at once.</summary>
    public const int AlwaysAllowed = 256;

    // Of what each would have if all had the same.
    private const double MaxLoadFactor = 1.5;

    private const int MaxNameBytes = 256;

    public string Name => nameof(PreferredForSite);

    public DestinationState? PickDestination(
        HttpContext context,
        ClusterState cluster,
        IReadOnlyList<DestinationState> availableDestinations
    )
    {
        if (
            availableDestinations.Count < 2
            || context.Request.RouteValues.GetValueOrDefault("site") is not string { Length: > 0 } site
        )
        {
            return others.PickDestination(context, cluster, availableDestinations);
        }

        var underWay = 0;
        foreach (var replica in availableDestinations)
        {
            underWay += requests.To(replica);
        }
        // One that takes no more is no help, however much the others have.
        var max = Math.Min(
            frames.Value.MaxInFlight,
            Math.Max(AlwaysAllowed, MaxLoadFactor * (underWay + 1) / availableDestinations.Count)
        );
        DestinationState? preferred = null;
        ulong highest = 0;
        foreach (var replica in availableDestinations)
        {
            if (requests.To(replica) >= max)
            {
                continue;
            }
            var weight = WeightOf(site, replica.DestinationId);
            if (preferred is null || weight > highest)
            {
                (preferred, highest) = (replica, weight);
            }
        }
        return preferred ?? others.PickDestination(context, cluster, availableDestinations);
    }

    /// <summary>How much a site prefers a replica.</summary>
    public static ulong WeightOf(string site, string replica)
    {
        // Longer ones are cut: then sites may share a preference, which harms none.
        Span<byte> name = stackalloc byte[(2 * MaxNameBytes) + 1];
        Encoding.UTF8.TryGetBytes(site.AsSpan(0, Math.Min(site.Length, MaxNameBytes / 3)), name, out var length);
        name[length++] = 0;
        Encoding.UTF8.TryGetBytes(
            replica.AsSpan(0, Math.Min(replica.Length, MaxNameBytes / 3)),
            name[length..],
            out var rest
        );
        return XxHash3.HashToUInt64(name[..(length + rest)]);
    }
}
