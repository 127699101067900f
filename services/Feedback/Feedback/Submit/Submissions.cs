using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Captcha;
using PortalServices.Feedback.Deadlines;
using PortalServices.Feedback.Storage;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;

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
}

/// <summary>The result of a submission.</summary>
internal readonly record struct Submission(SubmissionOutcome Outcome, FeedbackEntry? Entry = null, CaptchaVerdict Verdict = default);

/// <summary>
/// Takes feedback. What is taken is one commit: the feedback with its idempotency key, its captcha marked used, the first step of its audit, and the event. A
/// wrong answer to the captcha is a commit of its own, which uses the captcha up; the key stays free.
/// </summary>
internal sealed class Submissions(
    FeedbackContext database, ICaptchaVerifier verifier, WorkingDays workingDays, IOptions<FeedbackOptions> options, TimeProvider time)
{
    /// <summary>Takes feedback whose fields are valid.</summary>
    public async Task<Submission> TakeAsync(Site site, FeedbackInput input, string key, string language, string? address, CancellationToken cancel)
    {
        var fingerprint = input.Fingerprint();
        if (await FindAsync(site, key, fingerprint, cancel) is { } known)
            return known;
        if (await IsFullAsync(site, cancel))
            return new(SubmissionOutcome.Full);
        var verdict = await verifier.VerifyAsync(input.Captcha!.Id, input.Captcha.Answer, address, cancel);
        if (verdict.Outcome != CaptchaOutcome.Right)
        {
            // Not given up any more: who goes away after a wrong answer has used up the captcha all the same.
            return verdict.Used is null || await TryUseUpAsync(verdict.Used, CancellationToken.None)
                ? new(SubmissionOutcome.CaptchaRefused, Verdict: verdict)
                : new(SubmissionOutcome.CaptchaUsed);
        }

        var entry = Add(site, input, key, fingerprint, language);
        database.Add(verdict.Used!);
        try
        {
            await database.SaveChangesAsync(CancellationToken.None);
            return new(SubmissionOutcome.Taken, entry);
        }
        catch (DbUpdateException e) when (UniqueViolation.Is(e))
        {
            // Somebody was first: with the key, and then this is the same request again; or with the captcha.
            database.ChangeTracker.Clear();
            return await FindAsync(site, key, fingerprint, CancellationToken.None) ?? new(SubmissionOutcome.CaptchaUsed);
        }
    }

    async Task<Submission?> FindAsync(Site site, string key, string fingerprint, CancellationToken cancel) =>
        await database.Entries.AsNoTracking().FirstOrDefaultAsync(entry => entry.Site == site.Id && entry.IdempotencyKey == key, cancel) is not { } entry
            ? null
            : entry.Fingerprint == fingerprint ? new(SubmissionOutcome.Taken, entry) : new(SubmissionOutcome.KeyReused);

    async Task<bool> IsFullAsync(Site site, CancellationToken cancel) =>
        await database.Entries.Where(entry => entry.Site == site.Id && entry.Status == FeedbackStatus.Received)
            .OrderBy(entry => entry.PublishedAt).Take(options.Value.MostUnread).CountAsync(cancel) >= options.Value.MostUnread;

    async Task<bool> TryUseUpAsync(UsedCaptcha used, CancellationToken cancel)
    {
        database.Add(used);
        try
        {
            await database.SaveChangesAsync(cancel);
            return true;
        }
        catch (DbUpdateException e) when (UniqueViolation.Is(e))
        {
            database.ChangeTracker.Clear();
            return false;
        }
    }

    FeedbackEntry Add(Site site, FeedbackInput input, string key, string fingerprint, string language)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, site.Zone).DateTime);
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
            Phone = input.Phone,
            Page = input.Page,
            ReceivedAt = now.ToUnixTimeMilliseconds(),
            DueBy = workingDays.After(today, options.Value.AnswerWithinWorkingDays),
            Version = 1,
        };
        entry.Become(FeedbackStatus.Received);
        entry.Words = FeedbackWords.Of(entry);
        database.Add(entry);
        database.Add(new FeedbackStep
        {
            Id = Guid.CreateVersion7(now),
            Site = site.Id,
            FeedbackId = entry.Id,
            At = entry.ReceivedAt,
            By = "visitor",
            Kind = StepKind.Received,
            To = FeedbackStatus.Received,
        });
        database.Publish(new FeedbackReceived { Site = site.Id, Feedback = entry.Id, ReceivedAt = now.UtcDateTime, DueBy = entry.DueBy });
        return entry;
    }
}
