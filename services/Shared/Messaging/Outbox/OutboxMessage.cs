namespace PortalServices.Messaging.Outbox;

/// <summary>
/// An event that waits to be published. It is written in the same transaction as the change it tells of, and deleted
/// once it is published.
/// </summary>
public sealed class OutboxMessage
{
    /// <summary>The message's id, which grows with time (UUID version 7, RFC 9562).</summary>
    public required Guid Id { get; init; }

    /// <summary>The event's name, such as <c>portal:article-published:v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The event, JSON.</summary>
    public required string Body { get; init; }

    /// <summary>W3C trace context of the request that made the change; null without one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// Not to be published before, in milliseconds since 1970 UTC: the end of a publisher's claim, or of the wait after
    /// a failure.
    /// </summary>
    public long DueAt { get; set; }

    /// <summary>How often somebody claimed it.</summary>
    public int Attempts { get; set; }
}
