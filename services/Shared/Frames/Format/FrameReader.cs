using System.Buffers.Binary;

namespace PortalServices.Frames.Format;

/// <summary>
/// Reads the parts of a frame's payload; see <see cref="FrameFormat"/>. Throws <see cref="InvalidDataException"/> where
/// they do not fit.
/// </summary>
internal ref struct FrameReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public int Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>A text of at most 255 bytes.</summary>
    public ReadOnlySpan<byte> ShortText() => Take(Byte());

    /// <summary>A text of at most 65,535 bytes.</summary>
    public ReadOnlySpan<byte> Text() => Take(UInt16());

    /// <summary>Passes over headers, so that the rest is the body; the headers as they lie there.</summary>
    public ReadOnlySpan<byte> Headers(out int count)
    {
        count = Byte();
        if (count > FrameFormat.MaxHeaders)
        {
            throw new InvalidDataException("A frame has too many headers.");
        }
        var before = _rest;
        for (var i = 0; i < count; i++)
        {
            if (ShortText().IsEmpty)
            {
                throw new InvalidDataException("A header of a frame has no name.");
            }
            Text();
        }
        return before[..(before.Length - _rest.Length)];
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length)
        {
            throw new InvalidDataException("A part of a frame is longer than the frame.");
        }
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
