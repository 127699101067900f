using System.Buffers;
using System.Diagnostics;
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
/// <remarks>
/// Most of them come here without the pipeline, see <see cref="DirectForwarding"/>, and their replies go back as they are.
/// Where there is none, the pipeline goes on with what became of the request: it knows what to do about that.
/// </remarks>
internal sealed class FramedForwarding(IOptions<EdgeOptions> edge, FramePeers peers, TimeProvider time)
    : IHandlesOwnTimeout
{
    public const string Metadata = "Framed";

    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    /// <summary>What of a route's requests travels in frames; null where none does.</summary>
    public static FramedRoute? RouteOf(RouteConfig route) =>
        route
            .Metadata?.GetValueOrDefault(Metadata)
            ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            is { Length: > 0 } headers
            ? new FramedRoute(headers)
            : null;

    /// <summary>Whether a request of such a route is small and simple enough.</summary>
    public static bool Carries(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.ContentLength.GetValueOrDefault() <= FrameLimits.MaxBodyBytes
        && request.Headers.TransferEncoding.Count == 0
        && request.Headers.Upgrade.Count == 0;

    public bool Covers(HttpRequest request) => Carries(request);

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var feature = context.GetReverseProxyFeature();
        if (context.Features.Get<FramedAttempt>() is { } attempt)
        {
            context.Features.Set<FramedAttempt>(null);
            return EndAsync(context, feature, attempt.Replica, attempt.Reply);
        }
        return
            context.GetEndpoint()?.Metadata.GetMetadata<FramedRoute>() is { } route
            && Carries(context.Request)
            && feature.AvailableDestinations is [var replica]
            && FramePeers.MayHave(replica)
            ? ForwardAsync(context, next, feature, replica, route)
            : next(context);
    }

    /// <summary>Has the span of the service belong to the one of this process.</summary>
    public static void PassTrace(HttpRequest request)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            request.Headers.TraceParent = activity.Id;
            request.Headers.TraceState = activity.TraceStateString;
        }
    }

    /// <summary>The time of the cluster, or what is left of the edge's, whichever ends first.</summary>
    public static TimeSpan Timeout(TimeSpan left, ForwarderRequestConfig? request) =>
        request?.ActivityTimeout is { } timeout && timeout < left ? timeout : left;

    /// <summary>Writes status and headers; true where the replica says that it ends.</summary>
    public static bool AppendHeaders(HttpResponse response, in FramedReply reply)
    {
        response.StatusCode = reply.Status;
        reply.AppendHeaders(response.Headers);
        return response.Headers.Remove(GatewayHeaders.Draining);
    }

    public static Task WriteBodyAsync(HttpResponse response, in FramedReply reply)
    {
        if (reply.Body.IsEmpty)
        {
            return Task.CompletedTask;
        }
        response.ContentLength = reply.Body.Length;
        return response.BodyWriter.WriteAsync(reply.Body).AsTask();
    }

    private async Task ForwardAsync(
        HttpContext context,
        RequestDelegate next,
        IReverseProxyFeature feature,
        DestinationState replica,
        FramedRoute route
    )
    {
        var body = await HeldBody.ReadAsync(context);
        PassTrace(context.Request);
        var peer = peers.Of(feature.Cluster.Config.ClusterId, replica);
        var timeout = Timeout(context, feature);
        var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? CancellationToken.None;
        FrameAdmission Send(out ValueTask<FramedReply> taken) =>
            peer.Send(
                context.Request,
                route,
                new ReadOnlySequence<byte>(body),
                TimeSpan.Zero,
                timeout,
                gone,
                out taken
            );
        var admission = Send(out var sent);
        if (admission == FrameAdmission.NotConnected)
        {
            var since = time.GetTimestamp();
            var readiness = await peer.ReadyAsync();
            // A connection can take as long as a lost packet.
            GatewayHeaders.AddWaited(context.Request.Headers, time.GetElapsedTime(since));
            if (readiness == FrameReadiness.Unreachable)
            {
                feature.ProxiedDestination = replica;
                peers.LeaveOut(feature.Cluster.Config.ClusterId, replica);
                Fail(context, FrameOutcome.NotSent);
                return;
            }
            admission = readiness == FrameReadiness.Connected ? Send(out sent) : admission;
        }
        switch (admission)
        {
            case FrameAdmission.NotConnected:
            case FrameAdmission.TooLarge:
                await ProxyAsync(context, next, Timeout(context, feature));
                return;
            case FrameAdmission.Full:
                await Problem.Of(CommonProblems.ServiceUnavailable, retryAfter: TryAgain).ExecuteAsync(context);
                return;
        }
        await EndAsync(context, feature, replica, await sent);
    }

    private async Task EndAsync(
        HttpContext context,
        IReverseProxyFeature feature,
        DestinationState replica,
        FramedReply ended
    )
    {
        feature.ProxiedDestination = replica;
        using var reply = ended;
        if (reply.Outcome != FrameOutcome.Replied)
        {
            Fail(context, reply.Outcome);
            return;
        }
        if (AppendHeaders(context.Response, reply))
        {
            peers.LeaveOut(feature.Cluster.Config.ClusterId, replica);
        }
        await WriteBodyAsync(context.Response, reply);
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

    private TimeSpan Timeout(HttpContext context, IReverseProxyFeature feature)
    {
        var whole = edge.Value.RequestTimeout;
        var left = context.Features.Get<Resent>() is { } resent ? whole - resent.After : whole;
        return Timeout(left, feature.Cluster.Config.HttpRequest);
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
