using System.Text.Json;
using System.Text.Json.Serialization;
using PortalServices.Http.Requests;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>A message that a consumer failed on for good.</summary>
public sealed class DeadLetter
{
    /// <summary>The type of what is no event; it cannot be replayed.</summary>
    public const string Unreadable = "portal:unreadable";

    internal const int MaxErrorCharacters = 1_000,
        MaxTypeCharacters = 200;

    /// <summary>The message's id; with <see cref="Consumer"/> the identity of the dead letter.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The consumer that failed, such as <c>portal.content.show-views</c>.</summary>
    public required string Consumer { get; init; }

    /// <summary>The event's name, such as <c>portal:article-published:v1</c>; or <see cref="Unreadable"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The event, JSON; of what is no event, its beginning as text.</summary>
    public required string Body { get; init; }

    /// <summary>Type and text of the failure, at most 1,000 characters.</summary>
    public required string Error { get; set; }

    /// <summary>When it failed last, in milliseconds since 1970 UTC.</summary>
    public required long FailedAt { get; set; }

    /// <summary>How often it has come here: 1, and one more for each replay that failed.</summary>
    public required int Failures { get; set; }

    /// <summary>W3C trace context of what caused the event; null without one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// The site that the event is about, read from the event, so that letters of every age have it; null where the
    /// event names none. Who may see a letter is decided by it.
    /// </summary>
    [JsonIgnore]
    public string? Site => Type == Unreadable ? null : SiteOf(Body);

    /// <summary>An error as it is kept.</summary>
    internal static string Shortened(string error) => ShortText.Of(error, MaxErrorCharacters);

    /// <summary>The site that an event names; null for none, and for what is no event.</summary>
    internal static string? SiteOf(string body)
    {
        try
        {
            using var content = JsonDocument.Parse(body);
            return
                content.RootElement.ValueKind is JsonValueKind.Object
                && content.RootElement.TryGetProperty("site", out var site)
                && site.ValueKind is JsonValueKind.String
                ? site.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
