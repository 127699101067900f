using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using PortalServices.Contracts;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Personal;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// Operators' <c>feedback</c>: list, read, and every step from reading to answering. A step says by <c>If-Match</c>
/// what was read before it, so of two operators who answer at the same time the second is told; each is one commit with
/// its line of the audit and its event.
/// </summary>
internal static class FeedbackOperatorEndpoints
{
    /// <summary>The largest body of a step.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Most characters of a note.</summary>
    public const int MaxNote = 5_000;

    /// <summary>Most characters of an operator's name.</summary>
    public const int MaxOperator = 200;

    public static void MapFeedbackOfOperators(this IEndpointRouteBuilder site)
    {
        site.MapRead("/feedback", ListAsync);
        site.MapRead("/feedback/audit", AuditAsync);
        site.MapPost("/feedback/retention", RetainAsync);
        site.MapRead("/feedback/{id:guid}", ReadAsync);
        site.MapRead("/feedback/{id:guid}/steps", StepsAsync);
        site.MapPost("/feedback/{id:guid}/start", StartAsync);
        site.MapPost("/feedback/{id:guid}/assign", AssignAsync);
        site.MapPost("/feedback/{id:guid}/notes", NoteAsync);
        site.MapPost("/feedback/{id:guid}/answer", AnswerAsync);
        site.MapPost("/feedback/{id:guid}/publish", PublishAsync);
        site.MapPost("/feedback/{id:guid}/unpublish", UnpublishAsync);
        site.MapPost("/feedback/{id:guid}/decline", DeclineAsync);
        site.MapPost("/feedback/{id:guid}/spam", SpamAsync);
        site.MapPost("/feedback/{id:guid}/reopen", ReopenAsync);
        site.MapPost("/feedback/{id:guid}/erase", EraseAsync);
    }

    private static async Task<IResult> ListAsync(
        string site,
        HttpRequest request,
        FeedbackContext database,
        TimeProvider time
    )
    {
        var known = request.HttpContext.Site();
        var (list, problem) = FeedbackList.Read(request, known, database, time);
        if (list is null)
        {
            return problem!;
        }
        if (ListPart.Read(request, list.Order, out var part) is { } mistake)
        {
            return mistake;
        }
        var today = FeedbackList.Today(known, time);
        return PersonalResult.Json(
            await list.ReadAsync(part, entry => HandledFeedback.Of(entry, today), request.HttpContext.RequestAborted)
        );
    }

    private static async Task<IResult> ReadAsync(
        string site,
        Guid id,
        HttpContext context,
        FeedbackWorkflow stepping
    ) =>
        await stepping.FindAsync(site, id, context.RequestAborted) is { } entry
            ? stepping.Reply(context, entry)
            : Problem.Of(FeedbackProblems.UnknownFeedback);

    private static async Task<IResult> StepsAsync(string site, Guid id, HttpRequest request, FeedbackContext database)
    {
        if (ListPart.Read(request, ListOrder.Steps, out var part) is { } problem)
        {
            return problem;
        }
        return await database.Entries.AnyAsync(
            entry => entry.Site == site && entry.Id == id,
            request.HttpContext.RequestAborted
        )
            ? await PartAsync(database.Steps.Where(step => step.FeedbackId == id), database, part, request)
            : Problem.Of(FeedbackProblems.UnknownFeedback);
    }

    private static async Task<IResult> AuditAsync(string site, HttpRequest request, FeedbackContext database) =>
        ListPart.Read(request, ListOrder.Steps, out var part)
        ?? await PartAsync(database.Steps.Where(step => step.Site == site), database, part, request);

    private static async Task<IResult> PartAsync(
        IQueryable<FeedbackStep> steps,
        FeedbackContext database,
        ListPart part,
        HttpRequest request
    ) =>
        PersonalResult.Json(
            await ListReading.ReadAsync(
                steps.Select(step => new ListKey { Id = step.Id, At = step.At }),
                ids => database.Steps.AsNoTracking().Where(step => ids.Contains(step.Id)),
                step => step.Id,
                StepReply.Of,
                ListOrder.Steps,
                part,
                request.HttpContext.RequestAborted
            )
        );

