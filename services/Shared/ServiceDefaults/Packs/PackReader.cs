using System.Buffers.Binary;
using System.Text;

namespace PortalServices.ServiceDefaults.Packs;

/// <summary>
/// Reads the parts of a pack; see <see cref="PackFormat"/>. Throws <see cref="InvalidDataException"/> where they do not
/// fit.
/// </summary>
internal struct PackReader(ReadOnlyMemory<byte> pack)
{
    private ReadOnlyMemory<byte> _rest = pack;

    public readonly int Left => _rest.Length;

    public int Number()
    {
        if (_rest.Length < sizeof(int))
        {
            throw new InvalidDataException("The pack ends too early.");
        }
        var number = BinaryPrimitives.ReadInt32BigEndian(_rest.Span);
        _rest = _rest[sizeof(int)..];
        return number;
    }

    public ReadOnlyMemory<byte> Bytes()
    {
        var length = Number();
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException("A part of the pack is longer than the pack.");
        }
        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new InvalidDataException("More follows the pack.");
        }
    }
}
