using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Edge.CachedReads;
using PortalServices.Gateway.Framed;
using PortalServices.Gateway.Replicas;
using PortalServices.Gateway.Settings;
using PortalServices.Http.Requests;
using PortalServices.OperatorAccess.Gate;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace PortalServices.Gateway;

/// <summary>The proxy, as the section <c>ReverseProxy</c> describes it.</summary>
internal static class ProxySetup
{
    public static WebApplicationBuilder AddProxy(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProbingRequestFactory, ProbeRequest>();
        builder.Services.AddValidatedOptions<FramesOptions>(FramesOptions.Section);
        builder.Services.AddSingleton<FramePeers>().AddSingleton<FramedForwarding>().AddSingleton<DirectForwarding>();
        builder.Services.AddCachedReads();
        builder.Services.AddSingleton<RequestsUnderWay>().AddSingleton<Resend>().AddSingleton<ReplicaHealth>();
        builder
            .Services.AddSingleton<LeastInFlightOfTwo>()
            .AddSingleton<ILoadBalancingPolicy>(all => all.GetRequiredService<LeastInFlightOfTwo>())
            .AddSingleton<ILoadBalancingPolicy, PreferredForSite>()
            .AddSingleton<IActiveHealthCheckPolicy, Readiness>();
        builder.Services.AddSingleton<IForwarderHttpClientFactory, ReplicaClients>();
        // A replica that was restarted is trusted again soon, not when a minute of old failures has passed.
        builder.Services.Configure<TransportFailureRateHealthPolicyOptions>(policy =>
            policy.DetectionWindowSize = TimeSpan.FromSeconds(10)
        );
        builder.Services.AddHealthChecks().AddCheck<ClusterHealth>("services", HealthStatus.Degraded);
        builder
            .Services.AddKnownSection(ProxyShape.Section, ProxyShape.Shape)
            .AddSingleton<IStartupCheck, ProxyCheck>();
        builder
            .Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection(ProxyShape.Section))
            .AddConfigFilter<ClusterDefaults>();
        return builder;
    }

    public static void MapProxy(this WebApplication app)
    {
        var frames = app.Services.GetRequiredService<FramedForwarding>();
        var direct = app.Services.GetRequiredService<DirectForwarding>();
        var underWay = app.Services.GetRequiredService<RequestsUnderWay>();
        var resend = app.Services.GetRequiredService<Resend>();
        var suspension = app.Services.GetRequiredService<SuspensionDetector>();
        // The proxy brings it, and the framework puts it in front of the whole pipeline unless it has a place.
        app.UseAuthorization();
        app.MapReverseProxy(proxy =>
            {
                proxy.Use(NameFailureAsync);
                // What may have lain in the sockets of this process while it stood still has waited as long.
                proxy.Use(
                    (context, next) =>
                    {
                        if (HttpMethods.IsPost(context.Request.Method))
                        {
                            GatewayHeaders.AddWaited(context.Request.Headers, suspension.RecentPause());
                        }
                        return next(context);
                    }
                );
                proxy.Use(resend.RunAsync);
                proxy.UseLoadBalancing();
                proxy.Use(underWay.RunAsync);
                proxy.UsePassiveHealthChecks();
                proxy.Use(DestinationFault.RunAsync);
                // The destination has been chosen, and failures are told to those who watch its health.
                proxy.Use(frames.RunAsync);
                proxy.Use(HeldBody.RunAsync);
            })
            .ConfigureEndpoints(
                (endpoint, route) =>
                {
                    if (FramedForwarding.RouteOf(route) is { } framed)
                    {
                        endpoint.WithMetadata(frames, direct, framed);
                    }
                    if (CachedRoutes.QueryOf(route) is { } query)
                    {
                        endpoint.CacheReads(app.Services, query);
                    }
                    if (route.Metadata?.GetValueOrDefault(nameof(SiteLimit)) is nameof(SiteLimit.Service))
                    {
                        endpoint.LimitSites(SiteLimit.Service);
                    }
                    // The edge refuses what is too large, and asks the route.
                    if (route.MaxRequestBodySize is { } most)
                    {
                        endpoint.WithMetadata(new BodySizeLimit(most));
                    }
                }
            );
    }

    // What the proxy says of a failure, in the product's words. The edge has read the head and the whole body before
    // they are forwarded: what fails from there on is not the client's fault, unless the request could not even be
    // made.
    private static async Task NameFailureAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted)
        {
            return;
        }
        var error = context.Features.Get<RequestFault>()?.Error ?? context.GetForwarderErrorFeature()?.Error;
        context.Response.StatusCode = error switch
        {
            ForwarderError.RequestCanceled => StatusCodes.Status504GatewayTimeout,
            ForwarderError.RequestCreation => StatusCodes.Status400BadRequest,
            ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled => StatusCodes.Status502BadGateway,
            _ => context.Response.StatusCode,
        };
    }
}
