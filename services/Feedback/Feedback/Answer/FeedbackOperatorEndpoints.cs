using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using PortalServices.Contracts;
using PortalServices.Feedback.Personal;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// Operators' <c>feedback</c>: list, read, and every step from reading to answering. A step says by <c>If-Match</c> what was read before it, so of two
/// operators who answer at the same time the second is told; each is one commit with its line of the audit and its event.
/// </summary>
internal static class FeedbackOperatorEndpoints
{
    /// <summary>The largest body of a step.</summary>
    public const int MostBytes = 128 * 1024;

    /// <summary>Most characters of a note.</summary>
    public const int MostNote = 5_000;

    /// <summary>Most characters of an operator's name.</summary>
    public const int MostOperator = 200;

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

    static async Task<IResult> ListAsync(string site, HttpRequest request, SiteList sites, FeedbackContext database, TimeProvider time)
    {
        if (!Paging.TryRead(request, out var paging))
            return Problem.Of(CommonProblems.InvalidPaging);
        sites.TryGet(site, out var known);
        var (entries, problem) = FeedbackQueries.Read(request, known!, database, time);
        if (entries is null)
            return problem!;
        var cancel = request.HttpContext.RequestAborted;
        var today = FeedbackQueries.Today(known!, time);
        var items = await entries.Skip(paging.Skip).Take(paging.Size).ToListAsync(cancel);
        return TaggedResult.Json(Listed.Of([.. items.Select(entry => HandledFeedback.Of(entry, today))], await entries.CountAsync(cancel), paging));
    }

