using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>
/// A message as the broker has it, as a dead letter: an event, also one of a later version, by its own id, type and
/// content, so that whoever knows it can replay it; anything else as <see cref="DeadLetter.Unreadable"/>, to be looked
/// at and discarded.
/// </summary>
internal static class ReceivedMessage
{
    /// <summary>Bytes of an unreadable message that are kept.</summary>
    public const int MaxUnreadableBytes = 16_000;

    private const int MaxEventBytes = 256 * 1024;
    private const string Prefix = "urn:message:";

    /// <summary>Its dead letter. The same message has the same id, however often it comes.</summary>
    /// <param name="consumer">Whose queue it was in.</param>
    /// <param name="body">What the broker has.</param>
    /// <param name="why">Why it was not consumed.</param>
    /// <param name="now">The time.</param>
    public static DeadLetter LetterOf(string consumer, ReadOnlySpan<byte> body, string why, DateTimeOffset now)
    {
        var (id, type, content) = EventIn(body) ?? (IdOf(body), DeadLetter.Unreadable, BeginningOf(body));
        return new DeadLetter
        {
            MessageId = id,
            Consumer = consumer,
            Type = type,
            Body = content,
            Error = DeadLetter.Shortened(why),
            FailedAt = now.ToUnixTimeMilliseconds(),
            Failures = 1,
        };
    }

    /// <summary>The event in what the bus has written; null where there is none.</summary>
    private static (Guid Id, string Type, string Content)? EventIn(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxEventBytes)
        {
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(body);
            using var envelope = JsonDocument.ParseValue(ref reader);
            var root = envelope.RootElement;
            var (id, types, content) = (
                root.GetProperty("messageId").GetGuid(),
                root.GetProperty("messageType"),
                root.GetProperty("message")
            );
            var type = types[0].GetString()!;
            type = type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type;
            return
                content.ValueKind == JsonValueKind.Object
                && type.Length is > 0 and <= DeadLetter.MaxTypeCharacters
                && !type.Contains('\0', StringComparison.Ordinal)
                ? (id, type, content.GetRawText())
                : null;
        }
        catch (Exception other)
            when (other
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or IndexOutOfRangeException
            )
        {
            return null;
        }
    }

    // PostgreSQL keeps no NUL in a text.
    private static string BeginningOf(ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxUnreadableBytes)]).Replace('\0', '\uFFFD');

    /// <summary>
    /// A UUID of the version for ids of one's own making, 8 (RFC 9562, 5.8), of the SHA-256 of the message.
    /// </summary>
    private static Guid IdOf(ReadOnlySpan<byte> body)
    {
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, id);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id[..16], bigEndian: true);
    }
}
