using PortalServices.ApiDocuments;
using PortalServices.Http.Json;
using PortalServices.Http.Problems;
using PortalServices.Http.Requests;
using PortalServices.Messaging;
using PortalServices.Messaging.Bus;
using PortalServices.Messaging.DeadLetters;
using PortalServices.Messaging.Retired;
using PortalServices.OperatorAccess.Gate;

namespace PortalServices.DeadLetters;

/// <summary>
/// <c>/api/operator/dead-letters/{service}</c>, of each service of the process: operators list dead letters, replay
/// them to the consumer that failed, or discard them. A key that is good for some sites sees those of its sites alone;
/// others do not exist for it.
/// </summary>
internal sealed partial class DeadLetterEndpoints(
    IEnumerable<ServiceDeadLetters> stores,
    EventTypes types,
    IEventTransport transport,
    RetiredConsumers retired,
    ILogger<DeadLetterEndpoints> logger
)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (service, letters) in stores)
        {
            var group = routes
                .MapGroup("")
                .WithGroupName(service)
                .WithTags(DeadLetterOperations.Tag)
                .LimitSites(SiteLimit.Handler)
                .AddEndpointFilter(AnswerFailedStoreAsync);
            var address = $"/api/operator/dead-letters/{service}";
            var idField = new ApiField(
                "id",
                "The dead letter's id, as the list has it.",
                ApiValue.Text($"0190d5f25c1e7a33b1d26f0c8e9a4b57.portal.{service}.a-consumer")
            );
            group
                .MapRead(address, (HttpRequest request) => ListAsync(letters, request))
                .Describe("readDeadLetters", "Reads the dead letters, the latest failure first.")
                .TakesPage()
                .Answers<DeadLetterList>("A page of them.");
            group
                .MapPost(
                    $"{address}/{{id}}/replay",
                    (string id, HttpContext context) => ReplayAsync(letters, id, context)
                )
                .Describe(
                    "replayDeadLetter",
                    "Hands an event to the consumer that failed on it, once more.",
                    "It is in the list until its consumer has taken it, and with a newer time if that fails again."
                )
                .Takes(idField)
                .Answers(StatusCodes.Status202Accepted, "Handed over.")
                .Fails(
                    MessagingProblems.UnknownDeadLetter,
                    MessagingProblems.UnreadableDeadLetter,
                    MessagingProblems.BrokerUnavailable
                );
            group
                .MapDelete($"{address}/{{id}}", (string id, HttpContext context) => DiscardAsync(letters, id, context))
                .Describe(
                    "discardDeadLetter",
                    "Throws a dead letter away: its event is lost to the consumer that failed."
                )
                .Takes(idField)
                .Answers(StatusCodes.Status204NoContent, "It is gone.")
                .Fails(MessagingProblems.UnknownDeadLetter);
        }
    }

    private async Task<IResult> ListAsync(IDeadLetters letters, HttpRequest request)
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var context = request.HttpContext;
        var (items, total) = await letters.ListAsync(
            Caller(context).Sites,
            paging.Skip,
            paging.Size,
            context.RequestAborted
        );
        return Results.Json(
            new DeadLetterList([.. items.Select(DeadLetterItem.Of)], total, paging.Page, paging.Size),
            PortalJson.Options
        );
    }

    /// <summary>
    /// POST replay: 202 when it was handed over; it stays in the list until its consumer has taken it, and with a newer
    /// time if that fails again.
    /// </summary>
    private async Task<IResult> ReplayAsync(IDeadLetters letters, string id, HttpContext context)
    {
        if (await FindAsync(letters, id, context) is not { } letter)
        {
            return Problem.Of(MessagingProblems.UnknownDeadLetter);
        }
        if (!types.TryRead(letter.Type, letter.Body, out var content))
        {
            return Problem.Of(MessagingProblems.UnreadableDeadLetter);
        }
        if (retired.Find(letter.Consumer) is { } direct)
        {
            await retired.ConsumeAsync(direct, content, context.RequestAborted);
            await letters.RemoveAsync(letter.MessageId, letter.Consumer, context.RequestAborted);
        }
        else
        {
            try
            {
                await transport.PublishAsync(
                    new EventEnvelope(letter.MessageId, content, letter.TraceParent, letter.Consumer),
                    context.RequestAborted
                );
            }
#pragma warning disable CA1031 // Whatever it was, the dead letter is where it was.
            catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotReplayed(failure, id);
                return Problem.Of(MessagingProblems.BrokerUnavailable, retryAfter: TimeSpan.FromSeconds(5));
            }
        }

        LogReplayed(id, Caller(context).Name);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private async Task<IResult> DiscardAsync(IDeadLetters letters, string id, HttpContext context)
    {
        if (
            await FindAsync(letters, id, context) is not { } letter
            || !await letters.RemoveAsync(letter.MessageId, letter.Consumer, context.RequestAborted)
        )
        {
            return Problem.Of(MessagingProblems.UnknownDeadLetter);
        }
        LogDiscarded(id, Caller(context).Name);
        return Results.NoContent();
    }

    private async ValueTask<object?> AnswerFailedStoreAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        try
        {
            return await next(context);
        }
