using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Messaging.Retired;

namespace PortalServices.Messaging.Outbox;

/// <summary>
/// Publishes what the outbox of <typeparamref name="TContext"/> holds. A message is deleted only after the broker has
/// confirmed it, or, within one process, after its consumers have done their work: a process that is killed in between
/// publishes it once more. Several publishers may share an outbox: each claims what it publishes for a while, and what is
/// still there then is due again.
/// </summary>
internal sealed partial class OutboxPublisher<TContext>(
    OutboxTables<TContext> tables,
    IServiceScopeFactory scopes,
    IEventTransport transport,
    EventTypes types,
    RetiredConsumers retired,
    IOptions<MessagingOptions> options,
    TimeProvider time,
    ILogger<OutboxPublisher<TContext>> logger
) : IPeriodicWork
    where TContext : DbContext
{
    private const int MaxAtOnce = 100;
    private const int InParallel = 8;

    // Longer than the transport's own timeout, so that two publishers seldom publish the same; a killed one's events
    // wait so long.
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private readonly LogPace _pace = new(time);

    public string Name => $"publishing the events of {typeof(TContext).Name}";

    /// <summary>Publishes what is due, at once again while there is more.</summary>
    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await tables.AreThere.WaitAsync(stopping);
        return await PublishAsync(stopping) ? TimeSpan.Zero : options.Value.PollEvery;
    }

    /// <summary>Publishes what is due, at most so much at once; true when there may be more.</summary>
    private async Task<bool> PublishAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>();
        var now = time.GetUtcNow();
        var messages = database.Set<OutboxMessage>();
        var claimed = await ClaimedRows.ClaimAsync<OutboxMessage>(
            database,
            now.ToUnixTimeMilliseconds(),
            (now + Claim).ToUnixTimeMilliseconds(),
            MaxAtOnce,
            "\"Id\"",
            cancel: cancel
        );
        // The oldest first.
        claimed.Sort((a, b) => string.CompareOrdinal(a.Id.ToString(), b.Id.ToString()));
        if (claimed.Count == 0)
        {
            return false;
        }
        var outcome = new Outcome[claimed.Count];
        var hasFailed = false;
        // Not ended by the token: what comes after must happen also while the process ends.
        await Parallel.ForAsync(
            0,
            claimed.Count,
            new ParallelOptions { MaxDegreeOfParallelism = InParallel },
            async (i, _) =>
            {
                // Where one waited in vain for the broker, the others need not.
                outcome[i] =
                    Volatile.Read(ref hasFailed) || cancel.IsCancellationRequested
                        ? Outcome.Untried
                        : await PublishAsync(claimed[i], cancel);
                if (outcome[i] == Outcome.Failed)
                {
                    Volatile.Write(ref hasFailed, true);
                }
            }
        );

        // What is published need not be published again, and what is not need not wait for the claim of a process that
        // ends.
        List<Guid> published =
        [
            .. claimed.Where((_, i) => outcome[i] == Outcome.Published).Select(message => message.Id),
        ];
        await messages.Where(message => published.Contains(message.Id)).ExecuteDeleteAsync(CancellationToken.None);
        var left = claimed.Select(
            (message, i) =>
                (
                    message.Id,
                    Wait: cancel.IsCancellationRequested ? TimeSpan.Zero : Wait(message, outcome[i]),
                    Outcome: outcome[i]
                )
        );
        foreach (var alike in left.Where(each => each.Outcome != Outcome.Published).GroupBy(each => each.Wait))
        {
            List<Guid> ids = [.. alike.Select(each => each.Id)];
            var dueAt = (time.GetUtcNow() + alike.Key).ToUnixTimeMilliseconds();
            await messages
                .Where(message => ids.Contains(message.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(message => message.DueAt, dueAt), CancellationToken.None);
        }
        return claimed.Count == MaxAtOnce && !hasFailed;
    }

    private async Task<Outcome> PublishAsync(OutboxMessage message, CancellationToken cancel)
    {
        var tag = MessagingTelemetry.Type.With(message.Type);
        if (!types.TryRead(message.Type, message.Body, out var content))
        {
            if (message.Attempts == 1)
            {
                LogUnknown(message.Id, message.Type);
            }
            MessagingTelemetry.PublishFailures.Add(1, tag);
            return Outcome.Unreadable;
        }

        // A parent of its own, or none: the publisher itself belongs to no request.
        using var activity = MessagingTelemetry.Source.StartActivity(
            $"{message.Type} publish",
            ActivityKind.Producer,
            message.TraceParent
        );
        try
        {
            await retired.ConsumeAsync(content, cancel);
            await transport.PublishAsync(
                new EventEnvelope(message.Id, content, activity?.Id ?? message.TraceParent),
                cancel
            );
            MessagingTelemetry.Published.Add(1, tag);
            return Outcome.Published;
        }
#pragma warning disable CA1031 // Whatever it was, the event stays and is tried again.
        catch (Exception failure) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            MessagingTelemetry.PublishFailures.Add(1, tag);
            // One line for all that wait.
            if (_pace.TryTake())
            {
                LogWaits(failure, message.Id, message.Type);
            }
            return Outcome.Failed;
        }
        catch (OperationCanceledException)
        {
            return Outcome.Untried;
        }
    }

    /// <summary>
    /// 1, 2, 4 … seconds for what failed, up to the longest; what was not tried is out of its way soon, so that nothing
    /// holds up the rest for long.
    /// </summary>
    private TimeSpan Wait(OutboxMessage message, Outcome outcome) =>
        new Backoff(FirstWait, options.Value.LongestWait).After(outcome == Outcome.Untried ? 1 : message.Attempts);

    private enum Outcome
    {
        /// <summary>Not tried, because another had failed, or the process ends.</summary>
        Untried,
        Published,
        Failed,

        /// <summary>Of a type that this version does not know; says nothing about the others.</summary>
        Unreadable,
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Event {Id} ({Type}) could not be published; it waits, as others may, and is tried again"
    )]
    private partial void LogWaits(Exception failure, Guid id, string type);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Event {Id} in the outbox is of type {Type}, which this version cannot read; it waits for one that can"
    )]
    private partial void LogUnknown(Guid id, string type);
}
