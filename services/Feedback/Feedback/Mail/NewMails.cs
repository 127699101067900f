using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Mail;

/// <summary>
/// Adds the mails that feedback needs to the commit of what they tell of: no message and no broker stands between.
/// </summary>
internal sealed class NewMails(FeedbackContext database, IOptions<MailOptions> options, TimeProvider time)
{
    /// <summary>Feedback has come: its operators are told, and its sender gets the receipt.</summary>
    public void AddReceived(FeedbackEntry entry)
    {
        if (!options.Value.IsOn)
        {
            return;
        }
        foreach (var to in options.Value.OperatorsOf(entry.Site))
        {
            Add(entry, MailKind.Arrived, 0, to);
        }
        if (entry.Email is not null)
        {
            Add(entry, MailKind.Receipt, 0, "");
        }
    }

    /// <summary>Feedback was answered or declined: its sender is told.</summary>
    /// <param name="entry">With the version that has the answer.</param>
    public void AddAnswered(FeedbackEntry entry)
    {
        if (options.Value.IsOn && entry.Email is not null)
        {
            Add(entry, MailKind.Answer, entry.Version, "");
        }
    }

    private void Add(FeedbackEntry entry, MailKind kind, long of, string to)
    {
        var now = time.GetUtcNow();
        var at = now.ToUnixTimeMilliseconds();
        database.Add(
            new WaitingMail
            {
                Id = Guid.CreateVersion7(now),
                FeedbackId = entry.Id,
                Kind = kind,
                Of = of,
                To = to,
                CreatedAt = at,
                DueAt = at,
                TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } request ? request.Id : null,
            }
        );
    }
}
