using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Personal;

namespace PortalServices.Feedback.Answer;

/// <summary>Operators' <c>feedback/{id}/mails</c>: what was written about feedback, and whether it went.</summary>
internal static class MailEndpoint
{
    public static void MapMails(this IEndpointRouteBuilder site) =>
        site.MapReadOfOne("/mails", ListAsync)
            .Describe(
                "listFeedbackMails",
                "Lists the mails about feedback: what waits, what the mail server took, what was given up and why."
            )
            .TakesPage()
            .Answers<PagedList<MailReply>>("A page of the mails, the latest first.");

    private static async Task<IResult> ListAsync(string site, Guid id, HttpRequest request, FeedbackContext database)
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var cancel = request.HttpContext.RequestAborted;
        if (!await database.HasEntryAsync(site, id, cancel))
        {
            return Problem.Of(FeedbackProblems.UnknownFeedback);
        }
        var mails = database.Mails.AsNoTracking().Where(mail => mail.FeedbackId == id);
        var items = await mails
            .OrderByDescending(mail => mail.CreatedAt)
            .ThenBy(mail => mail.Id)
            .Skip(paging.Skip)
            .Take(paging.Size)
            .ToListAsync(cancel);
        return PersonalResult.Json(
            PagedList.Of([.. items.Select(MailReply.Of)], await mails.CountAsync(cancel), paging)
        );
    }
}

/// <summary>A mail as operators see it.</summary>
/// <param name="Kind">Why somebody was written to.</param>
/// <param name="To">An operator's address; null for the sender's.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="DoneAt">When the mail server took it, or it was given up, or was not needed any more; null while it
/// waits.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Failure">Why the last try failed, or why it was given up; null when all is well.</param>
internal sealed record MailReply(
    MailKind Kind,
    string? To,
    DateTime CreatedAt,
    DateTime? DoneAt,
    int Attempts,
    string? Failure
)
{
    public static MailReply Of(WaitingMail mail) =>
        new(
            mail.Kind,
            mail.To.Length == 0 ? null : mail.To,
            Instants.Of(mail.CreatedAt),
            mail.DoneAt is { } done ? Instants.Of(done) : null,
            mail.Attempts,
            mail.Failure
        );
}
