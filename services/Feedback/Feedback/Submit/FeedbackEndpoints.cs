using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Submit;

/// <summary>Visitors' <c>feedback</c>: send it, read what has become of it.</summary>
internal static class FeedbackEndpoints
{
    /// <summary>The heading that lists can be asked for.</summary>
    public static readonly ApiField OfCategory = new(
        "category",
        "Only what is under this heading, by its id.",
        ApiValue.Text("hoc-phi", most: FeedbackEntry.MaxCategory)
    );

    public static void MapFeedbackOfVisitors(this IEndpointRouteBuilder site)
    {
        const string Receipt = "/api/sites/sonla/feedback/7KQ2-M0XA-T9RD";
        site.MapPost("/feedback", SubmitAsync)
            .Describe(
                "sendFeedback",
                "Sends feedback.",
                "Fields are looked at first, so that a mistake costs no captcha. A wrong answer uses its captcha up: make another one, and keep the key. Sent again with the same key "
                    + "and fields, it is the same feedback and is answered with the same receipt. Where much is submitted, the answer to an image or a sound alone is not enough (429 "
                    + "`captcha_work_required`, and the answer stays good): send proof of work as well, or alone. `filled_too_fast` and `request_in_progress` carry `Retry-After`, too."
            )
            .Takes(
                Key(
                    IdempotencyKey.Header,
                    "The sender's own name for this feedback, under which it is taken once. A form may say `idempotencyKey` instead; one of them must be there."
                )
            )
            .TakesBody<FeedbackInput>()
            .TakesForm(
                new("captcha.id", "As `id` of `captcha` in JSON.", ApiValue.Text(CaptchaEndpoints.AnId)),
                new(
                    "captcha.answer",
                    "As `answer` of `captcha` in JSON; this or `altcha` must be there.",
                    ApiValue.Text(CaptchaInput.AnAnswer)
                ),
                new(
                    "altcha",
                    "As `work` of `captcha` in JSON, by the name that an ALTCHA widget gives it.",
                    ApiValue.Text(CaptchaInput.ASolution, most: WorkChallenges.MaxCharacters)
                ),
                Key("idempotencyKey", "As the header, for pages that cannot send one.")
            )
            .Answers<FeedbackReceipt>(
                "It is stored. To a JSON body.",
                StatusCodes.Status201Created,
                ApiFields.Location("Where its sender reads what has become of it.", Receipt)
            )
            .Answers(
                StatusCodes.Status303SeeOther,
                "It is stored. To a form.",
                ApiFields.Location(
                    "The site's `receiptPage` with `receipt=` and the code, or where its sender reads what has become of it.",
                    Receipt
                )
            )
            .Fails(
                CommonProblems.InvalidRequest,
                CommonProblems.InvalidFields,
                FeedbackProblems.IdempotencyKeyRequired,
                CommonProblems.InvalidIdempotencyKey,
                CommonProblems.IdempotencyKeyReused,
                FeedbackProblems.CaptchaWrong,
                FeedbackProblems.CaptchaExpired,
                FeedbackProblems.CaptchaUsed,
                FeedbackProblems.CaptchaUnknown,
                FeedbackProblems.CaptchaWorkTooCheap,
                FeedbackProblems.CaptchaUnavailable,
                FeedbackProblems.Automated,
                FeedbackProblems.FeedbackFull,
                MessagingProblems.OutboxFull
            )
            .FailsForNow(FeedbackProblems.TooFast, FeedbackProblems.InProgress, FeedbackProblems.CaptchaWorkRequired);
        site.MapRead("/feedback/{receipt}", ReadAsync)
            .Describe("readOwnFeedback", "Reads what has become of feedback, for its sender.")
            .Takes(
                new ApiField(
                    "receipt",
                    "The code, in capital or small letters, with or without hyphens.",
                    ApiValue.Text("7KQ2-M0XA-T9RD")
                )
            )
            .Answers<SenderFeedback>("The feedback. Spam is shown as declined.")
            .Fails(FeedbackProblems.UnknownReceipt);
    }

    private static ApiField Key(string name, string description) =>
        new(name, description, ApiValue.Text("5f0c8e9a4b570190", pattern: "^[A-Za-z0-9_-]{16,64}$"));

