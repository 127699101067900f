using static PortalServices.Feedback.Entries.FeedbackStatus;

namespace PortalServices.Feedback.Answer;

/// <summary>Which step leads from which status to which; there are no others.</summary>
internal static class FeedbackTransitions
{
    private static readonly Dictionary<(FeedbackStatus From, StepKind Step), FeedbackStatus> Table = new()
    {
        [(Received, StepKind.Started)] = InProgress,
        [(Received, StepKind.Answered)] = Answered,
        [(Received, StepKind.Declined)] = Declined,
        [(Received, StepKind.MarkedSpam)] = Spam,
        [(InProgress, StepKind.Answered)] = Answered,
        [(InProgress, StepKind.Declined)] = Declined,
        [(InProgress, StepKind.MarkedSpam)] = Spam,
        [(Answered, StepKind.Published)] = Published,
        [(Answered, StepKind.Reopened)] = InProgress,
        [(Published, StepKind.Unpublished)] = Answered,
        [(Declined, StepKind.Reopened)] = InProgress,
        [(Spam, StepKind.Reopened)] = Received,
    };

    /// <summary>Where a step leads; null where it is not to be taken.</summary>
    public static FeedbackStatus? After(FeedbackStatus from, StepKind step) =>
        Table.TryGetValue((from, step), out var to) ? to : null;
}
