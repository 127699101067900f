using MassTransit;

namespace PortalServices.Contracts;

/// <summary>
/// Feedback was answered, or declined; again for each answer that replaces another. No word of it is here: who needs
/// more asks the feedback service.
/// </summary>
[MessageUrn("portal:feedback-answered:v1", useDefaultPrefix: false)]
[EntityName("portal.feedback-answered.v1")]
public sealed record FeedbackAnswered
{
    /// <summary>The site's id.</summary>
    public required string Site { get; init; }

    /// <summary>The feedback's id, the same for ever.</summary>
    public required Guid Feedback { get; init; }

    /// <summary><c>answered</c> or <c>declined</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The version of the feedback that has the answer; a later answer has a higher one.</summary>
    public required long Version { get; init; }
}