    private static Task<IResult> StartAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping) =>
        stepping.TransitionAsync(
            context,
            site,
            id,
            StepKind.Started,
            (entry, by) =>
            {
                entry.AssignedTo ??= by;
                return null;
            }
        );

    private static async Task<IResult> AssignAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping)
    {
        var (input, problem) = await JsonBody.ReadAsync<AssignInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return problem!;
        }
        var to = FeedbackText.Clean(input.To);
        var mistakes = new FieldErrors(context);
        mistakes.Text("to", to, MaxOperator, required: to is not null);
        return mistakes.Problem()
            ?? await stepping.AnnotateAsync(context, site, id, StepKind.Assigned, (entry, _) => entry.AssignedTo = to);
    }

    private static async Task<IResult> NoteAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping)
    {
        var (text, problem) = await ReadTextAsync<NoteInput>(context, "text", input => input.Text, MaxNote);
        return text is null
            ? problem!
            : await stepping.AnnotateAsync(context, site, id, StepKind.Noted, (_, _) => text);
    }

    private static async Task<IResult> AnswerAsync(
        string site,
        Guid id,
        HttpContext context,
        FeedbackWorkflow stepping,
        FeedbackContext database,
        TimeProvider time
    )
    {
        var (text, problem) = await ReadTextAsync<AnswerInput>(
            context,
            "text",
            input => input.Text,
            FeedbackEntry.MaxAnswer
        );
        return text is null
            ? problem!
            : await stepping.TransitionAsync(
                context,
                site,
                id,
                StepKind.Answered,
                (entry, _) => Close(entry, text, null, database, time)
            );
    }

    private static async Task<IResult> DeclineAsync(
        string site,
        Guid id,
        HttpContext context,
        FeedbackWorkflow stepping,
        FeedbackContext database,
        TimeProvider time
    )
    {
        var (reason, problem) = await ReadTextAsync<ReasonInput>(
            context,
            "reason",
            input => input.Reason,
            FeedbackEntry.MaxReason
        );
        return reason is null
            ? problem!
            : await stepping.TransitionAsync(
                context,
                site,
                id,
                StepKind.Declined,
                (entry, _) => Close(entry, null, reason, database, time)
            );
    }

    private static async Task<IResult> PublishAsync(
        string site,
        Guid id,
        HttpContext context,
        FeedbackWorkflow stepping,
        TimeProvider time
    )
    {
        var input = new PublishInput();
        if (context.Request.ContentLength is not 0 and not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            var (given, problem) = await JsonBody.ReadAsync<PublishInput>(context.Request, MaxBytes);
            if (given is null)
            {
                return problem!;
            }
            input = new PublishInput(
                FeedbackText.Clean(given.Title),
                FeedbackText.Clean(given.Content),
                FeedbackText.Clean(given.Answer)
            );
            var mistakes = new FieldErrors(context);
            mistakes.Text("title", input.Title, FeedbackEntry.MaxTitle, required: input.Title is not null);
            mistakes.Text(
                "content",
                input.Content,
                FeedbackEntry.MaxContent,
                required: input.Content is not null,
                severalLines: true
            );
            mistakes.Text(
                "answer",
                input.Answer,
                FeedbackEntry.MaxAnswer,
                required: input.Answer is not null,
                severalLines: true
            );
            if (mistakes.Problem() is { } wrong)
            {
                return wrong;
            }
        }

        return await stepping.TransitionAsync(
            context,
            site,
            id,
            StepKind.Published,
            (entry, _) =>
            {
                entry.PublicTitle = input.Title ?? PersonalData.Hide(entry.Title, entry, FeedbackEntry.MaxTitle);
                entry.PublicContent =
                    input.Content ?? PersonalData.Hide(entry.Content, entry, FeedbackEntry.MaxContent);
                entry.PublicAnswer =
                    input.Answer ?? PersonalData.Hide(entry.Answer ?? "", entry, FeedbackEntry.MaxAnswer);
                entry.PublishedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
                return OwnWords(input);
            }
        );
    }

    private static Task<IResult> UnpublishAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping) =>
        stepping.TransitionAsync(
            context,
            site,
            id,
            StepKind.Unpublished,
            (entry, _) =>
            {
                (entry.PublicTitle, entry.PublicContent, entry.PublicAnswer, entry.PublishedAt) = (
                    null,
                    null,
                    null,
                    null
                );
                return null;
            }
        );

    private static Task<IResult> SpamAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping) =>
        stepping.TransitionAsync(context, site, id, StepKind.MarkedSpam, (_, _) => null);

    private static Task<IResult> ReopenAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping) =>
        stepping.TransitionAsync(context, site, id, StepKind.Reopened, (_, _) => null);

    private static async Task<IResult> EraseAsync(
        string site,
        Guid id,
        HttpContext context,
        FeedbackWorkflow stepping,
        Erasure erasure
    )
    {
        var (reason, problem) = await ReadTextAsync<ReasonInput>(
            context,
            "reason",
            input => input.Reason,
            FeedbackEntry.MaxReason
        );
        return reason is null ? problem! : await stepping.EraseAsync(context, site, id, erasure, reason);
    }

    private static async Task<IResult> RetainAsync(string site, HttpContext context, Erasure erasure, TimeProvider time)
    {
        var (input, problem) = await JsonBody.ReadAsync<RetentionInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return problem!;
        }
        var reason = FeedbackText.Clean(input.Reason);
        var mistakes = new FieldErrors(context);
        mistakes.Text("reason", reason, FeedbackEntry.MaxReason, required: true);
        if (input.OlderThanDays is < 1 or > 36_500)
        {
            mistakes.Add("olderThanDays", "From 1 to 36,500.", "Từ 1 đến 36.500.");
        }
        if (mistakes.Problem() is { } wrong)
        {
            return wrong;
        }
        var before = time.GetUtcNow().AddDays(-input.OlderThanDays).ToUnixTimeMilliseconds();
        return Results.Json(
            new ErasedReply(
                await erasure.EraseBeforeAsync(
                    site,
                    before,
                    FeedbackWorkflow.Name(context),
                    reason!,
                    context.RequestAborted
                )
            ),
            PortalJson.Replies
        );
    }

    /// <summary>
    /// For the audit: what the operator wrote to be read by everybody; null where the texts are the feedback's own.
    /// </summary>
    private static string? OwnWords(PublishInput input)
    {
        var texts = new[] { ("title", input.Title), ("content", input.Content), ("answer", input.Answer) }
            .Where(each => each.Item2 is not null)
            .ToList();
        return texts.Count == 0 ? null : string.Join("\n\n", texts.Select(each => $"{each.Item1}: {each.Item2}"));
    }

    // Either takes the place of what was said before.
    private static string Close(
        FeedbackEntry entry,
        string? answer,
        string? reason,
        FeedbackContext database,
        TimeProvider time
    )
    {
        (entry.Answer, entry.DeclineReason) = (answer, reason);
        entry.AnsweredAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        Tell(database, entry, answer is null ? "declined" : "answered");
        return answer ?? reason!;
    }

    private static void Tell(FeedbackContext database, FeedbackEntry entry, string status) =>
        database.Publish(
            new FeedbackAnswered
            {
                Site = entry.Site,
                Feedback = entry.Id,
                Status = status,
                Version = entry.Version + 1,
            }
        );

    private static async Task<(string? Text, IResult? Problem)> ReadTextAsync<TInput>(
        HttpContext context,
        string field,
        Func<TInput, string?> text,
        int most
    )
        where TInput : class
    {
        var (input, problem) = await JsonBody.ReadAsync<TInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return (null, problem);
        }
        var clean = FeedbackText.Clean(text(input));
        var mistakes = new FieldErrors(context);
        mistakes.Text(field, clean, most, required: true, severalLines: true);
        return mistakes.Problem() is { } wrong ? (null, wrong) : (clean, null);
    }
}
