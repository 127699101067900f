using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PortalServices.Messaging;

/// <summary>
/// Around a consumer and its retries: what still fails becomes a dead letter, so that it neither blocks nor gets lost. When the dead letters take
/// none (the store is away, as is likely when a consumer fails; or they are full), the message stays where it came from, and its consumer is tried again.
/// </summary>
internal sealed partial class DeadLetterFilter<TMessage>(
    string service, string consumer, IEnumerable<ServiceDeadLetters> stores, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<DeadLetterFilter<TMessage>> logger) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromSeconds(30);

    readonly IDeadLetters _letters = stores.First(each => each.Service == service).Letters;
    readonly KeyValuePair<string, object?> _tag = new("consumer", consumer);

    public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        var onlyFor = context.Headers.Get<string>(EventHeaders.OnlyFor);
        if (onlyFor is not null && onlyFor != consumer)
            return;
        var trace = context.Headers.Get<string>(EventHeaders.TraceParent);
        using var activity = MessagingTelemetry.Source.StartActivity($"{consumer} consume", ActivityKind.Consumer, trace);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var outcome = await ConsumeAsync(context, next, trace, stopping.Token);
        for (var wait = FirstWait; outcome == Outcome.Held; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            MessagingTelemetry.HeldUp.Add(1, _tag);
            if (context.Headers.Get<string>(EventHeaders.SenderKeeps) is not null)
                throw new MessageHeldException($"{consumer} fails, and the dead letters take nothing.");
            await Task.Delay(wait, time, stopping.Token);
            outcome = await ConsumeAsync(context, next, trace, stopping.Token);
        }

        // One that was replayed is a dead letter until its consumer has taken it.
        if (onlyFor is not null && outcome == Outcome.Consumed)
            await _letters.RemoveAsync(context.MessageId.GetValueOrDefault(), consumer, stopping.Token);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetters").Add("consumer", consumer);

    async Task<Outcome> ConsumeAsync(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next, string? trace, CancellationToken stopping)
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
            // A process that ends, or whose connection is lost, gives the message back rather than call it dead. The two sources are asked, not the token
            // linked to them: a consumer can be cancelled, and be here, before the link has carried it on.
            context.CancellationToken.ThrowIfCancellationRequested();
            lifetime.ApplicationStopping.ThrowIfCancellationRequested();
            return await PutAsync(Letter(context, trace, failure), failure, stopping) ? Outcome.Dead : Outcome.Held;
        }
    }

    async Task<bool> PutAsync(DeadLetter letter, Exception failure, CancellationToken stopping)
    {
        try
        {
            if (!await _letters.TryPutAsync(letter, stopping))
            {
                LogFull(failure, consumer, letter.MessageId);
                return false;
            }
        }
#pragma warning disable CA1031 // Whatever keeps it from being put away, it is held.
        catch (Exception away) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogAway(failure, consumer, letter.MessageId, away.Message);
            return false;
        }

        MessagingTelemetry.DeadLetters.Add(1, _tag);
        LogDead(failure, consumer, letter.MessageId);
        return true;
    }

    DeadLetter Letter(ConsumeContext<TMessage> context, string? trace, Exception failure)
    {
        var error = $"{failure.GetType().Name}: {failure.Message}";
        return new DeadLetter
        {
            MessageId = context.MessageId.GetValueOrDefault(),
            Consumer = consumer,
            Type = EventTypes.NameOf(typeof(TMessage)),
            Body = EventTypes.Write(context.Message),
            Error = error.Length > DeadLetter.MostErrorCharacters ? error[..DeadLetter.MostErrorCharacters] : error,
            FailedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Failures = 1,
            TraceParent = trace,
        };
    }

    enum Outcome
    {
        Consumed,
        Dead,

        /// <summary>Neither consumed nor put away.</summary>
        Held,
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Consumer} failed on message {Id}, which is among the dead letters now")]
    partial void LogDead(Exception failure, string consumer, Guid id);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Consumer} fails on message {Id} and the dead letters are full: it is held until some are replayed or discarded")]
    partial void LogFull(Exception failure, string consumer, Guid id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Consumer} fails on message {Id} and the dead letters do not answer ({Why}): it is held and tried again")]
    partial void LogAway(Exception failure, string consumer, Guid id, string why);
}

/// <summary>A message could neither be consumed nor put among the dead letters; whoever sent it still has it.</summary>
public sealed class MessageHeldException(string message) : Exception(message);
