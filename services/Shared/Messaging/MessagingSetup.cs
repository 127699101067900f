using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Messaging.Retired;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.ServiceDefaults.Telemetry;
using RabbitMQ.Client;

namespace PortalServices.Messaging;

/// <summary>The events between services.</summary>
public static class MessagingSetup
{
    private const string NotStarted = "bus-not-started";

    // When the process is to end: after the first, what consumers still work on is cancelled and given back to the
    // broker; the second is the end of it.
    private static readonly TimeSpan ConsumersEnd = TimeSpan.FromSeconds(5);

    internal static readonly TimeSpan BusEnds = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Adds the bus of the process: RabbitMQ where <c>ConnectionStrings:rabbitmq</c> names one
    /// (<c>amqp://user:password@host:5672/virtual-host</c>), and otherwise the consumers of this process itself.
    /// </summary>
    /// <param name="builder">The process; once.</param>
    /// <param name="contribute">The modules' consumers and outboxes.</param>
    public static WebApplicationBuilder AddMessaging(
        this WebApplicationBuilder builder,
        Action<MessagingBuilder> contribute
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(contribute);
        var services = builder.Services;
        services.AddValidatedOptions<MessagingOptions>(MessagingOptions.Section);
        services.AddMetersOf(typeof(MessagingTelemetry));
        services.AddSingleton<EventTypes>().AddSingleton<DeadLetterKeeper>().AddSingleton<RetiredConsumers>();
        services.AddSingleton(provider => new EventAnnouncer(
            provider.GetRequiredService<IEventTransport>(),
            provider.GetRequiredService<ILogger<EventAnnouncer>>()
        ));
        var messaging = new MessagingBuilder(services);
        contribute(messaging);
        var broker = builder.Configuration.GetConnectionString("rabbitmq");
        if (!string.IsNullOrEmpty(broker) && Address(broker) is { } address)
        {
            AddRabbitMq(services, messaging, address);
        }
        else
        {
            services.AddMediator(messaging.AddConsumersTo).AddSingleton<IEventTransport, InProcessTransport>();
            services.AddSingleton<IStartNote>(
                new StartNote("Without a broker (ConnectionStrings:rabbitmq): events stay within this process")
            );
        }
        services.AddSingleton<IStartupCheck, BrokerAddressCheck>();
        return builder;
    }

    private static void AddRabbitMq(IServiceCollection services, MessagingBuilder messaging, Uri address)
    {
        services.AddMassTransit(bus =>
        {
            messaging.AddConsumersTo(bus);
            // The one bus that it would make is never started: BusKeeper makes its own.
            bus.UsingRabbitMq((_, broker) => broker.Host(address));
            bus.ConfigureHealthCheckOptions(health => health.Name = NotStarted);
        });
        services.RemoveMassTransitHostedService();
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var unused in health.Registrations.Where(each => each.Name == NotStarted).ToArray())
            {
                health.Registrations.Remove(unused);
            }
        });
        services.AddSingleton<BusFactory>(provider => () => new RabbitMqRegistrationBusFactory(
                    (context, broker) =>
                    {
                        broker.Host(
                            address,
                            host =>
                                host.OnRefreshConnectionFactory = factory =>
                                    provider.GetRequiredService<BrokerGate>()(factory)
                        );
                        messaging.AddQueuesTo(broker, context);
                    }
                ).CreateBus(provider.GetRequiredService<IBusRegistrationContext>(), [], "").BusControl);
        // By itself the bus would wait for a consumer longer than the process is given to end.
        services.Configure<MassTransitHostOptions>(host =>
            (host.ConsumerStopTimeout, host.StopTimeout) = (ConsumersEnd, BusEnds)
        );
        services.AddSingleton<IEventTransport, RabbitMqTransport>();
        services.AddSingleton<BrokerState>().AddSingleton<BrokerLogin>().AddSingleton<RefusedConsumers>();
        services.AddSingleton<BrokerGate>(provider => provider.GetRequiredService<BrokerLogin>().WaitAsync);
        services.AddSingleton(new ConnectionFactory { Uri = address, AutomaticRecoveryEnabled = false });
        services.AddPeriodicWork<BrokerWatch>().AddPeriodicWork<BusKeeper>().AddPeriodicWork<ParkedMessages>();
        if (messaging.HasRetired)
        {
            services.AddPeriodicWork<RetiredQueues>();
        }
        services
            .AddHealthChecks()
            .AddCheck<BusKeeper>("broker", HealthStatus.Degraded)
            .AddCheck<BrokerState>("brokerConnection", HealthStatus.Degraded);
    }

    internal static Uri? Address(string broker) =>
        Uri.TryCreate(broker, UriKind.Absolute, out var address)
        && address is { Scheme: "amqp" or "amqps", Host.Length: > 0 }
            ? address
            : null;
}

/// <summary>
/// Stops the start where the broker's address cannot be read. It may hold a password, so no part of it is repeated.
/// </summary>
internal sealed class BrokerAddressCheck(IConfiguration configuration) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync() =>
        new(
            configuration.GetConnectionString("rabbitmq") is { Length: > 0 } broker
            && MessagingSetup.Address(broker) is null
                ? ["ConnectionStrings:rabbitmq: not an address such as amqp://user:password@host:5672/virtual-host"]
                : []
        );
}
