namespace PortalServices.Messaging;

/// <summary>A message that a consumer failed on for good.</summary>
public sealed class DeadLetter
{
    /// <summary>Characters of an error that are kept.</summary>
    internal const int MostErrorCharacters = 1_000;

    /// <summary>The message's id; with <see cref="Consumer"/> the identity of the dead letter.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The consumer that failed, such as <c>portal.content.show-views</c>.</summary>
    public required string Consumer { get; init; }

    /// <summary>The event's name, such as <c>portal:article-published:v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The event, JSON.</summary>
    public required string Body { get; init; }

    /// <summary>Type and text of the failure, at most 1,000 characters.</summary>
    public required string Error { get; set; }

    /// <summary>When it failed last, in milliseconds since 1970 UTC.</summary>
    public required long FailedAt { get; set; }

    /// <summary>How often it has come here: 1, and one more for each replay that failed.</summary>
    public required int Failures { get; set; }

    /// <summary>W3C trace context of what caused the event; null without one.</summary>
    public string? TraceParent { get; init; }
}
