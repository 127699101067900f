using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Replicas;

/// <summary>Counts the requests under way to each replica. Comes behind the choice of one.</summary>
internal sealed class RequestsUnderWay
{
    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _counts = [];

    public int To(DestinationState replica) =>
        _counts.TryGetValue(replica, out var count) ? Volatile.Read(ref count.Value) : 0;

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetReverseProxyFeature().AvailableDestinations is not [var replica])
        {
            await next(context);
            return;
        }

        Begin(replica);
        try
        {
            await next(context);
        }
        finally
        {
            End(replica);
        }
    }

    public void Begin(DestinationState replica) => Interlocked.Increment(ref CountOf(replica).Value);

    public void End(DestinationState replica) => Interlocked.Decrement(ref CountOf(replica).Value);

    private StrongBox<int> CountOf(DestinationState replica) =>
        _counts.GetValue(replica, static _ => new StrongBox<int>());
}
