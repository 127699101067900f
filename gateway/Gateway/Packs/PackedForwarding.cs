using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using PortalServices.Edge;
using PortalServices.Edge.Limits;
using PortalServices.Gateway.Replicas;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway.Packs;

/// <summary>
/// Sends small requests to a service in packs: what waits at the same time travels together, since a request of its own
/// costs both sides more than all that is done for it. For routes with the metadata <c>Packed: true</c>, and of those
/// for a <c>POST</c> with a body of known and small size; everything else is forwarded by itself, as are requests that
/// find too many waiting, and those that fit into no pack.
/// </summary>
internal sealed class PackedForwarding(
    IOptions<EdgeOptions> edge,
    IOptions<PackOptions> options,
    ILogger<PackedForwarding> logger
) : IHandlesOwnTimeout
{
    private const string Metadata = "Packed";

    // Read when they are needed: the settings may be wrong, and the proxy is looked at together with them.
    private TimeSpan RequestTimeout => edge.Value.RequestTimeout;

    private int MaxInFlight => options.Value.MaxInFlight;

    private readonly ConditionalWeakTable<DestinationState, PackLane> _lanes = [];

    public static bool IsFor(RouteConfig route) =>
        route.Metadata is { } metadata
        && metadata.TryGetValue(Metadata, out var packed)
        && bool.TryParse(packed, out var isPacked)
        && isPacked;

    public bool Covers(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.ContentLength.GetValueOrDefault() <= PackFormat.MaxBodyBytes
        && request.Headers.TransferEncoding.Count == 0
        && request.Headers.Upgrade.Count == 0;

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var feature = context.GetReverseProxyFeature();
        return
            IsFor(feature.Route.Config)
            && Covers(context.Request)
            && feature.AvailableDestinations is [var destination]
            && _lanes.GetOrAdd(destination, _ => new PackLane(logger)) is var lane
            && lane.UnderWay < MaxInFlight
            ? ForwardAsync(context, next, feature, destination, lane)
            : next(context);
    }

    private async Task ForwardAsync(
        HttpContext context,
        RequestDelegate next,
        IReverseProxyFeature feature,
        DestinationState destination,
        PackLane lane
    )
    {
        if (!PackFormat.TryWrite(Request(context, await HeldBody.ReadAsync(context)), out var request))
        {
            await next(context);
            return;
        }

        feature.ProxiedDestination = destination;
        var call = new PackedCall(
            request,
            new PackTarget(
                feature.Cluster.HttpClient,
                destination.Model.Config.Address,
                Timeout(context, feature.Cluster.Config.HttpRequest)
            )
        );
        lane.Add(call);
        PackedAnswer answer;
        try
        {
            // How long it may take is the pack's to say, which is one timer for all of them.
            answer = await call.Task.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, and nobody reads a reply.
            call.GiveUp();
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }

        if (answer.Reply is { } reply)
        {
            await WriteAsync(context.Response, reply);
            return;
        }

        context.Features.Set<IForwarderErrorFeature>(new PackFailure(answer.Error, answer.Exception));
        context.Response.StatusCode =
            answer.Error == ForwarderError.RequestTimedOut
                ? StatusCodes.Status504GatewayTimeout
                : StatusCodes.Status502BadGateway;
    }

    // That of the cluster, or what is left of the edge's, whichever ends first.
    private TimeSpan Timeout(HttpContext context, ForwarderRequestConfig? request)
    {
        var left = context.Features.Get<Resent>() is { } resent ? RequestTimeout - resent.After : RequestTimeout;
        return request?.ActivityTimeout is { } timeout && timeout < left ? timeout : left;
    }

    // The same that the proxy says of the client and of the trace when it forwards a request by itself.
    private static PackedRequest Request(HttpContext context, byte[] body)
    {
        var request = context.Request;
        var headers = request.Headers;
        headers["X-Forwarded-For"] = context.Connection.RemoteIpAddress?.ToString();
        headers["X-Forwarded-Proto"] = request.Scheme;
        headers["X-Forwarded-Host"] = headers.Host;
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            headers.TraceParent = activity.Id;
            headers.TraceState = activity.TraceStateString;
        }

        return new PackedRequest(
            request.Method,
            request.Path.Value ?? "/",
            request.QueryString.Value ?? "",
            headers,
            body
        );
    }

    private static Task WriteAsync(HttpResponse response, PackedReply reply)
    {
        response.StatusCode = reply.Status;
        foreach (var (name, values) in reply.Headers)
        {
            response.Headers.Append(name, values);
        }

        if (reply.Body.IsEmpty)
        {
            return Task.CompletedTask;
        }
        response.ContentLength = reply.Body.Length;
        return response.BodyWriter.WriteAsync(reply.Body, response.HttpContext.RequestAborted).AsTask();
    }

    private sealed record PackFailure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
