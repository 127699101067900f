using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// A visitor has sent feedback. No word of theirs is in it: who needs more asks the feedback service.
/// </summary>
[MessageUrn("portal:feedback-received:v1", useDefaultPrefix: false)]
[EntityName("portal.feedback-received.v1")]
public sealed record FeedbackReceived
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The feedback's id, the same for ever.</summary>
    public required Guid Feedback { get; init; }

    /// <summary>When it came, UTC.</summary>
    public required DateTime ReceivedAt { get; init; }

    /// <summary>The day by the site's clock until whose end it is to be answered.</summary>
    public required DateOnly DueBy { get; init; }
}
