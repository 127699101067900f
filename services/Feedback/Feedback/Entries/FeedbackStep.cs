using PortalServices.Feedback.Lists;

namespace PortalServices.Feedback.Entries;

/// <summary>What was done, for the audit.</summary>
internal enum StepKind
{
    Received,
    Started,
    Assigned,
    Noted,
    Answered,
    Published,
    Unpublished,
    Declined,
    MarkedSpam,
    Reopened,
    Erased,

    /// <summary>Of no feedback in particular: the list was exported.</summary>
    Exported,

    /// <summary>It was put under another heading.</summary>
    Categorized,
}

/// <summary>
/// A step of the audit trail. It is written in the commit of what it tells of, and never changed but for erasing the
/// text.
/// </summary>
internal sealed class FeedbackStep : IListed
{
    /// <summary>Grows with time (UUID version 7, RFC 9562).</summary>
    public required Guid Id { get; init; }

    public required string Site { get; init; }

    /// <summary>Null for what is of no feedback in particular.</summary>
    public Guid? FeedbackId { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long At { get; init; }

    /// <summary>The operator's key by its name; <c>visitor</c>, <c>retention</c>.</summary>
    public required string By { get; init; }

    public required StepKind Kind { get; init; }

    public FeedbackStatus? From { get; init; }

    public FeedbackStatus? To { get; init; }

    /// <summary>A note, a reason, an answer, a name: whatever belongs to the step. Null once erased.</summary>
    public string? Text { get; set; }

    /// <summary>The step that brought feedback to where it is now.</summary>
    public static FeedbackStep Of(
        FeedbackEntry entry,
        StepKind kind,
        string by,
        DateTimeOffset now,
        FeedbackStatus? from = null,
        string? text = null
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            Site = entry.Site,
            FeedbackId = entry.Id,
            At = now.ToUnixTimeMilliseconds(),
            By = by,
            Kind = kind,
            From = from,
            To = entry.Status,
            Text = text,
        };
}
