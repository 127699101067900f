using System.Buffers.Text;
using System.Text;

namespace PortalServices.LoadTests.Sending;

/// <summary>The head of an answer of HTTP/1.1: what is needed to find its end.</summary>
internal readonly record struct ReplyHead
{
    /// <summary>The status code; 0 when it is not HTTP.</summary>
    public int Status { get; private init; }

    /// <summary>Bytes of the head, its empty line included.</summary>
    public int Length { get; private init; }

    /// <summary>Bytes of the body; −1 when it comes in chunks or until the connection ends.</summary>
    public long BodyLength { get; private init; }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private init; }

    /// <summary>Whether the connection can be used again.</summary>
    public bool KeepsConnection { get; private init; }

    /// <summary>What <c>Retry-After</c> says in seconds; 0 without.</summary>
    public int RetryAfterSeconds { get; private init; }

    /// <summary>Reads a head; false while it is not whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReplyHead head)
    {
        head = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }
        var lines = bytes[..(end + 2)];
        // "HTTP/1.1 200 OK"
        if (
            !lines.StartsWith("HTTP/1."u8)
            || lines.Length < 14
            || !Utf8Parser.TryParse(lines.Slice(9, 3), out int status, out var digits)
            || digits != 3
        )
        {
            head = new ReplyHead { Length = end + 4 };
            return true;
        }
        long length = -1;
        var (chunked, keeps, retryAfter) = (false, lines[7] == (byte)'1', 0);
        for (var rest = lines[(lines.IndexOf("\r\n"u8) + 2)..]; rest.Length > 0; )
        {
            var line = rest[..rest.IndexOf("\r\n"u8)];
            rest = rest[(line.Length + 2)..];
            if (Value(line, "content-length:"u8, out var value))
            {
                length = Utf8Parser.TryParse(value, out long number, out _) ? number : -1;
            }
            else if (Value(line, "transfer-encoding:"u8, out value))
            {
                chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
            }
            else if (Value(line, "connection:"u8, out value))
            {
                keeps = !Ascii.EqualsIgnoreCase(value, "close"u8);
            }
            else if (Value(line, "retry-after:"u8, out value))
            {
                retryAfter = Utf8Parser.TryParse(value, out int seconds, out _) ? Math.Max(0, seconds) : 0;
            }
        }
        var hasNone = status is 204 or 304 or < 200;
        head = new ReplyHead
        {
            Status = status,
            Length = end + 4,
            BodyLength =
                hasNone ? 0
                : chunked ? -1
                : length,
            IsChunked = chunked && !hasNone,
            // Without a length the end of the body is that of the connection.
            KeepsConnection = keeps && (hasNone || chunked || length >= 0),
            RetryAfterSeconds = retryAfter,
        };
        return true;
    }

    private static bool Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var found = line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name);
        value = found ? line[name.Length..].Trim((byte)' ') : default;
        return found;
    }
}
