using Microsoft.EntityFrameworkCore;

namespace PortalServices.Feedback.Submit;

/// <summary>
/// The steps of feedback that its sender may see: by their status and instant, never by whom or with which words.
/// </summary>
internal static class Timeline
{
    /// <summary>The latest so many steps; feedback has a handful.</summary>
    internal const int MaxSteps = 100;

    // Spam is declined without a day, and what became of it later is not told.
    private static readonly StepKind[] Shown =
    [
        StepKind.Received,
        StepKind.Started,
        StepKind.Answered,
        StepKind.Published,
        StepKind.Unpublished,
        StepKind.Declined,
        StepKind.Reopened,
        StepKind.Erased,
    ];

    /// <summary>Reads it.</summary>
    public static async Task<IReadOnlyList<TimelineStep>> ReadAsync(
        FeedbackContext database,
        FeedbackEntry entry,
        CancellationToken cancel
    )
    {
        var steps = await database
            .Steps.AsNoTracking()
            .Where(step => step.FeedbackId == entry.Id && Shown.Contains(step.Kind))
            .OrderByDescending(step => step.At)
            .ThenByDescending(step => step.Id)
            .Take(MaxSteps)
            .Select(step => new FeedbackStep
            {
                Id = step.Id,
                Site = step.Site,
                At = step.At,
                By = "",
                Kind = step.Kind,
                From = step.From,
                To = step.To,
            })
            .ToListAsync(cancel);
        steps.Reverse();
        return Of(steps);
    }

    /// <summary>What is shown of steps, the first one first.</summary>
    internal static IReadOnlyList<TimelineStep> Of(IReadOnlyList<FeedbackStep> steps)
    {
        var shown = new List<TimelineStep>();
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                // What was taken back is published no more.
                case StepKind.Unpublished:
                    shown.RemoveAll(each => each.Status == FeedbackStatus.Published);
                    break;
                // It was taken for spam, and is received as before.
                case StepKind.Reopened when step.From == FeedbackStatus.Spam:
                    break;
                // What was closed or taken back by it; the rest of it is no step.
                case StepKind.Erased when step.From != step.To && step.To == FeedbackStatus.Answered:
                    shown.RemoveAll(each => each.Status == FeedbackStatus.Published);
                    break;
                case StepKind.Erased when step.From == step.To:
                    break;
                default:
                    shown.Add(new TimelineStep(step.To ?? FeedbackStatus.Received, Instants.Of(step.At)));
                    break;
            }
        }
        return shown;
    }
}

/// <summary>A step of the sender's time line.</summary>
/// <param name="Status">What it came to: <c>received</c>, <c>inProgress</c>, <c>answered</c>, <c>published</c> or
/// <c>declined</c>.</param>
/// <param name="At">UTC.</param>
internal sealed record TimelineStep(FeedbackStatus Status, DateTime At);
