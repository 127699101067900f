using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Contracts;
using PortalServices.Feedback.Storage;

namespace PortalServices.Feedback.Mail;

/// <summary>Feedback has come: its operators are to be told, and its sender is to have the receipt.</summary>
internal sealed class MailReceivedConsumer(FeedbackContext database, IOptions<MailOptions> options, TimeProvider time) : IConsumer<FeedbackReceived>
{
    public async Task Consume(ConsumeContext<FeedbackReceived> context)
    {
        if (!options.Value.IsOn)
            return;
        var (received, cancel) = (context.Message, context.CancellationToken);
        var feedback = await database.Entries.AsNoTracking().Where(entry => entry.Id == received.Feedback)
            .Select(entry => new { HasEmail = entry.Email != null }).FirstOrDefaultAsync(cancel);
        if (feedback is null)
            return;
        foreach (var to in options.Value.OperatorsOf(received.Site))
            await MailQueue.AddAsync(database, received.Feedback, MailKind.Arrived, 0, to, time.GetUtcNow(), cancel);
        if (feedback.HasEmail)
            await MailQueue.AddAsync(database, received.Feedback, MailKind.Receipt, 0, "", time.GetUtcNow(), cancel);
    }
}

/// <summary>Feedback was answered or declined: its sender is to know.</summary>
internal sealed class MailAnsweredConsumer(FeedbackContext database, IOptions<MailOptions> options, TimeProvider time) : IConsumer<FeedbackAnswered>
{
    public async Task Consume(ConsumeContext<FeedbackAnswered> context)
    {
        if (!options.Value.IsOn)
            return;
        var (answered, cancel) = (context.Message, context.CancellationToken);
        if (await database.Entries.AnyAsync(entry => entry.Id == answered.Feedback && entry.Email != null, cancel))
            await MailQueue.AddAsync(database, answered.Feedback, MailKind.Answer, answered.Version, "", time.GetUtcNow(), cancel);
    }
}
