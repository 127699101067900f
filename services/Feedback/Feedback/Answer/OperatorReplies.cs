using PortalServices.Feedback.Submit;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Answer;

/// <summary>Feedback as operators see it.</summary>
internal sealed record HandledFeedback(
    Guid Id, string Receipt, FeedbackStatus Status, string FullName, string Title, string Content, string? Email, string? Phone, string? Page, string Language,
    DateTime ReceivedAt, DateOnly DueBy, bool Overdue, string? AssignedTo, string? Answer, DateTime? AnsweredAt, string? DeclineReason, string? PublicTitle,
    string? PublicContent, string? PublicAnswer, DateTime? PublishedAt, DateTime? ErasedAt, long Version)
{
    public static HandledFeedback Of(FeedbackEntry entry, DateOnly today) => new(
        entry.Id, entry.Receipt, entry.Status, entry.FullName, entry.Title, entry.Content, entry.Email, entry.Phone, entry.Page, entry.Language,
        Instants.Of(entry.ReceivedAt), entry.DueBy, entry.IsOpen && entry.DueBy < today, entry.AssignedTo, entry.Answer, At(entry.AnsweredAt), entry.DeclineReason,
        entry.PublicTitle, entry.PublicContent, entry.PublicAnswer, At(entry.PublishedAt), At(entry.ErasedAt), entry.Version);

    static DateTime? At(long? milliseconds) => milliseconds is { } at ? Instants.Of(at) : null;
}

/// <summary>A step of the audit.</summary>
/// <param name="Feedback">The feedback's id; null for what is of none in particular.</param>
/// <param name="At">UTC.</param>
/// <param name="By">Who.</param>
/// <param name="Step">What.</param>
/// <param name="From">The status before.</param>
/// <param name="To">The status after.</param>
/// <param name="Text">A note, a reason, an answer, a name; null once erased.</param>
internal sealed record StepReply(Guid? Feedback, DateTime At, string By, StepKind Step, FeedbackStatus? From, FeedbackStatus? To, string? Text)
{
    public static StepReply Of(FeedbackStep step) => new(step.FeedbackId, Instants.Of(step.At), step.By, step.Kind, step.From, step.To, step.Text);
}

/// <summary>How much was erased.</summary>
internal sealed record ErasedReply(int Erased);