#pragma warning disable CA1031 // Of several kinds of stores each has its own exceptions.
        catch (Exception away) when (away is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogAway(away);
            return Problem.Of(CommonProblems.StoreUnavailable, retryAfter: TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>The letter of an id; null when there is none, or none for the caller.</summary>
    private static async Task<DeadLetter?> FindAsync(IDeadLetters letters, string id, HttpContext context) =>
        TryReadId(id, out var message, out var consumer)
        && await letters.FindAsync(message, consumer, context.RequestAborted) is { } letter
        && Caller(context).IsFor(letter.Site)
            ? letter
            : null;

    // Without a gate before it the route would be anybody's.
    private static CallingOperator Caller(HttpContext context) =>
        context.Operator()
        ?? throw new InvalidOperationException("The dead letters need UseOperatorAccess before them.");

    private static bool TryReadId(string id, out Guid message, out string consumer)
    {
        var parts = id.Split('.', 2);
        consumer = parts.Length == 2 ? parts[1] : "";
        return Guid.TryParseExact(parts[0], "N", out message) && consumer.Length > 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dead letters do not answer")]
    private partial void LogAway(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letter {Id} could not be handed over")]
    private partial void LogNotReplayed(Exception failure, string id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dead letter {Id} was replayed by {Operator}")]
    private partial void LogReplayed(string id, string @operator);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dead letter {Id} was discarded by {Operator}")]
    private partial void LogDiscarded(string id, string @operator);
}

/// <summary>A part of the dead letters.</summary>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetterItem> Items, int Total, int Page, int PageSize);

/// <summary>An event that a consumer failed on for good.</summary>
/// <param name="Id">Names it in addresses.</param>
/// <param name="Consumer">Who failed.</param>
/// <param name="Type">The event's name; <c>portal:unreadable</c> for a message that is none.</param>
/// <param name="Body">The event, JSON as text; of a message that is none, its beginning.</param>
/// <param name="Error">Why it failed last.</param>
/// <param name="FailedAt">When that was, UTC.</param>
/// <param name="Failures">1, and one more for each replay that failed.</param>
internal sealed record DeadLetterItem(
    string Id,
    string Consumer,
    string Type,
    string Body,
    string Error,
    DateTime FailedAt,
    int Failures
)
{
    public static DeadLetterItem Of(DeadLetter letter) =>
        new(
            $"{letter.MessageId:N}.{letter.Consumer}",
            letter.Consumer,
            letter.Type,
            letter.Body,
            letter.Error,
            Instants.Of(letter.FailedAt),
            letter.Failures
        );
}
