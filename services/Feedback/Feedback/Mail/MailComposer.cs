using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Text;
using PortalServices.Feedback.Deadlines;

namespace PortalServices.Feedback.Mail;

/// <summary>Writes a waiting mail, of what the feedback is at that moment.</summary>
internal sealed class MailComposer(
    FeedbackContext database,
    SiteList sites,
    IOptions<MailOptions> options,
    TimeProvider time
)
{
    /// <summary>The mail; null when it is not needed any more.</summary>
    public async Task<MimeMessage?> ComposeAsync(WaitingMail mail, CancellationToken cancel)
    {
        var entry = await database
            .Entries.AsNoTracking()
            .FirstOrDefaultAsync(each => each.Id == mail.FeedbackId, cancel);
        // A site that is no longer in the file has nobody who writes.
        if (entry is null || entry.ErasedAt is not null || !sites.TryGet(entry.Site, out var site))
        {
            return null;
        }
        var page = PageOf(site, entry);
        var text = mail.Kind switch
        {
            MailKind.Arrived => entry.Status == FeedbackStatus.Spam ? null : MailText.Arrived(site, entry),
            MailKind.DueSoon => entry.IsOpen ? MailText.DueSoon(site, entry, site.Today(time)) : null,
            MailKind.Receipt => entry.Email is null || entry.Status == FeedbackStatus.Spam
                ? null
                : MailText.Receipt(site, entry, page),
            MailKind.Answer => await IsAnswerOfAsync(mail, entry, cancel) ? MailText.Answer(site, entry, page) : null,
            _ => throw new InvalidOperationException($"There is no mail of kind {mail.Kind}."),
        };
        return text is null ? null
            : mail.Kind is MailKind.Receipt or MailKind.Answer ? Message(mail, site, entry.Email!, entry.Language, text)
            : Message(mail, site, mail.To, site.Language, text);
    }

    /// <summary>
    /// Whether it is a receipt to somebody who has had enough of them on the day on which it came. It depends on
    /// nothing but the order in which feedback came, so every sender that looks comes to the same result.
    /// </summary>
    public async Task<bool> IsBeyondLimitAsync(WaitingMail mail, CancellationToken cancel)
    {
        if (
            mail.Kind != MailKind.Receipt
            || await database.Entries.AsNoTracking().FirstOrDefaultAsync(each => each.Id == mail.FeedbackId, cancel)
                is not { Recipient: { } recipient } entry
        )
        {
            return false;
        }
        var day = new DateTimeOffset(Instants.Of(entry.ReceivedAt).Date, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var max = options.Value.MaxReceiptsPerRecipientAndDay;
        return await database
                .Entries.Where(each =>
                    each.Recipient == recipient
                    && each.ReceivedAt >= day
                    && (
                        each.ReceivedAt < entry.ReceivedAt
                        || (each.ReceivedAt == entry.ReceivedAt && each.Id < entry.Id)
                    )
                )
                .OrderBy(each => each.ReceivedAt)
                .Take(max)
                .CountAsync(cancel) >= max;
    }

    /// <summary>Whether what the feedback says now is the answer, and no later answer has a mail of its own.</summary>
    private async Task<bool> IsAnswerOfAsync(WaitingMail mail, FeedbackEntry entry, CancellationToken cancel) =>
        entry.Email is not null
        && entry.Status is FeedbackStatus.Answered or FeedbackStatus.Published or FeedbackStatus.Declined
        && !await database.Mails.AnyAsync(
            later => later.FeedbackId == entry.Id && later.Kind == MailKind.Answer && later.Of > mail.Of,
            cancel
        );

    private MimeMessage Message(WaitingMail mail, Site site, string to, string language, MailText text)
    {
        var from = options.Value.From!;
        var message = new MimeMessage
        {
            // The same at every try: a mail that went twice, because nobody could know that it had gone, is known by
            // it.
            MessageId = $"{mail.Id:N}@{from[(from.LastIndexOf('@') + 1)..]}",
            Date = time.GetUtcNow(),
            Subject = OneLine(text.Subject),
            Body = new TextPart(TextFormat.Plain) { Text = text.Body.ReplaceLineEndings("\r\n") },
        };
        message.From.Add(new MailboxAddress(OneLine(site.Name), from));
        message.To.Add(new MailboxAddress(null, to));
        if (options.Value.ReplyTo is { } reply)
        {
            message.ReplyTo.Add(new MailboxAddress(null, reply));
        }
        // RFC 3834, section 5: no automatic reply to it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Headers.Add(HeaderId.ContentLanguage, language);
        return message;
    }

    /// <summary>The address for people; null where the portal's own is not known.</summary>
    private string? PageOf(Site site, FeedbackEntry entry)
    {
        var page = ReceiptAddress.PageOf(site, entry.Receipt);
        return !page.StartsWith('/') ? page
            : options.Value.PublicUrl is { } portal ? new Uri(portal, page).AbsoluteUri
            : null;
    }

    // A header is one line, whatever the store holds.
    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
