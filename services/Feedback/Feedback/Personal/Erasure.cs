using Microsoft.EntityFrameworkCore;
using PortalServices.Database;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Submit;
using PortalServices.Feedback.Verify;

namespace PortalServices.Feedback.Personal;

/// <summary>Erases personal data; what stays is that there was feedback, when, and what became of it.</summary>
internal sealed class Erasure(
    FeedbackContext database,
    DatabaseErasure<FeedbackContext> files,
    CaptchaSecrets secrets,
    TimeProvider time
)
{
    /// <summary>
    /// Erases one feedback's, with the changes that are saved next: every text, also in its audit, and its mails that
    /// wait.
    /// </summary>
    /// <param name="entry">Read in this context.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="reason">Why; without personal data.</param>
    /// <param name="withPublication">Also what was published of it.</param>
    /// <param name="cancel">Given up.</param>
    /// <returns>Whether there was anything to erase: what is erased wholly is left as it is.</returns>
    public async Task<bool> EraseAsync(
        FeedbackEntry entry,
        string by,
        string reason,
        bool withPublication,
        CancellationToken cancel
    )
    {
        var texts = await database
            .Steps.Where(step => step.FeedbackId == entry.Id && step.Text != null && step.Kind != StepKind.Erased)
            .ToListAsync(cancel);
        if (IsComplete(entry) && texts.Count == 0)
        {
            return false;
        }
        var now = time.GetUtcNow();
        var from = entry.Status;
        entry.FullName = entry.Title = entry.Content = entry.Fingerprint = "";
        entry.Email = entry.Recipient = entry.Phone = entry.Page = null;
        entry.Answer = entry.DeclineReason = entry.AssignedTo = null;
        // Once: the hash of a hash would be found by nobody.
        if (entry.ErasedAt is null)
        {
            entry.IdempotencyKey = (await secrets.GetAsync(cancel)).HashOfKey(entry.IdempotencyKey);
        }
        entry.ErasedAt ??= now.ToUnixTimeMilliseconds();
        entry.Version++;
        if (entry.IsOpen)
        {
            // Nobody can answer it any more, so nobody is to be reminded of it.
            entry.AnsweredAt = now.ToUnixTimeMilliseconds();
            entry.Become(FeedbackStatus.Declined);
            database.Publish(entry.ToAnswered());
        }

        if (withPublication && entry.Status == FeedbackStatus.Published)
        {
            entry.Unpublish();
            entry.Become(FeedbackStatus.Answered);
        }

        FeedbackWords.Put(entry);
        foreach (var step in texts)
        {
            step.Text = null;
        }
        foreach (var mail in await database.Mails.Where(mail => mail.FeedbackId == entry.Id).ToListAsync(cancel))
        {
            // What a mail server said of a failure may name the address; that it failed stays.
            mail.Failure = mail.Failure is null ? null : SmtpReply.CodesIn(mail.Failure) ?? "failed";
            if (mail.DoneAt is null)
            {
                database.Remove(mail);
            }
        }

        database.Add(FeedbackStep.Of(entry, StepKind.Erased, by, now, from, reason));
        return true;
    }

    /// <summary>
    /// Nothing of it is left, and nothing of it is shown. Versions before could write to what was erased, and left what
    /// was open open.
    /// </summary>
    public static bool IsComplete(FeedbackEntry entry) =>
        entry.ErasedAt is not null
        && !entry.IsOpen
        && entry
            is {
                PublicTitle: null,
                PublicContent: null,
                PublicAnswer: null,
                Answer: null,
                DeclineReason: null,
                AssignedTo: null
            };

    /// <summary>
    /// Before anything is erased: what is committed until the result is disposed of goes from the files of the
    /// database, too.
    /// </summary>
    public Task<IAsyncDisposable> BeginAsync(CancellationToken cancel) => files.BeginAsync(cancel);

    /// <summary>
    /// Erases, feedback by feedback, the personal data of what came before an instant and is no longer open; what is
    /// published stays.
    /// </summary>
    /// <returns>Of how much feedback.</returns>
    public async Task<int> EraseBeforeAsync(
        string? site,
        long receivedBefore,
        string by,
        string reason,
        CancellationToken cancel
    )
    {
        const int AtOnce = 100;
        var due = database.Entries.Where(entry =>
            (site == null || entry.Site == site)
            && entry.ReceivedAt < receivedBefore
            && entry.ErasedAt == null
            && entry.Status != FeedbackStatus.Received
            && entry.Status != FeedbackStatus.InProgress
        );
        for (var erased = 0; ; )
        {
            var old = await due.OrderBy(entry => entry.ReceivedAt)
                .Select(entry => entry.Id)
                .Take(AtOnce)
                .ToListAsync(cancel);
            await using var erasing = old.Count > 0 ? await BeginAsync(cancel) : null;
            foreach (var id in old)
            {
                // Each is read anew: since the ids were, somebody may have opened it again.
                database.ChangeTracker.Clear();
                if (await due.FirstOrDefaultAsync(entry => entry.Id == id, cancel) is not { } entry)
                {
                    continue;
                }
                await EraseAsync(entry, by, reason, withPublication: false, cancel);
                try
                {
                    await database.SaveChangesAsync(cancel);
                    erased++;
                }
                catch (DbUpdateConcurrencyException)
                {
                    // Somebody works on it, or another replica was first: it comes again, or is done.
                }
            }

            if (old.Count < AtOnce)
            {
                return erased;
            }
        }
    }
}