    static async Task<IResult> ReadAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping) =>
        await stepping.FindAsync(site, id, context.RequestAborted) is { } entry ? stepping.Reply(context, entry) : Problem.Of(FeedbackProblems.UnknownFeedback);

    static async Task<IResult> StepsAsync(string site, Guid id, HttpRequest request, FeedbackContext database)
    {
        if (!Paging.TryRead(request, out var paging))
            return Problem.Of(CommonProblems.InvalidPaging);
        return await database.Entries.AnyAsync(entry => entry.Site == site && entry.Id == id, request.HttpContext.RequestAborted)
            ? await PartAsync(database.Steps.Where(step => step.FeedbackId == id), paging, request)
            : Problem.Of(FeedbackProblems.UnknownFeedback);
    }

    static async Task<IResult> AuditAsync(string site, HttpRequest request, FeedbackContext database) => Paging.TryRead(request, out var paging)
        ? await PartAsync(database.Steps.Where(step => step.Site == site), paging, request)
        : Problem.Of(CommonProblems.InvalidPaging);

    static async Task<IResult> PartAsync(IQueryable<FeedbackStep> steps, Paging paging, HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var items = await steps.AsNoTracking().OrderByDescending(step => step.At).ThenByDescending(step => step.Id).Skip(paging.Skip).Take(paging.Size).ToListAsync(cancel);
        return TaggedResult.Json(Listed.Of([.. items.Select(StepReply.Of)], await steps.CountAsync(cancel), paging));
    }

    static Task<IResult> StartAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping) =>
        stepping.MoveAsync(context, site, id, StepKind.Started, (entry, by) =>
        {
            entry.AssignedTo ??= by;
            return null;
        });

    static async Task<IResult> AssignAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping)
    {
        var (input, problem) = await JsonBody.ReadAsync<AssignInput>(context.Request, MostBytes);
        if (input is null)
            return problem!;
        var to = FeedbackText.Clean(input.To);
        var mistakes = new FieldMistakes(context);
        mistakes.Text("to", to, MostOperator);
        return mistakes.Problem() ?? await stepping.StayAsync(context, site, id, StepKind.Assigned, (entry, _) => entry.AssignedTo = to);
    }

    static async Task<IResult> NoteAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping)
    {
        var (text, problem) = await ReadTextAsync<NoteInput>(context, "text", input => input.Text, MostNote);
        return text is null ? problem! : await stepping.StayAsync(context, site, id, StepKind.Noted, (_, _) => text, IsNotErased);
    }

    static async Task<IResult> AnswerAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping, FeedbackContext database, TimeProvider time)
    {
        var (text, problem) = await ReadTextAsync<AnswerInput>(context, "text", input => input.Text, FeedbackEntry.MostAnswer);
        return text is null
            ? problem!
            : await stepping.MoveAsync(context, site, id, StepKind.Answered, (entry, _) =>
            {
                (entry.Answer, entry.DeclineReason, entry.AnsweredAt) = (text, null, time.GetUtcNow().ToUnixTimeMilliseconds());
                Tell(database, entry, "answered");
                return text;
            }, IsNotErased);
    }

    static async Task<IResult> DeclineAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping, FeedbackContext database, TimeProvider time)
    {
        var (reason, problem) = await ReadTextAsync<ReasonInput>(context, "reason", input => input.Reason, FeedbackEntry.MostReason);
        return reason is null
            ? problem!
            : await stepping.MoveAsync(context, site, id, StepKind.Declined, (entry, _) =>
            {
                (entry.Answer, entry.DeclineReason, entry.AnsweredAt) = (null, reason, time.GetUtcNow().ToUnixTimeMilliseconds());
                Tell(database, entry, "declined");
                return reason;
            });
    }

    static async Task<IResult> PublishAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping, TimeProvider time)
    {
        var input = new PublishInput();
        if (context.Request.ContentLength is not 0 and not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            var (given, problem) = await JsonBody.ReadAsync<PublishInput>(context.Request, MostBytes);
            if (given is null)
                return problem!;
            input = new PublishInput(FeedbackText.Clean(given.Title), FeedbackText.Clean(given.Content), FeedbackText.Clean(given.Answer));
            var mistakes = new FieldMistakes(context);
            mistakes.Text("title", input.Title, FeedbackEntry.MostTitle);
            mistakes.Text("content", input.Content, FeedbackEntry.MostContent, severalLines: true);
            mistakes.Text("answer", input.Answer, FeedbackEntry.MostAnswer, severalLines: true);
            if (mistakes.Problem() is { } wrong)
                return wrong;
        }

        return await stepping.MoveAsync(
            context, site, id, StepKind.Published,
            (entry, _) =>
            {
                entry.PublicTitle = input.Title ?? PersonalData.Hide(entry.Title, entry, FeedbackEntry.MostTitle);
                entry.PublicContent = input.Content ?? PersonalData.Hide(entry.Content, entry, FeedbackEntry.MostContent);
                entry.PublicAnswer = input.Answer ?? PersonalData.Hide(entry.Answer ?? "", entry, FeedbackEntry.MostAnswer);
                entry.PublishedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
                return null;
            },
            IsNotErased);
    }

    static Task<IResult> UnpublishAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping) =>
        stepping.MoveAsync(context, site, id, StepKind.Unpublished, (entry, _) =>
        {
            (entry.PublicTitle, entry.PublicContent, entry.PublicAnswer, entry.PublishedAt) = (null, null, null, null);
            return null;
        });

    static Task<IResult> SpamAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping) =>
        stepping.MoveAsync(context, site, id, StepKind.MarkedSpam, (_, _) => null);

    static Task<IResult> ReopenAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping) =>
        stepping.MoveAsync(context, site, id, StepKind.Reopened, (_, _) => null, IsNotErased);

    static async Task<IResult> EraseAsync(string site, Guid id, HttpContext context, FeedbackStepping stepping, Erasure erasure)
    {
        var (reason, problem) = await ReadTextAsync<ReasonInput>(context, "reason", input => input.Reason, FeedbackEntry.MostReason);
        return reason is null ? problem! : await stepping.EraseAsync(context, site, id, erasure, reason);
    }

    static async Task<IResult> RetainAsync(string site, HttpContext context, Erasure erasure, TimeProvider time)
    {
        var (input, problem) = await JsonBody.ReadAsync<RetentionInput>(context.Request, MostBytes);
        if (input is null)
            return problem!;
        var reason = FeedbackText.Clean(input.Reason);
        var mistakes = new FieldMistakes(context);
        mistakes.Text("reason", reason, FeedbackEntry.MostReason, required: true);
        if (input.OlderThanDays is < 1 or > 36_500)
            mistakes.Add("olderThanDays", "From 1 to 36,500.", "Từ 1 đến 36.500.");
        if (mistakes.Problem() is { } wrong)
            return wrong;
        var before = time.GetUtcNow().AddDays(-input.OlderThanDays).ToUnixTimeMilliseconds();
        return Results.Json(new ErasedReply(await erasure.EraseBeforeAsync(site, before, FeedbackStepping.Name(context), reason!, context.RequestAborted)), PortalJson.Replies);
    }

    // What is written of it afterwards would not be erased with it.
    static bool IsNotErased(FeedbackEntry entry) => entry.ErasedAt is null;

    static void Tell(FeedbackContext database, FeedbackEntry entry, string status) => database.Publish(
        new FeedbackAnswered { Site = entry.Site, Feedback = entry.Id, Status = status, Version = entry.Version + 1 });

    static async Task<(string? Text, IResult? Problem)> ReadTextAsync<TInput>(HttpContext context, string field, Func<TInput, string?> text, int most)
        where TInput : class
    {
        var (input, problem) = await JsonBody.ReadAsync<TInput>(context.Request, MostBytes);
        if (input is null)
            return (null, problem);
        var clean = FeedbackText.Clean(text(input));
        var mistakes = new FieldMistakes(context);
        mistakes.Text(field, clean, most, required: true, severalLines: true);
        return mistakes.Problem() is { } wrong ? (null, wrong) : (clean, null);
    }
}
