using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace PortalServices.Gateway;

/// <summary>The proxy, as the section <c>ReverseProxy</c> describes it.</summary>
internal static class ProxySetup
{
    public static WebApplicationBuilder AddProxy(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProbingRequestFactory, ProbeRequest>();
        // A replica that was restarted is trusted again soon, not when a minute of old failures has passed.
        builder.Services.Configure<TransportFailureRateHealthPolicyOptions>(policy => policy.DetectionWindowSize = TimeSpan.FromSeconds(10));
        builder.Services.AddHealthChecks().AddCheck<ClusterHealth>("services");
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .ConfigureHttpClient((_, handler) => NoticeLostHosts(handler));
        return builder;
    }

    // A host that vanished without a word is found out in seconds, not by every waiting request for itself.
    static void NoticeLostHosts(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = TimeSpan.FromSeconds(2);
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }

    public static void MapProxy(this WebApplication app) => app.MapReverseProxy(proxy =>
    {
        proxy.Use(NameTimeoutAsync);
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
    });

    // The proxy takes the end of the edge's patience for a client that gave up, and says 400; for the latter nobody reads the status.
    static async Task NameTimeoutAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted)
            return;
        context.Response.StatusCode = context.GetForwarderErrorFeature()?.Error switch
        {
            ForwarderError.RequestCanceled => StatusCodes.Status504GatewayTimeout,
            ForwarderError.RequestBodyCanceled => StatusCodes.Status408RequestTimeout,
            _ => context.Response.StatusCode,
        };
    }
}
