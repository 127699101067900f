using Microsoft.EntityFrameworkCore;

namespace PortalServices.Feedback.Mail;

/// <summary>
/// The commands on the table of mails. Several senders may share it: each claims the mail that it sends for a while.
/// </summary>
internal static class MailQueue
{
    /// <summary>Adds a mail, unless it was added before: whoever asks again, and whenever, adds nothing.</summary>
    /// <returns>How many were added.</returns>
    public static Task<int> AddAsync(
        FeedbackContext database,
        Guid feedback,
        MailKind kind,
        long of,
        string to,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var (id, at) = (Guid.CreateVersion7(now), now.ToUnixTimeMilliseconds());
        return database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Mails" ("Id", "FeedbackId", "Kind", "Of", "To", "CreatedAt", "DueAt", "Attempts")
            VALUES ({id}, {feedback}, {(int)kind}, {of}, {to}, {at}, {at}, 0)
            ON CONFLICT ("FeedbackId", "Kind", "Of", "To") DO NOTHING
            """,
            cancel
        );
    }

    /// <summary>
    /// Claims the mail that has been due longest: nobody else sees it before <paramref name="until"/>. Null when none
    /// is due.
    /// </summary>
    public static async Task<WaitingMail?> ClaimAsync(
        FeedbackContext database,
        long now,
        long until,
        CancellationToken cancel
    ) =>
        (
            await ClaimedRows.ClaimAsync<WaitingMail>(
                database,
                now,
                until,
                1,
                """ "DueAt", "Id" """,
                """ "DoneAt" IS NULL """,
                cancel
            )
        ).FirstOrDefault();

    /// <summary>Ends a mail: it was sent, is not needed, or is given up.</summary>
    public static Task EndAsync(
        FeedbackContext database,
        WaitingMail mail,
        long now,
        string? failure,
        CancellationToken cancel
    ) =>
        database
            .Mails.Where(each => each.Id == mail.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(each => each.DoneAt, now).SetProperty(each => each.Failure, failure),
                cancel
            );

    /// <summary>Puts off a mail that is still claimed.</summary>
    public static Task PutOffAsync(
        FeedbackContext database,
        WaitingMail mail,
        long until,
        string? failure,
        CancellationToken cancel
    ) =>
        database
            .Mails.Where(each => each.Id == mail.Id && each.DueAt == mail.DueAt && each.DoneAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(each => each.DueAt, until).SetProperty(each => each.Failure, failure),
                cancel
            );

    /// <summary>How many wait, and since when the oldest does (milliseconds since 1970 UTC; null for none).</summary>
    public static async Task<(int Waiting, long? OldestAt)> LookAsync(
        FeedbackContext database,
        CancellationToken cancel
    )
    {
        var waiting = database.Mails.AsNoTracking().Where(mail => mail.DoneAt == null);
        return (await waiting.CountAsync(cancel), await waiting.MinAsync(mail => (long?)mail.CreatedAt, cancel));
    }
}
