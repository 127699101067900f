using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Storage;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Personal;

/// <summary>Erases personal data; what stays is that there was feedback, when, and what became of it.</summary>
internal sealed class Erasure(FeedbackContext database, TimeProvider time)
{
    /// <summary>Erases one feedback's, with the changes that are saved next: every text, also in its audit, and its mails that wait.</summary>
    /// <param name="entry">Read in this context.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="reason">Why; without personal data.</param>
    /// <param name="withPublication">Also what was published of it.</param>
    /// <param name="cancel">Given up.</param>
    public async Task EraseAsync(FeedbackEntry entry, string by, string reason, bool withPublication, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var from = entry.Status;
        (entry.FullName, entry.Title, entry.Content, entry.Fingerprint, entry.Words) = ("", "", "", "", "");
        (entry.Email, entry.Phone, entry.Page, entry.Answer, entry.DeclineReason) = (null, null, null, null, null);
        entry.ErasedAt = now.ToUnixTimeMilliseconds();
        entry.Version++;
        if (withPublication && entry.Status == FeedbackStatus.Published)
        {
            (entry.PublicTitle, entry.PublicContent, entry.PublicAnswer, entry.PublishedAt) = (null, null, null, null);
            entry.Become(FeedbackStatus.Answered);
        }

        foreach (var step in await database.Steps.Where(step => step.FeedbackId == entry.Id && step.Text != null).ToListAsync(cancel))
            step.Text = null;
        foreach (var mail in await database.Mails.Where(mail => mail.FeedbackId == entry.Id).ToListAsync(cancel))
        {
            // What a mail server said of a failure may name the address.
            mail.Failure = null;
            if (mail.DoneAt is null)
                database.Remove(mail);
        }

        database.Add(new FeedbackStep
        {
            Id = Guid.CreateVersion7(now),
            Site = entry.Site,
            FeedbackId = entry.Id,
            At = now.ToUnixTimeMilliseconds(),
            By = by,
            Kind = StepKind.Erased,
            From = from,
            To = entry.Status,
            Text = reason,
        });
    }

    /// <summary>Erases, feedback by feedback, the personal data of what came before an instant and is no longer open; what is published stays.</summary>
    /// <returns>Of how much feedback.</returns>
    public async Task<int> EraseBeforeAsync(string? site, long receivedBefore, string by, string reason, CancellationToken cancel)
    {
        const int AtOnce = 100;
        var due = database.Entries.Where(entry => (site == null || entry.Site == site) && entry.ReceivedAt < receivedBefore && entry.ErasedAt == null
            && entry.Status != FeedbackStatus.Received && entry.Status != FeedbackStatus.InProgress);
        for (var erased = 0; ;)
        {
            var old = await due.OrderBy(entry => entry.ReceivedAt).Select(entry => entry.Id).Take(AtOnce).ToListAsync(cancel);
            foreach (var id in old)
            {
                // Each is read anew: since the ids were, somebody may have opened it again.
                database.ChangeTracker.Clear();
                if (await due.FirstOrDefaultAsync(entry => entry.Id == id, cancel) is not { } entry)
                    continue;
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
                return erased;
        }
    }
}
