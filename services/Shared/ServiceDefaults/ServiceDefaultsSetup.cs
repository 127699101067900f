using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PortalServices.Http.Json;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Health;
using PortalServices.ServiceDefaults.Requests;
using PortalServices.ServiceDefaults.Shutdown;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults;

/// <summary>What every process of the product has.</summary>
public static class ServiceDefaultsSetup
{
    /// <summary>
    /// Adds time and its standstills, problems, JSON conventions, health, doors, logs and telemetry.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddPeriodicWork<SuspensionDetector>();
        services.AddMetrics();
        services.TryAddSingleton<StartProgress>();
        services
            .AddHealthChecks()
            .AddCheck<WorkHealth>("work", HealthStatus.Degraded)
            .AddCheck<DiskHealth>("disk", HealthStatus.Degraded);
        services.AddValidatedOptions<DiskOptions>(DiskOptions.Section);
        services.TryAddSingleton<HealthProbes>();
        services.AddValidatedOptions<SecretsOptions>(SecretsOptions.Section);
        services.AddValidatedOptions<GatewayOptions>(GatewayOptions.Section);

        services.AddExceptionHandler<ProblemResponses>();
        services.ConfigureHttpJsonOptions(json => PortalJson.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);

        services.AddValidatedOptions<ShutdownOptions>(ShutdownOptions.Section);
        services.AddSingleton<RequestTally>().AddSingleton<ListenSockets>().AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services
            .AddOptions<SocketTransportOptions>()
            .Configure<ListenSockets>((transport, sockets) => transport.CreateBoundListenSocket = sockets.Bind);

        services.AddValidatedOptions<ConnectionsOptions>(ConnectionsOptions.Section);
        services.AddSingleton<ConnectionTelemetry>().AddSingleton<ConnectionBudget>();
        services.AddSingleton<IConnectionListenerFactory>(provider => new BoundedListenerFactory(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider),
            provider.GetRequiredService<ConnectionBudget>
        ));
        services.AddSingleton<IStartupCheck, SectionCheck>();
        services
            .AddKnownSection("ConnectionStrings", FrameworkSections.ConnectionStrings)
            .AddKnownSection(PortalLogs.Section, FrameworkSections.Logging);
        services.AddKnownSection(DoorSettings.Kestrel, DoorSettings.Shape);
        services.AddSingleton<DoorList>();
        services.AddSingleton<IStartupCheck>(provider => provider.GetRequiredService<DoorList>());
        services.AddSingleton<IHostCommand, HealthCommand>();
        // The server is made before the settings are known to be right, and so is all that it is made of: the budget is
        // asked for when it listens.
        services
            .AddOptions<KestrelServerOptions>()
            .Configure<DoorList, IServiceProvider>(
                (kestrel, doors, provider) =>
                    KestrelSetup.Apply(
                        kestrel,
                        doors,
                        provider.GetRequiredService<ConnectionBudget>,
                        provider.GetServices<IDoorProtocol>
                    )
            );
        builder.Logging.AddPortalLogs(builder.Configuration);
        builder.AddTelemetry();
        return builder;
    }

    /// <summary>
    /// Puts first in the pipeline: routing, requests that are answered early, requests counted, bodies read to their end,
    /// failures as problems, the host in one spelling, health, the client's address behind the gateway.
    /// </summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        KestrelSetup.ApplyTimes(
            app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value,
            app.Services.GetRequiredService<IOptions<ConnectionsOptions>>().Value
        );
        RequestSpan.Use(app);
        app.UseRouting();
        EarlyRequests.Use(app);
        Drain.Use(app);
        app.Use(
            (context, next) =>
                context.Features.Get<TrackedConnection>() is { } connection
                    ? connection.RunAsync(context, next)
                    : next(context)
        );
        app.UseBodyDrain();
        app.UseExceptionHandler(_ => { });
        EarlyRequests.UseFaults(app);
        app.UseStatusCodePages(ProblemResponses.WriteForStatusAsync);
        app.UseHostName();
        app.UseHealth();
        app.UseMetricsPage();
        app.UseForwardedClient(
            new ForwardedClient(
                app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Trusted,
                app.Services.GetRequiredService<ILoggerFactory>()
            ),
            Door.Internal
        );
        return app;
    }

    /// <summary>
    /// Binds options to a section and validates them at the start: by their attributes (and <c>IValidatableObject</c>),
    /// all mistakes at once, each named by its key. A key that the options do not have, at any depth, is a mistake.
    /// </summary>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        if (services.Any(service => service.ServiceType == typeof(ValidatedSection<T>)))
        {
            return services.AddOptions<T>();
        }
        services.AddSingleton(new KnownSection(section, null));
        services.AddSingleton(provider => new ValidatedSection<T>(
            provider.GetRequiredService<IConfiguration>(),
            section
        ));
        services.AddSingleton<IConfigureOptions<T>>(provider => provider.GetRequiredService<ValidatedSection<T>>());
        services.AddSingleton<IValidateOptions<T>>(provider => provider.GetRequiredService<ValidatedSection<T>>());
        return services.AddOptions<T>().ValidateOnStart();
    }
}
