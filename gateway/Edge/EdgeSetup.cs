using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PortalServices.Edge.Compression;
using PortalServices.Edge.Direct;
using PortalServices.Edge.Doors;
using PortalServices.Edge.Headers;
using PortalServices.Edge.Limits;
using PortalServices.Edge.Reference;
using PortalServices.Edge.Robots;
using PortalServices.Edge.Sites;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Connections;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.ServiceDefaults.Requests;
using PortalServices.ServiceDefaults.Telemetry;
using PortalServices.Sites;

namespace PortalServices.Edge;

/// <summary>What happens at the doors once, whether services are behind them or beside them in the process.</summary>
public static class EdgeSetup
{
    // A recorded trace costs about as much as ten views; clients must not be able to ask for more of them.
    private const int MaxTracesPerSecond = 10;

    /// <summary>Adds the edge's policies and the operators' keys.</summary>
    public static WebApplicationBuilder AddEdge(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOperatorAccess();
        var services = builder.Services.AddSites();
        services.AddValidatedOptions<EdgeOptions>(EdgeOptions.Section);
        services.TryAddSingleton<EdgeTelemetry>();
        services.TryAddSingleton<SiteDoor>();
        services.TryAddSingleton<RateLimits>();
        services.TryAddSingleton<IEarlyHandler>(provider =>
            ActivatorUtilities.CreateInstance<DirectRequests>(provider)
        );
        services.TryAddSingleton<ICorsPolicyProvider, SiteCorsPolicy>();
        services.AddSingleton<System.Diagnostics.DistributedContextPropagator, TraceContext>();
        services.Configure<TraceLimitOptions>(traces => traces.MaxPerSecond = MaxTracesPerSecond);
        services
            .AddOptions<TrustedPeers>()
            .Configure<IOptions<EdgeOptions>>((peers, edge) => peers.Networks = edge.Value.TrustedProxies);
        services.AddCors();
        services.AddReplyCompression();
        services.AddRequestTimeouts();
        services
            .AddOptions<RequestTimeoutOptions>()
            .Configure<IOptions<EdgeOptions>>(
                (timeouts, edge) =>
                    timeouts.DefaultPolicy = new()
                    {
                        Timeout = edge.Value.RequestTimeout,
                        TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
                    }
            );
        return builder;
    }

    /// <summary>
    /// Puts the policies in their order: who asks, for which site and from which origin, so that the pages of a site can
    /// read whatever is refused after that; how large the head is, what is there, how much, how long, and for operators
    /// with which key. Comes after <c>UseServiceDefaults</c>. Maps the API reference and robots.txt, too.
    /// </summary>
    public static WebApplication UseEdge(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<IOptions<EdgeOptions>>().Value;
        var telemetry = app.Services.GetRequiredService<EdgeTelemetry>();
        app.UseSecurityHeaders();
        app.UseKnownMethods(telemetry);
        app.UseForwardedClient(
            new ForwardedClient(options.TrustedProxies, app.Services.GetRequiredService<ILoggerFactory>()),
            Door.Public,
            Door.Operators
        );
        app.UseReplyCompression();
        app.Use(app.Services.GetRequiredService<SiteDoor>().RunAsync);
        app.UseCors();
        app.Use(new HeadLimit(options, telemetry).RunAsync);
        app.UseForwardingHeadersRemoved();
        app.UsePublicDoor(telemetry);
        app.Use(
            new SuspensionLimit(options, app.Services.GetRequiredService<SuspensionDetector>(), telemetry).RunAsync
        );
        app.Use(new BodyLimit(options, telemetry, app.Services.GetRequiredService<TimeProvider>()).RunAsync);
        app.UseWhen(
            context =>
                context.GetEndpoint()?.Metadata.GetMetadata<IHandlesOwnTimeout>()?.Covers(context.Request) != true,
            others => others.UseRequestTimeouts().Use(EndTimeoutWithReply)
        );
        app.Use(app.Services.GetRequiredService<RateLimits>().RunAsync);
        app.UseOperatorAccess();
        app.MapApiReference();
        app.MapRobotsFile();
        return app;
    }

    // It is for replies to begin. A client that reads a large one slowly has the time that its rate allows.
    private static Task EndTimeoutWithReply(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state => ((HttpContext)state).EndTimeout(), context);
        return next(context);
    }

    private static Task EndTimeout(this HttpContext context)
    {
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        return Task.CompletedTask;
    }
}
