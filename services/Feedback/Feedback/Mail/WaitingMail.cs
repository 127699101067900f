namespace PortalServices.Feedback.Mail;

/// <summary>Why somebody is written to.</summary>
internal enum MailKind
{
    /// <summary>To operators: feedback has come.</summary>
    Arrived,

    /// <summary>To operators: the day until which it is to be answered is near.</summary>
    DueSoon,

    /// <summary>To the sender: it has come, and this is its receipt.</summary>
    Receipt,

    /// <summary>To the sender: it was answered, or declined.</summary>
    Answer,
}

/// <summary>A mail that is to be sent, or was. What stands in it is read from the feedback when it is sent.</summary>
internal sealed class WaitingMail
{
    public required Guid Id { get; init; }

    public required Guid FeedbackId { get; init; }

    public required MailKind Kind { get; init; }

    /// <summary>The version of the feedback that has the answer; 0 for what is sent once.</summary>
    public required long Of { get; init; }

    /// <summary>An operator's address; empty for the sender, whose address is read from the feedback.</summary>
    public required string To { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>
    /// Not to be sent before, in milliseconds since 1970 UTC: the end of a sender's claim, or of the wait after a
    /// failure.
    /// </summary>
    public long DueAt { get; set; }

    /// <summary>W3C trace context of the request that it tells of; null without one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How often somebody claimed it.</summary>
    public int Attempts { get; set; }

    /// <summary>When the mail server took it, or it was given up; null while it waits.</summary>
    public long? DoneAt { get; set; }

    /// <summary>Why the last attempt failed, or why it was given up; null when all is well.</summary>
    public string? Failure { get; set; }
}
