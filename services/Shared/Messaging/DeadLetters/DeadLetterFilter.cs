using System.Diagnostics;
using MassTransit;
using PortalServices.Messaging.Outbox;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>
/// Around a consumer and its retries: what still fails becomes a dead letter, so that it neither blocks nor gets lost.
/// When the dead letters take none (the store is away, as is likely when a consumer fails; or they are full), the
/// message stays where it came from, and its consumer is tried again.
/// </summary>
internal sealed class DeadLetterFilter<TMessage>(
    string service,
    string consumer,
    IEnumerable<ServiceDeadLetters> stores,
    IEnumerable<ServiceTables> tables,
    DeadLetterKeeper keeper,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    // As long as a broker may take to confirm an event.
    private static readonly TimeSpan SenderWaits = TimeSpan.FromSeconds(5);

    private readonly IDeadLetters _letters = stores.Of(service);
    private readonly Task _tables =
        tables.FirstOrDefault(each => each.Service == service)?.AreThere ?? Task.CompletedTask;
    private readonly KeyValuePair<string, object?> _tag = MessagingTelemetry.Consumer.With(consumer);

    public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        var onlyFor = context.Headers.Get<string>(EventHeaders.OnlyFor);
        if (onlyFor is not null && onlyFor != consumer)
        {
            // Without it the message would count as one that nobody takes.
            await context.NotifyConsumed(TimeSpan.Zero, consumer);
            return;
        }

        var trace = context.Headers.Get<string>(EventHeaders.TraceParent);
        using var activity = MessagingTelemetry.Source.StartActivity(
            $"{consumer} consume",
            ActivityKind.Consumer,
            trace
        );
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            lifetime.ApplicationStopping
        );
        await WaitForTablesAsync(context, stopping.Token);
        var outcome = await ConsumeAsync(context, next, trace, stopping.Token);
        for (var failures = 1; outcome == Outcome.Held; failures++)
        {
            MessagingTelemetry.HeldUp.Add(1, _tag);
            if (SenderKeeps(context))
            {
                throw new MessageHeldException($"{consumer} fails, and the dead letters take nothing.");
            }
            await Task.Delay(DeadLetterKeeper.Waits.After(failures), time, stopping.Token);
            outcome = await ConsumeAsync(context, next, trace, stopping.Token);
        }

        // One that was replayed is a dead letter until its consumer has taken it.
        if (onlyFor is not null && outcome == Outcome.Consumed)
        {
            await _letters.RemoveAsync(context.MessageId.GetValueOrDefault(), consumer, stopping.Token);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetters").Add("consumer", consumer);

    // An event can come before the process has brought its tables up to date.
    private async Task WaitForTablesAsync(ConsumeContext<TMessage> context, CancellationToken stopping)
    {
        if (!SenderKeeps(context))
        {
            await _tables.WaitAsync(stopping);
            return;
        }
        try
        {
            await _tables.WaitAsync(SenderWaits, time, stopping);
        }
        catch (TimeoutException)
        {
            throw new MessageHeldException($"The tables of {consumer} are not there yet.");
        }
    }

    private static bool SenderKeeps(ConsumeContext<TMessage> context) =>
        context.Headers.Get<string>(EventHeaders.SenderKeeps) is not null;

    private async Task<Outcome> ConsumeAsync(
        ConsumeContext<TMessage> context,
        IPipe<ConsumeContext<TMessage>> next,
        string? trace,
        CancellationToken stopping
    )
    {
        try
        {
            await next.Send(context);
            return Outcome.Consumed;
        }
#pragma warning disable CA1031 // Whatever a consumer throws, its message is kept.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            // A process that ends, or whose connection is lost, gives the message back rather than call it dead. The
            // two sources are asked, not the token linked to them: a consumer can be cancelled, and be here, before the
            // link has carried it on.
            context.CancellationToken.ThrowIfCancellationRequested();
            lifetime.ApplicationStopping.ThrowIfCancellationRequested();
            return await keeper.TryPutAsync(service, Letter(context, trace, failure), failure, stopping)
                ? Outcome.Dead
                : Outcome.Held;
        }
    }

    private DeadLetter Letter(ConsumeContext<TMessage> context, string? trace, Exception failure) =>
        new()
        {
            MessageId = context.MessageId.GetValueOrDefault(),
            Consumer = consumer,
            Type = EventTypes.NameOf(typeof(TMessage)),
            Body = EventTypes.Write(context.Message),
            Error = DeadLetter.Shortened($"{failure.GetType().Name}: {failure.Message}"),
            FailedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Failures = 1,
            TraceParent = trace,
        };

    private enum Outcome
    {
        Consumed,
        Dead,

        /// <summary>Neither consumed nor put away.</summary>
        Held,
    }
}

/// <summary>A message could neither be consumed nor put among the dead letters; whoever sent it still has it.</summary>
public sealed class MessageHeldException(string message) : Exception(message);
