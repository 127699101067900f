using System.Buffers.Binary;

namespace PortalServices.Frames.Format;

/// <summary>
/// How small requests travel from the gateway to a service: as frames on one connection that stays open, answered in
/// any order. Numbers are little endian; texts are UTF-8 and preceded by their length.
/// </summary>
/// <remarks>
/// <para>Who connects sends <see cref="Preface"/>, and the other side the same in return: it names the version. A side
/// that does not know it closes the connection, and requests are proxied one by one.</para>
/// <para>A frame: length of what follows it (4 bytes), kind (1), id of the request (4), payload.</para>
/// <para>Payload of a request: 1 for https, else 0 (1); milliseconds that it has waited (4); method (length 1); path,
/// decoded (length 2); query as sent, with its question mark (length 2); host (length 2); the client's address (length
/// 1: 4 or 16); number of headers (1), each a name (length 1) and a value (length 2); the body.</para>
/// <para>Payload of a reply: status (2); number of headers (1), each a name (length 1) and a value (length 2); the
/// body.</para>
/// </remarks>
internal static class FrameFormat
{
    /// <summary>Of a frame, before its payload.</summary>
    public const int HeadBytes = LengthBytes + 1 + sizeof(uint);

    /// <summary>Of the length itself, which does not count them.</summary>
    public const int LengthBytes = sizeof(int);

    /// <summary>The largest body of a request.</summary>
    public const int MaxBodyBytes = 32 * 1024;

    /// <summary>The largest frame, its head included: a request with its body, or a reply.</summary>
    public const int MaxFrameBytes = 128 * 1024;

    /// <summary>Most headers of a request or a reply.</summary>
    public const int MaxHeaders = 64;

    // Where a request says how long it has waited.
    private const int WaitedAt = HeadBytes + 1;

    /// <summary>
    /// What a connection begins with, in both directions. No shorter than that of HTTP/2 (24 bytes), so that a server
    /// which speaks that alone sees at once that this is something else.
    /// </summary>
    public static ReadOnlySpan<byte> Preface => "PORTAL-FRAMES/1 ---------------\n"u8;

    /// <summary>Writes the head of a frame that is <paramref name="bytes"/> long with it.</summary>
    public static void WriteHead(Span<byte> frame, FrameKind kind, uint id, int bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes - LengthBytes);
        frame[LengthBytes] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[(LengthBytes + 1)..], id);
    }

    /// <summary>Reads the head of the next frame; false when there are too few bytes.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        head = default;
        if (bytes.Length < HeadBytes)
        {
            return false;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < HeadBytes - LengthBytes or > MaxFrameBytes - LengthBytes)
        {
            throw new InvalidDataException("A frame has an impossible length.");
        }
        head = new FrameHead(
            length + LengthBytes,
            (FrameKind)bytes[LengthBytes],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[(LengthBytes + 1)..])
        );
        return true;
    }

    /// <summary>
    /// Adds to the time that requests have waited which lie in a buffer one behind the other, with frames of other
    /// kinds among them.
    /// </summary>
    public static void AddWaited(Span<byte> frames, TimeSpan time)
    {
        // Rounded up: a request that looks older than it is may be refused, one that looks younger may count twice.
        var more = (uint)Math.Min(Math.Ceiling(time.TotalMilliseconds), uint.MaxValue);
        while (more > 0 && TryReadHead(frames, out var head))
        {
            if (head.Kind == FrameKind.Request)
            {
                var waited = frames[WaitedAt..];
                var before = BinaryPrimitives.ReadUInt32LittleEndian(waited);
                BinaryPrimitives.WriteUInt32LittleEndian(waited, (uint)Math.Min((ulong)before + more, uint.MaxValue));
            }
            frames = frames[head.Bytes..];
        }
    }
}

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    /// <summary>From the gateway: a request.</summary>
    Request = 1,

    /// <summary>From the service: the reply to the request of the same id.</summary>
    Reply = 2,

    /// <summary>From the gateway: nobody waits for that request any more.</summary>
    Cancel = 3,

    /// <summary>From the gateway: to be answered at once, whatever else is under way.</summary>
    Ping = 4,

    /// <summary>From the service: the answer to a ping.</summary>
    Pong = 5,

    /// <summary>From the service: it ends. What is under way is answered; what is new goes elsewhere.</summary>
    Closing = 6,
}

/// <summary>The head of a frame.</summary>
/// <param name="Bytes">Of the whole frame.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The request that it belongs to.</param>
internal readonly record struct FrameHead(int Bytes, FrameKind Kind, uint Id);
