using Microsoft.Extensions.Options;
using PortalServices.Edge;
using PortalServices.Gateway.Framed;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// Sends a request to another replica, once, that the first one got nothing of, or that may be made twice and whose
/// connection broke. Comes before the choice of a replica, so that how a request travels is no concern of it. The body
/// is in memory: the edge has waited for all of it.
/// </summary>
internal sealed class Resend(IOptions<EdgeOptions> edge, TimeProvider time)
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var taken = context.Features.Get<FramedAttempt>()?.Since ?? time.GetTimestamp();
        await next(context);
        if (
            context.Response.HasStarted
            || context.RequestAborted.IsCancellationRequested
            || Failure(context) is not { } failure
        )
        {
            return;
        }
        var proxy = context.GetReverseProxyFeature();
        var waited = time.GetElapsedTime(taken);
        if (
            waited < edge.Value.RequestTimeout
            && Others(context, proxy) is { Count: > 0 } others
            && (
                Delivery.WasNotMade(failure)
                || (
                    (DestinationFault.Is(failure) || Delivery.WasGivenUp(failure))
                    && await MayRepeat.IsForAsync(context, proxy.Route.Config)
                )
            )
        )
        {
            Prepare(context, waited);
            proxy.AvailableDestinations = others;
            await next(context);
        }
    }

    private static Exception? Failure(HttpContext context) =>
        context.Features.Get<RequestFault>()?.Exception ?? context.GetForwarderErrorFeature()?.Exception;

    // Those that are healthy by now, or else all others.
    private static List<DestinationState> Others(HttpContext context, IReverseProxyFeature proxy)
    {
        var failed = proxy.ProxiedDestination;
        List<DestinationState> healthy =
        [
            .. context
                .GetRouteModel()
                .Cluster?.DestinationsState.AvailableDestinations.Where(replica => replica != failed)
                ?? [],
        ];
        return healthy.Count > 0 ? healthy : [.. proxy.AllDestinations.Where(replica => replica != failed)];
    }

    private static void Prepare(HttpContext context, TimeSpan waited)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Features.Set<RequestFault>(null);
        context.Features.Set(new Resent(waited));
        context.Response.StatusCode = StatusCodes.Status200OK;
        if (context.Request.Body.CanSeek)
        {
            context.Request.Body.Position = 0;
        }
        GatewayHeaders.AddWaited(context.Request.Headers, waited);
    }
}

/// <summary>A request that is sent for the second time.</summary>
/// <param name="After">How long the first time took.</param>
internal sealed record Resent(TimeSpan After);
