namespace PortalServices.Feedback.Submit;

/// <summary>What a sender is told at once.</summary>
/// <param name="Receipt">To ask by for what has become of it.</param>
/// <param name="Status">At present.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="DueBy">The day by the site's clock until whose end it is to be answered.</param>
internal sealed record FeedbackReceipt(string Receipt, FeedbackStatus Status, DateTime ReceivedAt, DateOnly DueBy)
{
    public static FeedbackReceipt Of(FeedbackEntry entry) =>
        new(entry.Receipt, Shown(entry.Status), Instants.Of(entry.ReceivedAt), entry.DueBy);

    /// <summary>What was taken for spam is declined, to its sender.</summary>
    public static FeedbackStatus Shown(FeedbackStatus status) =>
        status == FeedbackStatus.Spam ? FeedbackStatus.Declined : status;
}

/// <summary>Feedback as its sender reads it.</summary>
/// <param name="Receipt">Names it.</param>
/// <param name="Status">At present.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="DueBy">The day by the site's clock until whose end it is to be answered.</param>
/// <param name="Title">As it was sent; empty once erased.</param>
/// <param name="Answer">Plain text; null while there is none, also once it was taken back.</param>
/// <param name="AnsweredAt">When it was answered or declined, UTC; null while it is neither.</param>
/// <param name="DeclineReason">Why there is no answer; null otherwise.</param>
/// <param name="ErasedAt">When its texts were erased, UTC: why there is neither title nor answer.</param>
/// <param name="Category">The id of its heading; null for none.</param>
/// <param name="Timeline">What was done so far, the first step first; never who did it, and no text.</param>
internal sealed record SenderFeedback(
    string Receipt,
    FeedbackStatus Status,
    DateTime ReceivedAt,
    DateOnly DueBy,
    string Title,
    string? Answer,
    DateTime? AnsweredAt,
    string? DeclineReason,
    DateTime? ErasedAt,
    string? Category,
    IReadOnlyList<TimelineStep> Timeline
)
{
    public static SenderFeedback Of(FeedbackEntry entry, IReadOnlyList<TimelineStep> timeline) =>
        new(
            entry.Receipt,
            FeedbackReceipt.Shown(entry.Status),
            Instants.Of(entry.ReceivedAt),
            entry.DueBy,
            entry.Title,
            // What was answered before it was opened again, or before it was taken for spam, is no answer any more.
            // Operators see it still.
            entry is { ErasedAt: null, Status: FeedbackStatus.Answered or FeedbackStatus.Published }
                ? entry.Answer
                : null,
            entry
                is {
                    Status: FeedbackStatus.Answered or FeedbackStatus.Published or FeedbackStatus.Declined,
                    AnsweredAt: { } at
                }
                ? Instants.Of(at)
                : null,
            entry is { ErasedAt: null, Status: FeedbackStatus.Declined } ? entry.DeclineReason : null,
            entry.ErasedAt is { } erased ? Instants.Of(erased) : null,
            entry.Category,
            timeline
        );
}