    private static async Task<IResult> SubmitAsync(
        string site,
        HttpContext context,
        Submissions submissions,
        RunningSubmissions running,
        OutboxState<FeedbackContext> outbox
    )
    {
        var known = context.Site();
        var (raw, key, problem) = await FeedbackBody.ReadAsync(context.Request);
        if (raw is null)
        {
            return problem!;
        }
        if (string.IsNullOrEmpty(key))
        {
            return Problem.Of(FeedbackProblems.IdempotencyKeyRequired);
        }
        if (!IdempotencyKey.IsValid(key))
        {
            return Problem.Of(CommonProblems.InvalidIdempotencyKey);
        }
        if (!string.IsNullOrEmpty(raw.Website))
        {
            return Problem.Of(FeedbackProblems.Automated);
        }
        var input = raw.Cleaned();
        if (input.Problem(context) is { } mistakes)
        {
            return mistakes;
        }
        if (outbox.IsFull)
        {
            return Problem.Of(MessagingProblems.OutboxFull, retryAfter: TimeSpan.FromMinutes(1));
        }
        using var run = running.TryBegin(site, key);
        if (run is null)
        {
            return Problem.Of(FeedbackProblems.InProgress, retryAfter: TimeSpan.FromSeconds(1));
        }
        var submission = await submissions.TakeAsync(
            known,
            input,
            key,
            RequestLanguage.Of(context),
            context.Connection.RemoteIpAddress,
            context.RequestAborted
        );
        return submission.Outcome switch
        {
            SubmissionOutcome.Taken => Receipt(context, known, submission.Entry!),
            SubmissionOutcome.KeyReused => Problem.Of(CommonProblems.IdempotencyKeyReused),
            SubmissionOutcome.CaptchaUsed => Problem.Of(FeedbackProblems.CaptchaUsed),
            SubmissionOutcome.Full => Problem.Of(FeedbackProblems.FeedbackFull, retryAfter: TimeSpan.FromHours(1)),
            SubmissionOutcome.Busy => Problem.Of(
                FeedbackProblems.CaptchaUnavailable,
                retryAfter: TimeSpan.FromSeconds(1)
            ),
            _ => Refusal(submission.Verdict),
        };
    }

    private static IResult Refusal(CaptchaVerdict verdict) =>
        verdict.Outcome switch
        {
            CaptchaOutcome.Expired => Problem.Of(FeedbackProblems.CaptchaExpired),
            CaptchaOutcome.Unknown => Problem.Of(FeedbackProblems.CaptchaUnknown),
            CaptchaOutcome.TooFast => Problem.Of(FeedbackProblems.TooFast, retryAfter: verdict.Wait),
            CaptchaOutcome.WorkRequired => Problem.Of(FeedbackProblems.CaptchaWorkRequired, retryAfter: verdict.Wait),
            CaptchaOutcome.TooCheap => Problem.Of(FeedbackProblems.CaptchaWorkTooCheap),
            CaptchaOutcome.Unavailable => Problem.Of(
                FeedbackProblems.CaptchaUnavailable,
                retryAfter: TimeSpan.FromSeconds(5)
            ),
            _ => Problem.Of(FeedbackProblems.CaptchaWrong),
        };

    private static IResult Receipt(HttpContext context, Site site, FeedbackEntry entry)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (FeedbackBody.IsForm(context.Request))
        {
            return new SeeOther(ReceiptAddress.PageOf(site, entry.Receipt));
        }
        context.Response.Headers.Location = ReceiptAddress.Of(site, entry.Receipt);
        return Results.Json(FeedbackReceipt.Of(entry), PortalJson.Replies, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReadAsync(
        string site,
        string receipt,
        HttpContext context,
        FeedbackContext database
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return
            ReceiptCode.Read(receipt) is { } code
            && await database
                .Entries.AsNoTracking()
                .FirstOrDefaultAsync(entry => entry.Site == site && entry.Receipt == code, context.RequestAborted)
                is { } entry
            ? Results.Json(
                SenderFeedback.Of(entry, await Timeline.ReadAsync(database, entry, context.RequestAborted)),
                PortalJson.Replies
            )
            : Problem.Of(FeedbackProblems.UnknownReceipt);
    }

    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
