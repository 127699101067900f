using System.IO.Pipelines;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using PortalServices.Edge.Doors;
using PortalServices.Edge.Headers;
using PortalServices.Edge.Limits;
using PortalServices.Edge.Sites;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.ServiceDefaults.Requests;

namespace PortalServices.Edge.Direct;

/// <summary>
/// The short way through the edge for requests of endpoints with an <see cref="IDirectHandler"/>: the rules of the
/// pipeline one after another, as one function. It answers only what passes all of them; a request that one refuses, or
/// that is unusual, goes through the pipeline, which refuses it again and says why. What a rule changes of a request it
/// changes once, however often it is applied.
/// </summary>
internal sealed class DirectRequests : IEarlyHandler
{
    private readonly ForwardedClient _client;
    private readonly SiteDoor _sites;
    private readonly ICorsService _cors;
    private readonly HeadLimit _head;
    private readonly SuspensionLimit _suspension;
    private readonly BodyLimit _body;
    private readonly EdgeTelemetry _telemetry;
    private readonly Action<HttpContext> _completeHeaders;

    public DirectRequests(
        IOptions<EdgeOptions> options,
        SiteDoor sites,
        ICorsService cors,
        SuspensionDetector suspension,
        EdgeTelemetry telemetry,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        _completeHeaders = CompleteHeaders;
        _client = new ForwardedClient(options.Value.TrustedProxies, loggers);
        (_sites, _cors, _telemetry) = (sites, cors, telemetry);
        _head = new HeadLimit(options.Value, telemetry);
        _suspension = new SuspensionLimit(options.Value, suspension, telemetry);
        _body = new BodyLimit(options.Value, telemetry, time);
    }

    public bool Covers(HttpContext context) =>
        HandlerOf(context) is { } handler
        && IsPlain(context)
        && handler.Covers(context.Request)
        && Passes(context)
        && HasWholeBody(context.Request);

    public Task<bool> TryAnswerAsync(HttpContext context) =>
        HandlerOf(context)?.TryAnswerAsync(new DirectRequest(context, _completeHeaders)) ?? Task.FromResult(false);

    public void CompleteFault(HttpContext context) =>
        context.Response.OnStarting(
            static state =>
            {
                var (complete, context) = ((Action<HttpContext>, HttpContext))state;
                complete(context);
                return Task.CompletedTask;
            },
            (_completeHeaders, context)
        );

    private static IDirectHandler? HandlerOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IDirectHandler>();

    // What the pipeline adds while a reply begins, in the same order.
    private void CompleteHeaders(HttpContext context)
    {
        _telemetry.CountDirect();
        if (context.Request.Headers.Origin.Count > 0)
        {
            _cors.ApplyResult(_cors.EvaluatePolicy(context, SiteCorsPolicy.OfSites), context.Response);
        }
        SiteDoor.VaryByOrigin(context.Response);
        SecurityHeaders.AddTo(context);
    }

    // A visitor's request by HTTP as everybody speaks it, for which nothing but its body is to be read.
    private static bool IsPlain(HttpContext context) =>
        context.Door() is Door.Public
        && context.Connection.RemoteIpAddress is not null
        && HttpMethods.IsPost(context.Request.Method)
        && context.Request.ContentLength is > 0
        && context.Request.Headers.Expect.Count == 0
        && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true
        && context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect != true;

    // In the order of the pipeline.
    private bool Passes(HttpContext context)
    {
        var request = context.Request;
        if (!HostName.TryNormalize(request.Headers) || !KnownMethods.Contain(request.Method))
        {
            return false;
        }
        _client.Apply(context);
        if (
            !SiteDoor.IsGuarded(request.Path, out var site)
            || _sites.Refuses(context, site) is not null
            || _head.Refuses(context) is not null
        )
        {
            return false;
        }
        ForwardingHeaders.RemoveFrom(request.Headers);
        return !PublicDoor.Hides(context)
            && !_suspension.Refuses(request)
            && request.ContentLength <= _body.MaxBytes(context)
            && !RateLimits.Cover(context);
    }

    // It has come with the head of the request, and is read from where it lies.
    private static bool HasWholeBody(HttpRequest request)
    {
        ReadResult read;
        try
        {
            if (!request.BodyReader.TryRead(out read))
            {
                return false;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Who reads it again is told so again.
            return false;
        }
        var isWhole = read.IsCompleted && read.Buffer.Length == request.ContentLength;
        request.BodyReader.AdvanceTo(read.Buffer.Start, isWhole ? read.Buffer.End : read.Buffer.Start);
        return isWhole;
    }
}
