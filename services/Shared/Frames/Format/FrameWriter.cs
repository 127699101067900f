using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace PortalServices.Frames.Format;

/// <summary>Writes the parts of a frame behind one another; see <see cref="FrameFormat"/>.</summary>
/// <param name="into">Large enough for all of them.</param>
/// <param name="at">Where to begin.</param>
internal ref struct FrameWriter(Span<byte> into, int at)
{
    private readonly Span<byte> _into = into;

    /// <summary>How far it is written.</summary>
    public int Length { get; private set; } = at;

    public void Byte(int value) => _into[Length++] = (byte)value;

    public void UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_into[Length..], (ushort)value);
        Length += sizeof(ushort);
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_into[Length..], value);
        Length += sizeof(uint);
    }

    /// <summary>A text of at most 255 bytes.</summary>
    public void ShortText(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetBytes(text, _into[(Length + 1)..]);
        _into[Length] = (byte)length;
        Length += 1 + length;
    }

    /// <summary>A text of at most 65,535 bytes.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetBytes(text, _into[(Length + sizeof(ushort))..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_into[Length..], (ushort)length);
        Length += sizeof(ushort) + length;
    }

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_into[Length..]);
        Length += bytes.Length;
    }

    public void Bytes(in ReadOnlySequence<byte> bytes)
    {
        bytes.CopyTo(_into[Length..]);
        Length += (int)bytes.Length;
    }

    /// <summary>Puts a number where one byte was left for it.</summary>
    public readonly void SetByte(int at, int value) => _into[at] = (byte)value;
}
