using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Contracts;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Personal;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;

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

    public static readonly ApiField OfId = new("id", "The feedback's id.", ApiValue.Uuid());

    public static void MapFeedbackOfOperators(this IEndpointRouteBuilder site)
    {
        site.MapRead("/feedback", ListAsync)
            .Describe("listAllFeedback", "Lists feedback in any state, or what a search finds.")
            .TakesFilters()
            .TakesPart()
            .Answers<PartOfList<HandledFeedback>>(
                "A page of the list: what is open by its due day, then the rest; or the newest first."
            );
        site.MapRead("/feedback/{id:guid}", ReadAsync)
            .Describe("readAnyFeedback", "Reads feedback whole.")
            .Takes(OfId)
            .Answers<HandledFeedback>("The feedback.")
            .AnswersVersion()
            .Fails(FeedbackProblems.UnknownFeedback);
        site.MapRead("/feedback/{id:guid}/steps", StepsAsync)
            .Describe("listFeedbackSteps", "Lists what was done with feedback, by whom and when.")
            .Takes(OfId)
            .TakesPart()
            .Answers<PartOfList<StepReply>>("A page of the steps, the latest first.")
            .Fails(FeedbackProblems.UnknownFeedback);
        site.MapPost("/feedback/{id:guid}/start", StartAsync)
            .Describe(
                "startFeedback",
                "Takes received feedback up; it is the caller's, unless it is somebody's already."
            )
            .Steps();
        site.MapPost("/feedback/{id:guid}/assign", AssignAsync)
            .Describe("assignFeedback", "Says who is to answer.")
            .TakesBody<AssignInput>()
            .Changes()
            .Fails(CommonProblems.InvalidFields, FeedbackProblems.Erased);
        site.MapPost("/feedback/{id:guid}/notes", NoteAsync)
            .Describe("noteOnFeedback", "Adds a note, for operators only.")
            .TakesBody<NoteInput>()
            .Steps()
            .Fails(CommonProblems.InvalidFields);
        site.MapPost("/feedback/{id:guid}/answer", AnswerAsync)
            .Describe("answerFeedback", "Answers feedback that is received or in progress.")
            .TakesBody<AnswerInput>()
            .Steps()
            .Fails(CommonProblems.InvalidFields, MessagingProblems.OutboxFull);
        site.MapPost("/feedback/{id:guid}/publish", PublishAsync)
            .Describe(
                "publishFeedback",
                "Publishes answered feedback: everybody can read the three texts.",
                "A text that is left out is the feedback's own, with what is certainly personal hidden. What is only likely is marked in `suggestions` of the feedback, by `start` and "
                    + "`length` in UTF-16 code units of the text, and is published as it stands: read it, and send the text without it. Texts that are sent are published as they are, and kept in the audit."
            )
            .TakesBody<PublishInput>(isOptional: true)
            .Steps()
            .Fails(CommonProblems.InvalidFields);
        site.MapPost("/feedback/{id:guid}/unpublish", UnpublishAsync)
            .Describe("unpublishFeedback", "Takes published feedback back; it is answered.")
            .Steps();
        site.MapPost("/feedback/{id:guid}/decline", DeclineAsync)
            .Describe("declineFeedback", "Declines feedback that is received or in progress: its sender reads why.")
            .TakesBody<ReasonInput>()
            .Steps()
            .Fails(CommonProblems.InvalidFields, MessagingProblems.OutboxFull);
        site.MapPost("/feedback/{id:guid}/spam", SpamAsync)
            .Describe(
                "markFeedbackAsSpam",
                "Marks feedback that is received or in progress as spam; its sender reads that it is declined."
            )
            .Steps();
        site.MapPost("/feedback/{id:guid}/reopen", ReopenAsync)
            .Describe(
                "reopenFeedback",
                "Opens it again: answered or declined feedback is in progress, spam is received."
            )
            .Steps();
    }

    /// <summary>Erasure and audit: what is done with personal data.</summary>
    public static void MapFeedbackKeeping(this IEndpointRouteBuilder site)
    {
        site.MapPost("/feedback/{id:guid}/erase", EraseAsync)
            .Describe(
                "eraseFeedback",
                "Erases the personal data of feedback for ever: every text of it, those of its steps, and what was published.",
                "What stays is that there was feedback, when, what became of it, and the reason that is sent here. What was open is declined without a word; what was published is "
                    + "answered. It is final, and can be repeated: what is erased already is answered as it is."
            )
            .TakesBody<ReasonInput>()
            .Changes()
            .Fails(CommonProblems.InvalidFields);
        site.MapPost("/feedback/retention", RetainAsync)
            .Describe(
                "eraseOldFeedback",
                "Erases the personal data of everything that came so long ago and is no longer open. What is published stays published."
            )
            .TakesBody<RetentionInput>()
            .Answers<ErasedReply>("Done.")
            .Fails(CommonProblems.InvalidFields);
        site.MapRead("/feedback/audit", AuditAsync)
            .Describe("auditFeedback", "Lists all that was done with the site's feedback, exports and erasures too.")
            .TakesPart()
            .Answers<PartOfList<StepReply>>("A page of the steps, the latest first.");
    }

    /// <summary>The filters of the list, as <see cref="FeedbackList"/> reads them.</summary>
    public static RouteHandlerBuilder TakesFilters(this RouteHandlerBuilder route) =>
        route
            .Takes(
                new(
                    "status",
                    "Only feedback in one of these states, parted by commas: `received`, `inProgress`, `answered`, `published`, `declined`, `spam`.",
                    ApiValue.Text("received,inProgress")
                ),
                new("overdue", "Only what is open and past its due day, or only the rest.", ApiValue.Flag()),
                new("assignedTo", "Only what this operator is to answer.", ApiValue.Text("an")),
                new(
                    "q",
                    "Words that must all be there, in any spelling: receipt, name, e-mail address, telephone, title, content, answer.",
                    ApiValue.Text("hoc phi", most: FeedbackList.MaxSearch)
                ),
                new("sort", "The order.", ApiValue.OneOf(["dueBy", "newest"], "dueBy"))
            )
            .Fails(
                CommonProblems.InvalidRequest,
                CommonProblems.InvalidSearch,
                CommonProblems.InvalidSort,
                FeedbackProblems.InvalidStatus
            );

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder route) =>
        route
            .Takes(OfId)
            .TakesVersion()
            .Answers<HandledFeedback>("As it is now.")
            .Fails(FeedbackProblems.UnknownFeedback);

    private static RouteHandlerBuilder Steps(this RouteHandlerBuilder route) =>
        route.Changes().Fails(CommonProblems.IllegalState, FeedbackProblems.Erased);

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
        mistakes.Check(input, FeedbackText.Clean);
        return mistakes.Problem()
            ?? await stepping.AnnotateAsync(context, site, id, StepKind.Assigned, (entry, _) => entry.AssignedTo = to);
    }

    private static async Task<IResult> NoteAsync(string site, Guid id, HttpContext context, FeedbackWorkflow stepping)
    {
        var (text, problem) = await ReadTextAsync<NoteInput>(context, input => input.Text);
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
        var (text, problem) = await ReadTextAsync<AnswerInput>(context, input => input.Text);
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
        var (reason, problem) = await ReadTextAsync<ReasonInput>(context, input => input.Reason);
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
            mistakes.Check(input);
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
        var (reason, problem) = await ReadTextAsync<ReasonInput>(context, input => input.Reason);
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
        mistakes.Check(input, FeedbackText.Clean);
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
        Func<TInput, string?> text
    )
        where TInput : class
    {
        var (input, problem) = await JsonBody.ReadAsync<TInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return (null, problem);
        }
        var mistakes = new FieldErrors(context);
        mistakes.Check(input, FeedbackText.Clean);
        return mistakes.Problem() is { } wrong ? (null, wrong) : (FeedbackText.Clean(text(input)), null);
    }
}
