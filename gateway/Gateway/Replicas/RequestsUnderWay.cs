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

        var count = _counts.GetValue(replica, static _ => new StrongBox<int>());
        Interlocked.Increment(ref count.Value);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref count.Value);
        }
    }
}
