using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Personal;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;
using PortalServices.OperatorAccess.Gate;

namespace PortalServices.Feedback.Answer;

/// <summary>
/// Takes a step with feedback: reads it, looks whether it is as the operator read it, and writes step and audit in one
/// commit.
/// </summary>
internal sealed class FeedbackWorkflow(
    FeedbackContext database,
    SiteList sites,
    OutboxState<FeedbackContext> outbox,
    NewMails mails,
    TimeProvider time
)
{
    private const int MaxErasures = 8;

    /// <summary>The operator, for the audit.</summary>
    public static string Name(HttpContext context) => context.Operator()?.Name ?? "";

    public Task<FeedbackEntry?> FindAsync(string site, Guid id, CancellationToken cancel) =>
        database.Entries.FirstOrDefaultAsync(entry => entry.Site == site && entry.Id == id, cancel);

    /// <summary>A step that leads to another status, by <see cref="FeedbackTransitions"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="site">The site.</param>
    /// <param name="id">The feedback.</param>
    /// <param name="kind">The step.</param>
    /// <param name="change">What it changes besides; returns the text for the audit.</param>
    public Task<IResult> TransitionAsync(
        HttpContext context,
        string site,
        Guid id,
        StepKind kind,
        Func<FeedbackEntry, string, string?> change
    ) => StepAsync(context, site, id, kind, entry => FeedbackTransitions.After(entry.Status, kind), change);

    /// <summary>A step that leads nowhere else.</summary>
    /// <inheritdoc cref="TransitionAsync"/>
    public Task<IResult> AnnotateAsync(
        HttpContext context,
        string site,
        Guid id,
        StepKind kind,
        Func<FeedbackEntry, string, string?> change
    ) => StepAsync(context, site, id, kind, entry => entry.Status, change);

    /// <summary>Erases the personal data.</summary>
    public async Task<IResult> EraseAsync(HttpContext context, string site, Guid id, Erasure erasure, string reason)
    {
        for (var tried = 1; ; tried++)
        {
            var (entry, problem) = await ReadAsync(context, site, id, mayBeOver: Erasure.IsComplete);
            if (entry is null)
            {
                return problem!;
            }
            await using var erasing = await erasure.BeginAsync(context.RequestAborted);
            if (!await erasure.EraseAsync(entry, Name(context), reason, withPublication: true, context.RequestAborted))
            {
                return Reply(context, entry);
            }
            if (await TrySaveAsync())
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

    /// <summary>The feedback with its version.</summary>
    public IResult Reply(HttpContext context, FeedbackEntry entry)
    {
        sites.TryGet(entry.Site, out var site);
        IfMatch.Tag(context, entry.Version);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            HandledFeedback.Of(entry, FeedbackList.Today(site!, time), PersonalSuggestion.AllOf(entry)),
            PortalJson.Replies
        );
    }

    private async Task<IResult> StepAsync(
        HttpContext context,
        string site,
        Guid id,
        StepKind kind,
        Func<FeedbackEntry, FeedbackStatus?> next,
        Func<FeedbackEntry, string, string?> change
    )
    {
        // Only what is announced needs room among the events.
        if (kind is StepKind.Answered or StepKind.Declined && outbox.IsFull)
        {
            return Problem.Of(MessagingProblems.OutboxFull, retryAfter: TimeSpan.FromMinutes(1));
        }
        var (entry, problem) = await ReadAsync(context, site, id);
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
        if (next(entry) is not { } to)
        {
            return Problem.Of(
                CommonProblems.IllegalState,
                detail: System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(from.ToString())
            );
        }
        var by = Name(context);
        var text = change(entry, by);
        if (to != from)
        {
            entry.Become(to);
        }
        entry.Version++;
        if (entry.ErasedAt is null)
        {
            FeedbackWords.Put(entry);
        }
        if (kind is StepKind.Answered or StepKind.Declined)
        {
            mails.AddAnswered(entry);
        }
        var now = time.GetUtcNow();
        database.Add(
            new FeedbackStep
            {
                Id = Guid.CreateVersion7(now),
                Site = site,
                FeedbackId = id,
                At = now.ToUnixTimeMilliseconds(),
                By = by,
                Kind = kind,
                From = from,
                To = to,
                Text = text,
            }
        );
        return await SaveAsync(context, entry);
    }

    /// <param name="context">The request.</param>
    /// <param name="site">The site.</param>
    /// <param name="id">The feedback.</param>
    /// <param name="mayBeOver">
    /// What was asked for is so already, whatever version the caller read before it: a repeat whose first answer was
    /// lost succeeds, too (RFC 9110, section 13.1.1).
    /// </param>
    private async Task<(FeedbackEntry? Entry, IResult? Problem)> ReadAsync(
        HttpContext context,
        string site,
        Guid id,
        Func<FeedbackEntry, bool>? mayBeOver = null
    )
    {
        if (await FindAsync(site, id, context.RequestAborted) is not { } entry)
        {
            return (null, Problem.Of(FeedbackProblems.UnknownFeedback));
        }
        return
            IfMatch.Problem(context, entry.Version) is { } mismatch
            && !(IfMatch.IsWellFormed(context) && mayBeOver?.Invoke(entry) == true)
            ? (null, mismatch)
            : (entry, null);
    }

    private async Task<IResult> SaveAsync(HttpContext context, FeedbackEntry entry) =>
        await TrySaveAsync() ? Reply(context, entry) : await ConflictAsync(context, entry.Id);

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
