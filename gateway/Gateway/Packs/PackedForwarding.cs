using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using PortalServices.Edge;
using PortalServices.ServiceDefaults;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace PortalServices.Gateway;

/// <summary>
/// Sends small requests to a service in packs: what waits at the same time travels together, since a request of its own costs both sides more
/// than all that is done for it. For routes with the metadata <c>Packed: true</c>, and of those for a <c>POST</c> with a body of known and small
/// size; everything else is forwarded by itself, as are requests that find too many waiting.
/// </summary>
internal sealed class PackedForwarding(EdgeOptions edge, ILogger<PackedForwarding> logger) : IOwnPatience
{
    const string Metadata = "Packed";
    const int MostBodyBytes = 32 * 1024;

    static readonly ConditionalWeakTable<DestinationState, PackLane> Lanes = [];

    /// <summary>Whether requests of a route may travel in packs.</summary>
    public static bool IsFor(RouteConfig route) =>
        route.Metadata is { } metadata && metadata.TryGetValue(Metadata, out var packed) && bool.TryParse(packed, out var isPacked) && isPacked;

    /// <summary>Packed requests under way to a destination.</summary>
    public static int UnderWay(DestinationState destination) => Lanes.TryGetValue(destination, out var lane) ? lane.UnderWay : 0;

    /// <inheritdoc/>
    public bool Covers(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentLength.GetValueOrDefault() <= MostBodyBytes
        && request.Headers.TransferEncoding.Count == 0 && request.Headers.Upgrade.Count == 0;

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var feature = context.GetReverseProxyFeature();
        return IsFor(feature.Route.Config) && Covers(context.Request) && feature.AvailableDestinations is [var destination]
            && Lanes.GetOrAdd(destination, _ => new PackLane(logger)) is { IsFull: false } lane
            ? ForwardAsync(context, feature, destination, lane)
            : next(context);
    }

    async Task ForwardAsync(HttpContext context, IReverseProxyFeature feature, DestinationState destination, PackLane lane)
    {
        feature.ProxiedDestination = destination;
        if (await TryReadBodyAsync(context) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status408RequestTimeout;
            return;
        }

        var call = new PackedCall(PackFormat.Write(Request(context, body)), new PackTarget(
            feature.Cluster.HttpClient, destination.Model.Config.Address, Patience(feature.Cluster.Config.HttpRequest)));
        lane.Add(call);
        PackedAnswer answer;
        try
        {
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
        context.Response.StatusCode = answer.Error == ForwarderError.RequestTimedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway;
    }

    // The proxy's own patience, which starts anew with every byte, or that of the edge, whichever ends first.
    TimeSpan Patience(ForwarderRequestConfig? request) =>
        request?.ActivityTimeout is { } timeout && timeout < edge.RequestTimeout ? timeout : edge.RequestTimeout;

    /// <summary>The whole body; null when it did not come in time.</summary>
    async ValueTask<byte[]?> TryReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not > 0)
            return [];
        var reader = context.Request.BodyReader;
        CancellationTokenSource? patience = null;
        try
        {
            while (true)
            {
                // Nearly always it has come with the head of the request, and no timer is needed.
                if (!reader.TryRead(out var read))
                {
                    patience ??= new CancellationTokenSource(edge.RequestTimeout);
                    read = await reader.ReadAsync(patience.Token);
                }

                if (read.IsCompleted)
                {
                    var body = read.Buffer.ToArray();
                    reader.AdvanceTo(read.Buffer.End);
                    return body;
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (patience?.IsCancellationRequested == true)
        {
            return null;
        }
        finally
        {
            patience?.Dispose();
        }
    }

    // The same that the proxy says of the client and of the trace when it forwards a request by itself.
    static PackedRequest Request(HttpContext context, byte[] body)
    {
        var request = context.Request;
        var headers = request.Headers;
        headers["X-Forwarded-For"] = context.Connection.RemoteIpAddress?.ToString();
        headers["X-Forwarded-Proto"] = request.Scheme;
        headers["X-Forwarded-Host"] = request.Host.Value;
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            headers.TraceParent = activity.Id;
            headers.TraceState = activity.TraceStateString;
        }

        return new PackedRequest(request.Method, request.Path.Value ?? "/", request.QueryString.Value ?? "", headers, body);
    }

    static Task WriteAsync(HttpResponse response, PackedReply reply)
    {
        response.StatusCode = reply.Status;
        foreach (var (name, values) in reply.Headers)
        {
            if (PackFormat.Carries(name))
                response.Headers.Append(name, values);
        }

        if (reply.Body.IsEmpty)
            return Task.CompletedTask;
        response.ContentLength = reply.Body.Length;
        return response.BodyWriter.WriteAsync(reply.Body, response.HttpContext.RequestAborted).AsTask();
    }

    sealed record PackFailure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
