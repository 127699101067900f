using PortalServices.Gateway.Settings;
using PortalServices.ServiceDefaults;
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
        builder.Services.AddValidatedOptions<PackOptions>(PackOptions.Section);
        builder.Services.AddSingleton<PackedForwarding>().AddSingleton<ILoadBalancingPolicy, FewerUnderWay>();
        // A replica that was restarted is trusted again soon, not when a minute of old failures has passed.
        builder.Services.Configure<TransportFailureRateHealthPolicyOptions>(policy => policy.DetectionWindowSize = TimeSpan.FromSeconds(10));
        builder.Services.AddHealthChecks().AddCheck<ClusterHealth>("services");
        builder.Services.AddKnownSection(ProxyShape.Section, ProxyShape.Shape).AddSingleton<IStartupCheck, ProxyCheck>();
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection(ProxyShape.Section))
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

    public static void MapProxy(this WebApplication app)
    {
        var packs = app.Services.GetRequiredService<PackedForwarding>();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(NameFailureAsync);
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
            // Last: the destination has been chosen, and failures are told to those who watch its health.
            proxy.Use(packs.RunAsync);
        }).ConfigureEndpoints((endpoint, route) =>
        {
            if (PackedForwarding.IsFor(route))
                endpoint.WithMetadata(packs);
            // The edge refuses what is too large, and asks the route.
            if (route.MaxRequestBodySize is { } most)
                endpoint.WithMetadata(new BodySizeLimit(most));
        });
    }

    // The proxy says 400 for whatever ends its reading of a client's body: also for a replica that dies meanwhile, and for the edge's own
    // patience. A client gives up what it is blamed for, so 400 is left only to what the server found wrong with the request itself (and to
    // clients that have gone, who read no status).
    static async Task NameFailureAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.GetForwarderErrorFeature() is not { } failure)
            return;
        context.Response.StatusCode = failure.Error switch
        {
            ForwarderError.RequestCanceled => StatusCodes.Status504GatewayTimeout,
            ForwarderError.RequestBodyCanceled => StatusCodes.Status408RequestTimeout,
            ForwarderError.RequestBodyClient when context.Response.StatusCode == StatusCodes.Status400BadRequest && !IsTheClientsFault(failure.Exception) =>
                StatusCodes.Status502BadGateway,
            _ => context.Response.StatusCode,
        };
    }

    static bool IsTheClientsFault(Exception? cause) => cause switch
    {
        AggregateException several => several.InnerExceptions.Any(IsTheClientsFault),
        BadHttpRequestException => true,
        _ => cause?.InnerException is { } inner && IsTheClientsFault(inner),
    };
}
