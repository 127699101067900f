using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace PortalServices.ServiceDefaults.Packs;

/// <summary>Writes the parts of a pack; see <see cref="PackFormat"/>.</summary>
internal sealed class PackWriter(int bytes)
{
    private readonly ArrayBufferWriter<byte> _written = new(bytes);

    public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

    public void Number(int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(_written.GetSpan(sizeof(int)), number);
        _written.Advance(sizeof(int));
    }

    public void Text(ReadOnlySpan<char> text)
    {
        var into = _written.GetSpan(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, into[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(into, length);
        _written.Advance(sizeof(int) + length);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        _written.Write(bytes);
    }

    /// <summary>Parts that have been written elsewhere.</summary>
    public void Raw(ReadOnlySpan<byte> parts) => _written.Write(parts);
}
