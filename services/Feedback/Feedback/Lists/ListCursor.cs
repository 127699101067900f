using System.Buffers.Binary;
using System.Buffers.Text;

namespace PortalServices.Feedback.Lists;

/// <summary>
/// The orders of the lists that can be read from a cursor on. The numbers stand in cursors that callers hold.
/// </summary>
internal enum ListOrder : byte
{
    DueBy = 1,
    Newest = 2,
    Steps = 3,
    Published = 4,
}

/// <summary>
/// A place in a list: the last item that was read, by what the list is ordered by. What comes or goes meanwhile moves
/// nothing past it. To callers it is opaque: base64url of order, urgency, instant and id, which are no secrets.
/// </summary>
/// <param name="Order">The order that it is a place of; it is none of any other.</param>
/// <param name="Urgency">Of <see cref="ListOrder.DueBy"/>; 0 in others.</param>
/// <param name="At">Milliseconds since 1970 UTC.</param>
/// <param name="Id">Parts what is of the same instant.</param>
internal readonly record struct ListCursor(ListOrder Order, int Urgency, long At, Guid Id)
{
    private const int Bytes = 1 + sizeof(int) + sizeof(long) + 16;

    /// <summary>How many characters one has.</summary>
    public const int Length = ((Bytes * 4) + 2) / 3;

    /// <summary>Reads one of this order.</summary>
    public static bool TryRead(string text, ListOrder order, out ListCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (
            text.Length != Length
            || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var read)
            || read != Bytes
            || bytes[0] != (byte)order
        )
        {
            return false;
        }
        cursor = new ListCursor(
            order,
            BinaryPrimitives.ReadInt32BigEndian(bytes[1..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[5..]),
            new Guid(bytes[13..], bigEndian: true)
        );
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = (byte)Order;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], Urgency);
        BinaryPrimitives.WriteInt64BigEndian(bytes[5..], At);
        _ = Id.TryWriteBytes(bytes[13..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
