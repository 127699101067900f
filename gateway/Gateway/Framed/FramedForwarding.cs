using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using PortalServices.Edge;
using PortalServices.Edge.Limits;
using PortalServices.Frames.Calling;
using PortalServices.Gateway.Replicas;
using PortalServices.Http.Problems;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Framed;

/// <summary>
/// Sends small requests to a service as frames on one connection, since a request of its own costs both sides more than
/// all that is done for it. For routes whose metadata <c>Framed</c> names the headers that the service reads, and of
/// their requests for a <c>POST</c> with a body of known and small size. Everything else is forwarded by itself, as is
/// everything to a replica without such a connection.
/// </summary>
internal sealed class FramedForwarding(
    IOptions<EdgeOptions> edge,
    IOptions<FramesOptions> options,
    ReplicaHealth health,
    TimeProvider time,
    ILogger<FramedForwarding> logger
) : IHandlesOwnTimeout, IDisposable
{
    public const string Metadata = "Framed";

    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly ConditionalWeakTable<DestinationState, FramePeer> _peers = [];

    /// <summary>What of a route's requests travels in frames; null where none does.</summary>
    public static FramedRoute? RouteOf(RouteConfig route) =>
        route
            .Metadata?.GetValueOrDefault(Metadata)
            ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is { Length: > 0 } headers
            ? new FramedRoute(headers)
            : null;

    public bool Covers(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.ContentLength.GetValueOrDefault() <= FrameLimits.MaxBodyBytes
        && request.Headers.TransferEncoding.Count == 0
        && request.Headers.Upgrade.Count == 0;

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var feature = context.GetReverseProxyFeature();
        return
            context.GetEndpoint()?.Metadata.GetMetadata<FramedRoute>() is { } route
            && Covers(context.Request)
            && feature.AvailableDestinations is [var destination]
            && !destination.Model.Config.Address.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase)
            ? ForwardAsync(context, next, feature, destination, route)
            : next(context);
    }

    public void Dispose()
    {
        foreach (var (_, peer) in _peers)
        {
            peer.Dispose();
        }
    }

    private async Task ForwardAsync(
        HttpContext context,
        RequestDelegate next,
        IReverseProxyFeature feature,
        DestinationState destination,
        FramedRoute route
    )
    {
        var body = await HeldBody.ReadAsync(context);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            context.Request.Headers.TraceParent = activity.Id;
            context.Request.Headers.TraceState = activity.TraceStateString;
        }
        var peer = PeerOf(feature.Cluster.Config.ClusterId, destination);
        var timeout = Timeout(context, feature.Cluster.Config.HttpRequest);
        var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? CancellationToken.None;
        FrameAdmission Send(out ValueTask<FramedReply> taken) =>
            peer.Send(context.Request, route, new ReadOnlySequence<byte>(body), timeout, gone, out taken);
        var admission = Send(out var sent);
        if (admission == FrameAdmission.NotConnected)
        {
            var since = time.GetTimestamp();
            var readiness = await peer.ReadyAsync();
            // A connection can take as long as a lost packet.
            GatewayHeaders.AddWaited(context.Request.Headers, time.GetElapsedTime(since));
            if (readiness == FrameReadiness.Unreachable)
            {
                feature.ProxiedDestination = destination;
                LeaveOut(feature, destination);
                Fail(context, FrameOutcome.NotSent);
                return;
            }
            admission = readiness == FrameReadiness.Connected ? Send(out sent) : admission;
        }
        switch (admission)
        {
            case FrameAdmission.NotConnected:
            case FrameAdmission.TooLarge:
                await ProxyAsync(context, next, Timeout(context, feature.Cluster.Config.HttpRequest));
                return;
            case FrameAdmission.Full:
                await Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: TryAgain).ExecuteAsync(context);
                return;
        }

        feature.ProxiedDestination = destination;
        using var reply = await sent;
        if (reply.Outcome == FrameOutcome.Replied)
        {
            reply.AppendHeaders(context.Response.Headers);
            if (context.Response.Headers.Remove(GatewayHeaders.Draining))
            {
                LeaveOut(feature, destination);
            }
            await WriteAsync(context.Response, reply);
            return;
        }
        Fail(context, reply.Outcome);
    }

    // The edge leaves the time of these requests to this class, however they travel.
    private async Task ProxyAsync(HttpContext context, RequestDelegate next, TimeSpan timeout)
    {
        var gone = context.RequestAborted;
        using var ended = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(gone, ended.Token);
        context.RequestAborted = both.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = gone;
        }
    }

    private FramePeer PeerOf(string cluster, DestinationState destination) =>
        _peers.GetValue(
            destination,
            added =>
            {
                var address = new Uri(added.Model.Config.Address);
                return new FramePeer(
                    address,
                    new FrameLimits { MaxInFlight = options.Value.MaxInFlight },
                    time,
                    logger,
                    () => health.LeaveOut(cluster, address)
                );
            }
        );

    private void LeaveOut(IReverseProxyFeature feature, DestinationState destination) =>
        health.LeaveOut(feature.Cluster.Config.ClusterId, new Uri(destination.Model.Config.Address));

    // That of the cluster, or what is left of the edge's, whichever ends first.
    private TimeSpan Timeout(HttpContext context, ForwarderRequestConfig? request)
    {
        var whole = edge.Value.RequestTimeout;
        var left = context.Features.Get<Resent>() is { } resent ? whole - resent.After : whole;
        return request?.ActivityTimeout is { } timeout && timeout < left ? timeout : left;
    }

    private static Task WriteAsync(HttpResponse response, in FramedReply reply)
    {
        response.StatusCode = reply.Status;
        if (reply.Body.IsEmpty)
        {
            return Task.CompletedTask;
        }
        response.ContentLength = reply.Body.Length;
        return response.BodyWriter.WriteAsync(reply.Body).AsTask();
    }

    // In the words of the proxy, by which it is decided whether the request is sent elsewhere, and whose fault it was.
    private static void Fail(HttpContext context, FrameOutcome outcome)
    {
        if (outcome == FrameOutcome.Abandoned)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        context.Features.Set<IForwarderErrorFeature>(
            outcome switch
            {
                FrameOutcome.TimedOut => new Failure(ForwarderError.RequestTimedOut, new OperationCanceledException()),
                FrameOutcome.NotSent => new Failure(
                    ForwarderError.Request,
                    new HttpRequestException(HttpRequestError.ConnectionError, "The connection was lost.")
                ),
                _ => new Failure(ForwarderError.Request, new IOException("The connection was lost.")),
            }
        );
        context.Response.StatusCode =
            outcome == FrameOutcome.TimedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway;
    }

    private sealed record Failure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
