using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Feedback.Deadlines;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Verify;

namespace PortalServices.Feedback.Submit;

/// <summary>What became of a submission.</summary>
internal enum SubmissionOutcome
{
    /// <summary>Taken, now or before under the same key.</summary>
    Taken,

    /// <summary>The key stands for other fields.</summary>
    KeyReused,

    /// <summary>The captcha was answered before.</summary>
    CaptchaUsed,

    /// <summary>The captcha's answer was no good; the verdict says why.</summary>
    CaptchaRefused,

    /// <summary>Too much waits to be looked at.</summary>
    Full,

    /// <summary>Other replicas take too much of the same address at the same time.</summary>
    Busy,
}

/// <summary>The result of a submission.</summary>
internal readonly record struct Submission(
    SubmissionOutcome Outcome,
    FeedbackEntry? Entry = null,
    CaptchaVerdict Verdict = default
);

/// <summary>
/// Takes feedback. What is taken is one commit: the feedback with its idempotency key, its captcha marked used, the
/// first step of its audit, its mails, and the event. A wrong answer to the captcha is a commit of its own, which uses
/// the captcha up; the key stays free.
/// </summary>
internal sealed class Submissions(
    FeedbackContext database,
    CaptchaJudge judge,
    CaptchaSecrets secrets,
    SiteTurns turns,
    WorkingDays workingDays,
    NewMails mails,
    IOptions<FeedbackOptions> options,
    TimeProvider time
)
{
    // Each time another replica has taken one, so an address needs as many replicas, and its luck, to see the end of
    // it.
    private const int MaxTries = 16;

    /// <summary>Takes feedback whose fields are valid.</summary>
    public async Task<Submission> TakeAsync(
        Site site,
        FeedbackInput input,
        string key,
        string language,
        IPAddress? client,
        CancellationToken cancel
    )
    {
        var fingerprint = input.Fingerprint();
        if (await FindAsync(site, key, fingerprint, cancel) is { } known)
        {
            return known;
        }
        if (await IsFullAsync(site, cancel))
        {
            return new(SubmissionOutcome.Full);
        }
        // A verifier elsewhere takes its time, which is nobody else's.
        using var turn = judge.Counts ? await turns.WaitAsync(site.Id, cancel) : null;
        for (var tried = 0; tried < MaxTries; tried++)
        {
            var verdict = await judge.JudgeAsync(
                site.Id,
                input.Captcha!.Id,
                input.Captcha.Answer,
                input.Captcha.Work,
                client,
                cancel
            );
            var entry = verdict.Outcome == CaptchaOutcome.Right ? Add(site, input, key, fingerprint, language) : null;
            // Not given up any more: who goes away after a wrong answer has used up the captcha all the same.
            if (await TrySaveAsync(verdict))
            {
                CaptchaTelemetry.Judged.Add(1, CaptchaTelemetry.Outcome.With(verdict.Outcome));
                return entry is null
                    ? new(SubmissionOutcome.CaptchaRefused, Verdict: verdict)
                    : new(SubmissionOutcome.Taken, entry);
            }
            // Somebody was first: with the key, and then this is the same request again; or with the captcha.
            if (entry is not null && await FindAsync(site, key, fingerprint, CancellationToken.None) is { } first)
            {
                return first;
            }
            if (await IsUsedAsync(verdict))
            {
                return new(SubmissionOutcome.CaptchaUsed);
            }
            // Or another replica has counted a submission of the same address meanwhile, and the threshold must be
            // looked at again.
        }

        return new(SubmissionOutcome.Busy);
    }

    private async Task<bool> TrySaveAsync(CaptchaVerdict verdict)
    {
        foreach (var used in new[] { verdict.Used, verdict.UsedBeside }.OfType<UsedCaptcha>())
        {
            database.Add(used);
        }
        try
        {
            await database.SaveChangesAsync(CancellationToken.None);
            return true;
        }
        catch (DbUpdateException e) when (UniqueViolation.Is(e))
        {
            database.ChangeTracker.Clear();
            return false;
        }
    }

    private Task<bool> IsUsedAsync(CaptchaVerdict verdict)
    {
        string?[] challenges = [verdict.Used?.Challenge, verdict.UsedBeside?.Challenge];
        return database.UsedCaptchas.AnyAsync(used => challenges.Contains(used.Challenge), CancellationToken.None);
    }

    private async Task<Submission?> FindAsync(Site site, string key, string fingerprint, CancellationToken cancel)
    {
        string[] names = [key, (await secrets.GetAsync(cancel)).HashOfKey(key)];
        return await database
                .Entries.AsNoTracking()
                .FirstOrDefaultAsync(entry => entry.Site == site.Id && names.Contains(entry.IdempotencyKey), cancel)
                is not { } entry
                ? null
            : entry.Fingerprint == fingerprint ? new(SubmissionOutcome.Taken, entry)
            : new(SubmissionOutcome.KeyReused);
    }

    private async Task<bool> IsFullAsync(Site site, CancellationToken cancel) =>
        await database
            .Entries.Where(entry => entry.Site == site.Id && entry.Status == FeedbackStatus.Received)
            .OrderBy(entry => entry.PublishedAt)
            .Take(options.Value.MaxUnread)
            .CountAsync(cancel) >= options.Value.MaxUnread;

    private FeedbackEntry Add(Site site, FeedbackInput input, string key, string fingerprint, string language)
    {
        var now = time.GetUtcNow();
        var entry = new FeedbackEntry
        {
            Id = Guid.CreateVersion7(now),
            Site = site.Id,
            Receipt = ReceiptCode.New(),
            IdempotencyKey = key,
            Fingerprint = fingerprint,
            Language = language,
            FullName = input.FullName!,
            Title = input.Title!,
            Content = input.Content!,
            Email = input.Email,
            Recipient = Recipient.Of(input.Email),
            Phone = input.Phone,
            Page = input.Page,
            Category = input.Category,
            ReceivedAt = now.ToUnixTimeMilliseconds(),
            DueBy = workingDays.After(
                DateOnly.FromDateTime(site.Local(now).DateTime),
                options.Value.AnswerWithinWorkingDays
            ),
            Version = 1,
        };
        entry.Become(FeedbackStatus.Received);
        FeedbackWords.Put(entry);
        database.Add(entry);
        database.Add(FeedbackStep.Of(entry, StepKind.Received, "visitor", now));
        mails.AddReceived(entry);
        database.Publish(
            new FeedbackReceived
            {
                Site = site.Id,
                Feedback = entry.Id,
                ReceivedAt = now.UtcDateTime,
                DueBy = entry.DueBy,
            }
        );
        return entry;
    }
}
