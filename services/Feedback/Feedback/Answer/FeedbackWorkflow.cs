using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Deadlines;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Personal;
using PortalServices.Feedback.Submit;
using PortalServices.OperatorAccess.Gate;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// Takes a step with feedback: reads it, looks whether it is as the operator read it, and writes step and audit in one
/// commit.
/// </summary>
internal sealed class FeedbackWorkflow(
    FeedbackContext database,
    OutboxState<FeedbackContext> outbox,
    NewMails mails,
    Erasure erasure,
    TimeProvider time
)
{
    private const int MaxErasures = 8;

    /// <summary>The operator, for the audit.</summary>
    public static string Name(HttpContext context) => context.Operator()?.Name ?? "";

    /// <summary>The step leads to another status, by <see cref="FeedbackTransitions"/>; the others lead nowhere.</summary>
    public static bool Moves(StepKind kind) =>
        kind is not (StepKind.Assigned or StepKind.Noted or StepKind.Categorized);

    /// <summary>The feedback with its version.</summary>
    public async Task<IResult> ReadAsync(HttpContext context, Guid id) =>
        await FindAsync(context, id) is { } entry
            ? Reply(context, entry)
            : Problem.Of(FeedbackProblems.UnknownFeedback);

    /// <summary>Takes a step.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The feedback.</param>
    /// <param name="kind">The step.</param>
    /// <param name="change">What it changes besides; returns the text for the audit.</param>
    public async Task<IResult> TakeAsync(
        HttpContext context,
        Guid id,
        StepKind kind,
        Func<FeedbackEntry, string, string?> change
    )
    {
        // Only what is announced needs room among the events.
        var isAnnounced = kind is StepKind.Answered or StepKind.Declined;
        if (isAnnounced && outbox.IsFull)
        {
            return Problem.Of(MessagingProblems.OutboxFull, retryAfter: TimeSpan.FromMinutes(1));
        }
        var (entry, problem) = await FindVersionAsync(context, id);
        if (entry is null)
        {
            return problem!;
        }
        var from = entry.Status;
        // What a step writes afterwards would not be erased with the rest.
        if (entry.ErasedAt is not null && kind is not StepKind.Unpublished)
        {
            return Problem.Of(FeedbackProblems.Erased);
        }
        if ((Moves(kind) ? FeedbackTransitions.After(from, kind) : from) is not { } to)
        {
            return Problem.Of(
                CommonProblems.IllegalState,
                detail: JsonNamingPolicy.CamelCase.ConvertName(from.ToString())
            );
        }
        var (by, now) = (Name(context), time.GetUtcNow());
        var text = change(entry, by);
        if (to != from)
        {
            entry.Become(to);
        }
        entry.Version++;
        FeedbackWords.Put(entry);
        if (isAnnounced)
        {
            entry.AnsweredAt = now.ToUnixTimeMilliseconds();
            database.Publish(entry.ToAnswered());
            mails.AddAnswered(entry);
        }
        else if (kind is StepKind.Published)
        {
            entry.PublishedAt = now.ToUnixTimeMilliseconds();
        }
        database.Add(FeedbackStep.Of(entry, kind, by, now, from, text));
        return await TrySaveAsync() ? Reply(context, entry) : await ConflictAsync(context, id);
    }

    /// <summary>Erases the personal data.</summary>
    public async Task<IResult> EraseAsync(HttpContext context, Guid id, string reason)
    {
        for (var tried = 1; ; tried++)
        {
            var (entry, problem) = await FindVersionAsync(context, id, mayBeOver: Erasure.IsComplete);
            if (entry is null)
            {
                return problem!;
            }
            await using var erasing = await erasure.BeginAsync(context.RequestAborted);
            if (
                !await erasure.EraseAsync(entry, Name(context), reason, withPublication: true, context.RequestAborted)
                || await TrySaveAsync()
            )
            {
                return Reply(context, entry);
            }
            if (tried == MaxErasures)
            {
                return await ConflictAsync(context, id);
            }
            // Somebody was first, perhaps with the same.
            database.ChangeTracker.Clear();
        }
    }

    private Task<FeedbackEntry?> FindAsync(HttpContext context, Guid id)
    {
        var site = context.Site().Id;
        return database.Entries.FirstOrDefaultAsync(
            entry => entry.Site == site && entry.Id == id,
            context.RequestAborted
        );
    }

    /// <param name="context">The request.</param>
    /// <param name="id">The feedback.</param>
    /// <param name="mayBeOver">
    /// What was asked for is so already, whatever version the caller read before it: a repeat whose first answer was
    /// lost succeeds, too (RFC 9110, section 13.1.1).
    /// </param>
    private async Task<(FeedbackEntry? Entry, IResult? Problem)> FindVersionAsync(
        HttpContext context,
        Guid id,
        Func<FeedbackEntry, bool>? mayBeOver = null
    )
    {
        if (await FindAsync(context, id) is not { } entry)
        {
            return (null, Problem.Of(FeedbackProblems.UnknownFeedback));
        }
        return
            IfMatch.Problem(context, entry.Version) is { } mismatch
            && !(IfMatch.IsWellFormed(context) && mayBeOver?.Invoke(entry) == true)
            ? (null, mismatch)
            : (entry, null);
    }

    private IResult Reply(HttpContext context, FeedbackEntry entry)
    {
        IfMatch.Tag(context, entry.Version);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            OperatorFeedback.Of(entry, context.Site().Today(time), PersonalSuggestion.AllOf(entry)),
            PortalJson.Replies
        );
    }

    private async Task<bool> TrySaveAsync()
    {
        try
        {
            await database.SaveChangesAsync(CancellationToken.None);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private async Task<IResult> ConflictAsync(HttpContext context, Guid id) =>
        IfMatch.Conflict(
            context,
            await database
                .Entries.AsNoTracking()
                .Where(each => each.Id == id)
                .Select(each => each.Version)
                .SingleAsync(context.RequestAborted)
        );
}
