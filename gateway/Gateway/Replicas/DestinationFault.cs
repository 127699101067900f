using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace PortalServices.Gateway.Replicas;

/// <summary>
/// Lets only faults of a destination count against its health: it cannot be connected to, or the connection was lost.
/// What one request has brought about says nothing about the others: one that cannot be sent, that the service resets,
/// or that takes too long. A service that hangs is found by its probes.
/// </summary>
internal static class DestinationFault
{
    /// <summary>Comes behind the passive health check, which sees the failures that are left.</summary>
    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetForwarderErrorFeature() is not { } failure || Is(failure.Exception))
        {
            return;
        }
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Features.Set(new RequestFault(failure.Error, failure.Exception));
    }

    /// <summary>Whether the cause lies in the destination or on the way to it.</summary>
    public static bool Is(Exception? cause) =>
        cause switch
        {
            AggregateException several => several.InnerExceptions.Any(Is),
            SocketException or TimeoutException or ObjectDisposedException => true,
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => true,
            _ when Delivery.HasNoConnection(cause) => true,
            // The service itself has said no, to this stream or by its protocol.
            HttpProtocolException => false,
            IOException => true,
            _ => cause?.InnerException is { } inner && Is(inner),
        };
}

/// <summary>A failure that does not count against the destination.</summary>
internal sealed record RequestFault(ForwarderError Error, Exception? Exception);
