using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Contracts;
using PortalServices.Messaging.Retired;

namespace PortalServices.Feedback.Mail;

/// <summary>
/// Adds the mails of feedback that an earlier version took: it published this event for them. Of this version's
/// feedback they are there already, by <see cref="NewMails"/>.
/// </summary>
internal sealed class MailReceivedConsumer(FeedbackContext database, IOptions<MailOptions> options, TimeProvider time)
    : IRetiredConsumer<FeedbackReceived>
{
    public async Task ConsumeAsync(FeedbackReceived message, CancellationToken cancel)
    {
        if (!options.Value.IsOn)
        {
            return;
        }
        var feedback = await database
            .Entries.AsNoTracking()
            .Where(entry => entry.Id == message.Feedback)
            .Select(entry => new { HasEmail = entry.Email != null })
            .FirstOrDefaultAsync(cancel);
        if (feedback is null)
        {
            return;
        }
        foreach (var to in options.Value.OperatorsOf(message.Site))
        {
            await MailQueue.AddAsync(database, message.Feedback, MailKind.Arrived, 0, to, time.GetUtcNow(), cancel);
        }
        if (feedback.HasEmail)
        {
            await MailQueue.AddAsync(database, message.Feedback, MailKind.Receipt, 0, "", time.GetUtcNow(), cancel);
        }
    }
}

/// <summary>Adds the mail of an answer that an earlier version took.</summary>
internal sealed class MailAnsweredConsumer(FeedbackContext database, IOptions<MailOptions> options, TimeProvider time)
    : IRetiredConsumer<FeedbackAnswered>
{
    public async Task ConsumeAsync(FeedbackAnswered message, CancellationToken cancel)
    {
        if (!options.Value.IsOn)
        {
            return;
        }
        if (await database.Entries.AnyAsync(entry => entry.Id == message.Feedback && entry.Email != null, cancel))
        {
            await MailQueue.AddAsync(
                database,
                message.Feedback,
                MailKind.Answer,
                message.Version,
                "",
                time.GetUtcNow(),
                cancel
            );
        }
    }
}
