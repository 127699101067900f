using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.Messaging.Outbox;
using PortalServices.Messaging.Retired;

namespace PortalServices.Messaging;

/// <summary>What the modules of a process contribute to its one bus.</summary>
public sealed class MessagingBuilder
{
    private readonly List<Action<IRegistrationConfigurator>> _consumers = [];
    private readonly List<Action<IRabbitMqBusFactoryConfigurator, IBusRegistrationContext>> _queues = [];

    internal MessagingBuilder(IServiceCollection services) => Services = services;

    /// <summary>The process' services, for what a module needs only where there are events.</summary>
    public IServiceCollection Services { get; }

    internal void AddConsumersTo(IRegistrationConfigurator bus) => _consumers.ForEach(add => add(bus));

    /// <summary>
    /// Puts the consumers' queues on a bus, and on another one later: what the library does by itself it does for one
    /// bus alone.
    /// </summary>
    internal void AddQueuesTo(IRabbitMqBusFactoryConfigurator broker, IBusRegistrationContext context) =>
        _queues.ForEach(add => add(broker, context));

    internal bool HasRetired { get; private set; }

    /// <summary>
    /// Adds a consumer, which is tried three times and whose failures become dead letters of its service.
    /// </summary>
    /// <param name="service">The service, with <see cref="AddDeadLetters"/> or <see cref="AddOutbox"/> of its
    /// own.</param>
    /// <param name="name">What it does, as in <c>show-views</c>; with the service the name of its queue, for
    /// ever.</param>
    /// <param name="maxQueued">
    /// Messages that may wait in its queue at the broker, where these are fewer than
    /// <see cref="MessagingOptions.MaxQueued"/>: past it, whoever publishes one has it back. For ever, too.
    /// </param>
    public MessagingBuilder AddConsumer<TConsumer, TMessage>(string service, string name, int? maxQueued = null)
        where TConsumer : class, IConsumer<TMessage>
        where TMessage : class
    {
        var consumer = new EventConsumer<TConsumer>(service, NameOf(service, name), maxQueued);
        MessagingTelemetry.Consumer.Add(consumer.Name);
        Services.AddSingleton(consumer).AddSingleton(new ConsumerQueue(consumer.Service, consumer.Name));
        _consumers.Add(bus => bus.AddConsumer<TConsumer, EventConsumerDefinition<TConsumer, TMessage>>());
        _queues.Add(
            (broker, context) =>
                broker.ReceiveEndpoint(consumer.Name, queue => queue.ConfigureConsumer<TConsumer>(context))
        );
        return Publishes<TMessage>();
    }

    /// <summary>Says that this process publishes an event.</summary>
    public MessagingBuilder Publishes<TMessage>()
        where TMessage : class => Publishes<TMessage>(isOptional: false);

    /// <summary>
    /// Says that this process publishes an event that no part of the product consumes: the broker drops it where nobody
    /// else has a queue for it.
    /// </summary>
    public MessagingBuilder PublishesForOthers<TMessage>()
        where TMessage : class => Publishes<TMessage>(isOptional: true);

    /// <summary>
    /// Adds what is left of a consumer of an earlier version. Its queue at the broker is emptied and deleted; events
    /// that an earlier version has left in an outbox, and dead letters, are given to it as well.
    /// </summary>
    /// <param name="service">The service that it belonged to.</param>
    /// <param name="name">Its name, as it was given to <see cref="AddConsumer"/>.</param>
    public MessagingBuilder AddRetiredConsumer<TConsumer, TMessage>(string service, string name)
        where TConsumer : class, IRetiredConsumer<TMessage>
        where TMessage : class
    {
        Services.TryAddScoped<TConsumer>();
        var queue = new ConsumerQueue(service, NameOf(service, name));
        MessagingTelemetry.Consumer.Add(queue.Name);
        Services
            .AddSingleton(queue)
            .AddSingleton(
                new RetiredConsumer(
                    queue,
                    typeof(TMessage),
                    (scope, message, cancel) =>
                        scope.GetRequiredService<TConsumer>().ConsumeAsync((TMessage)message, cancel)
                )
            );
        HasRetired = true;
        return PublishesForOthers<TMessage>();
    }

    private MessagingBuilder Publishes<TMessage>(bool isOptional)
    {
        MessagingTelemetry.Type.Add(EventTypes.NameOf(typeof(TMessage)));
        Services.AddSingleton(new EventType(typeof(TMessage), isOptional));
        return this;
    }

    private static string NameOf(string service, string name) => $"portal.{service}.{name}";

    /// <summary>
    /// Adds the publisher of a service's outbox, and its dead letters, both in its own database, whose model has them
    /// by <see cref="OutboxModel.AddMessagingTables"/>.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="tables">
    /// Ends once the tables are there, and the service's consumers begin; null where they always are.
    /// </param>
    public MessagingBuilder AddOutbox<TContext>(string service, Func<IServiceProvider, Task>? tables = null)
        where TContext : DbContext
    {
        Services.TryAddSingleton<OutboxState<TContext>>();
        Services.AddSingleton(provider => new OutboxTables<TContext>(
            service,
            tables?.Invoke(provider) ?? Task.CompletedTask
        ));
        Services.AddSingleton(provider => new ServiceTables(
            service,
            provider.GetRequiredService<OutboxTables<TContext>>().AreThere
        ));
        Services.AddPeriodicWork<OutboxPublisher<TContext>>().AddPeriodicWork<OutboxLook<TContext>>();
        Services.AddHealthChecks().AddCheck<OutboxHealth<TContext>>($"{service}Outbox", HealthStatus.Degraded);
        return AddDeadLetters(
            service,
            provider => ActivatorUtilities.CreateInstance<SqlDeadLetters<TContext>>(provider)
        );
    }

    /// <summary>Adds the dead letters of a service that keeps them elsewhere.</summary>
    public MessagingBuilder AddDeadLetters(string service, Func<IServiceProvider, IDeadLetters> make)
    {
        MessagingTelemetry.Service.Add(service);
        Services.AddSingleton(provider => new ServiceDeadLetters(service, make(provider)));
        Services.AddPeriodicWork<DeadLetterCounts>();
        Services
            .AddHealthChecks()
            .AddTypeActivatedCheck<DeadLetterHealth>($"{service}DeadLetters", HealthStatus.Degraded, service);
        return this;
    }
}
