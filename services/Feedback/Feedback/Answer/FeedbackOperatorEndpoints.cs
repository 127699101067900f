using PortalServices.ApiDocuments;
using PortalServices.Feedback.Deadlines;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Personal;
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

    private static readonly ApiField OfId = new("id", "The feedback's id.", ApiValue.Uuid());

    public static void MapFeedbackOfOperators(this IEndpointRouteBuilder site)
    {
        site.MapRead("/feedback", ListAsync)
            .Describe("listAllFeedback", "Lists feedback in any state, or what a search finds.")
            .TakesFilters()
            .TakesPart()
            .Answers<PartOfList<OperatorFeedback>>(
                "A page of the list: what is open by its due day, then the rest; or the newest first."
            );
        site.MapReadOfOne("", (Guid id, HttpContext context, FeedbackWorkflow steps) => steps.ReadAsync(context, id))
            .Describe("readAnyFeedback", "Reads feedback whole.")
            .Answers<OperatorFeedback>("The feedback.")
            .AnswersVersion();
        site.MapReadOfOne("/steps", StepsAsync)
            .Describe("listFeedbackSteps", "Lists what was done with feedback, by whom and when.")
            .TakesPart()
            .Answers<PartOfList<StepReply>>("A page of the steps, the latest first.");
        site.MapStep("start", StepKind.Started, (entry, by) => entry.AssignedTo ??= by)
            .Describe(
                "startFeedback",
                "Takes received feedback up; it is the caller's, unless it is somebody's already."
            );
        site.MapStep<AssignInput>(
                "assign",
                StepKind.Assigned,
                (input, entry) => entry.AssignedTo = FeedbackText.Clean(input.To)
            )
            .Describe("assignFeedback", "Says who is to answer.");
        site.MapPost("/feedback/{id:guid}/category", CategorizeAsync)
            .TakesBody<CategoryInput>()
            .Changes()
            .Fails(CommonProblems.InvalidFields, FeedbackProblems.Erased)
            .Describe("categorizeFeedback", "Puts it under another heading, or under none.");
        site.MapStep<NoteInput>("notes", StepKind.Noted, (input, _) => FeedbackText.Clean(input.Text))
            .Describe("noteOnFeedback", "Adds a note, for operators only.");
        site.MapStep<AnswerInput>(
                "answer",
                StepKind.Answered,
                (input, entry) => Close(entry, answer: FeedbackText.Clean(input.Text), reason: null)
            )
            .Describe("answerFeedback", "Answers feedback that is received or in progress.")
            .Fails(MessagingProblems.OutboxFull);
        site.MapStep("publish", StepKind.Published, Publish, otherwise: new PublishInput())
            .Describe(
                "publishFeedback",
                "Publishes answered feedback: everybody can read the three texts.",
                "A text that is left out is the feedback's own, with what is certainly personal hidden. What is only likely is marked in `suggestions` of the feedback, by `start` and "
                    + "`length` in UTF-16 code units of the text, and is published as it stands: read it, and send the text without it. Texts that are sent are published as they are, and kept in the audit."
            );
        site.MapStep("unpublish", StepKind.Unpublished, (entry, _) => entry.Unpublish())
            .Describe("unpublishFeedback", "Takes published feedback back; it is answered.");
        site.MapStep<ReasonInput>(
                "decline",
                StepKind.Declined,
                (input, entry) => Close(entry, answer: null, reason: FeedbackText.Clean(input.Reason))
            )
            .Describe("declineFeedback", "Declines feedback that is received or in progress: its sender reads why.")
            .Fails(MessagingProblems.OutboxFull);
        site.MapStep("spam", StepKind.MarkedSpam)
            .Describe(
                "markFeedbackAsSpam",
                "Marks feedback that is received or in progress as spam; its sender reads that it is declined."
            );
        site.MapStep("reopen", StepKind.Reopened)
            .Describe(
                "reopenFeedback",
                "Opens it again: answered or declined feedback is in progress, spam is received."
            );
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
                FeedbackEndpoints.OfCategory,
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

    /// <summary>What is read of one feedback.</summary>
    public static RouteHandlerBuilder MapReadOfOne(this IEndpointRouteBuilder site, string part, Delegate handler) =>
        site.MapRead("/feedback/{id:guid}" + part, handler).Takes(OfId).Fails(FeedbackProblems.UnknownFeedback);

    /// <summary>A step without a body.</summary>
    private static RouteHandlerBuilder MapStep(
        this IEndpointRouteBuilder site,
        string name,
        StepKind kind,
        Action<FeedbackEntry, string>? change = null
    ) =>
        site.MapPost(
                $"/feedback/{{id:guid}}/{name}",
                (Guid id, HttpContext context, FeedbackWorkflow steps) =>
                    steps.TakeAsync(
                        context,
                        id,
                        kind,
                        (entry, by) =>
                        {
                            change?.Invoke(entry, by);
                            return null;
                        }
                    )
            )
            .Changes()
            .Fails(CommonProblems.IllegalState, FeedbackProblems.Erased);

    /// <summary>A step with a body.</summary>
    /// <param name="site">The routes.</param>
    /// <param name="name">In the address.</param>
    /// <param name="kind">The step.</param>
    /// <param name="change">What it changes; returns the text for the audit.</param>
    /// <param name="otherwise">What stands for a body that is not there; null where there must be one.</param>
    private static RouteHandlerBuilder MapStep<TInput>(
        this IEndpointRouteBuilder site,
        string name,
        StepKind kind,
        Func<TInput, FeedbackEntry, string?> change,
        TInput? otherwise = null
    )
        where TInput : class
    {
        var route = site.MapPost(
                $"/feedback/{{id:guid}}/{name}",
                async (Guid id, HttpContext context, FeedbackWorkflow steps) =>
                {
                    var (input, problem) =
                        otherwise is not null && !HasBody(context.Request)
                            ? (otherwise, null)
                            : await ReadAsync<TInput>(context);
                    return problem ?? await steps.TakeAsync(context, id, kind, (entry, _) => change(input!, entry));
                }
            )
            .TakesBody<TInput>(isOptional: otherwise is not null)
            .Changes();
        return FeedbackWorkflow.Moves(kind)
            ? route.Fails(CommonProblems.IllegalState, FeedbackProblems.Erased, CommonProblems.InvalidFields)
            : route.Fails(CommonProblems.InvalidFields, FeedbackProblems.Erased);
    }

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder route) =>
        route
            .Takes(OfId)
            .TakesVersion()
            .Answers<OperatorFeedback>("As it is now.")
            .Fails(FeedbackProblems.UnknownFeedback);

    private static async Task<IResult> ListAsync(HttpRequest request, FeedbackContext database, TimeProvider time)
    {
        var (list, problem) = FeedbackList.Read(request, database, time);
        if (list is null)
        {
            return problem!;
        }
        var today = request.HttpContext.Site().Today(time);
        return ListPart.Read(request, list.Order, out var part)
            ?? PersonalResult.Json(
                await list.ReadAsync(
                    part,
                    entry => OperatorFeedback.Of(entry, today),
                    request.HttpContext.RequestAborted
                )
            );
    }

    private static async Task<IResult> StepsAsync(string site, Guid id, HttpRequest request, FeedbackContext database)
    {
        if (ListPart.Read(request, ListOrder.Steps, out var part) is { } problem)
        {
            return problem;
        }
        return await database.HasEntryAsync(site, id, request.HttpContext.RequestAborted)
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
            await part.ReadAsync(
                steps.Select(step => new ListKey { Id = step.Id, At = step.At }),
                database.Steps,
                StepReply.Of,
                request.HttpContext.RequestAborted
            )
        );

    // For the audit: what the operator wrote to be read by everybody; null where the texts are the feedback's own.
    private static string? Publish(PublishInput input, FeedbackEntry entry)
    {
        var (title, content, answer) = (
            FeedbackText.Clean(input.Title),
            FeedbackText.Clean(input.Content),
            FeedbackText.Clean(input.Answer)
        );
        entry.PublicTitle = title ?? PersonalData.Hide(entry.Title, entry, FeedbackEntry.MaxTitle);
        entry.PublicContent = content ?? PersonalData.Hide(entry.Content, entry, FeedbackEntry.MaxContent);
        entry.PublicAnswer = answer ?? PersonalData.Hide(entry.Answer ?? "", entry, FeedbackEntry.MaxAnswer);
        var own = new[] { ("title", title), ("content", content), ("answer", answer) }
            .Where(each => each.Item2 is not null)
            .Select(each => $"{each.Item1}: {each.Item2}")
            .ToList();
        return own.Count == 0 ? null : string.Join("\n\n", own);
    }

    // Either takes the place of what was said before.
    private static string? Close(FeedbackEntry entry, string? answer, string? reason)
    {
        (entry.Answer, entry.DeclineReason) = (answer, reason);
        return answer ?? reason;
    }

    private static async Task<IResult> CategorizeAsync(Guid id, HttpContext context, FeedbackWorkflow steps)
    {
        var (input, problem) = await JsonBody.ReadAsync<CategoryInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return problem!;
        }
        var (category, mistakes) = (FeedbackText.Clean(input.Category), new FieldErrors(context));
        CategoryInput.Check(mistakes, category, context.Site());
        return mistakes.Problem()
            ?? await steps.TakeAsync(context, id, StepKind.Categorized, (entry, _) => entry.Category = category);
    }

    private static async Task<IResult> EraseAsync(Guid id, HttpContext context, FeedbackWorkflow steps)
    {
        var (input, problem) = await ReadAsync<ReasonInput>(context);
        return problem ?? await steps.EraseAsync(context, id, FeedbackText.Clean(input!.Reason)!);
    }

    private static async Task<IResult> RetainAsync(string site, HttpContext context, Erasure erasure, TimeProvider time)
    {
        var (input, problem) = await ReadAsync<RetentionInput>(context);
        return problem
            ?? Results.Json(
                new ErasedReply(
                    await erasure.EraseBeforeAsync(
                        site,
                        time.GetUtcNow().AddDays(-input!.OlderThanDays).ToUnixTimeMilliseconds(),
                        FeedbackWorkflow.Name(context),
                        FeedbackText.Clean(input.Reason)!,
                        context.RequestAborted
                    )
                ),
                PortalJson.Replies
            );
    }

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;

    private static async Task<(TInput? Input, IResult? Problem)> ReadAsync<TInput>(HttpContext context)
        where TInput : class
    {
        var (input, problem) = await JsonBody.ReadAsync<TInput>(context.Request, MaxBytes);
        if (input is null)
        {
            return (null, problem);
        }
        var mistakes = new FieldErrors(context);
        mistakes.Check(input, FeedbackText.Clean);
        return (input, mistakes.Problem());
    }
}
