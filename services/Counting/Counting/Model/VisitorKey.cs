using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PortalServices.Counting.Model;

/// <summary>
/// Names visitors for one week, and only for counting distinct ones: nobody can go back from a name to an address, or
/// recognise a visitor in another week or on another site, without both the week's key (which lives and dies with the
/// week in the store) and the secret (which is in no backup of the store).
/// </summary>
/// <param name="secret"><c>Counting:VisitorSecret</c>.</param>
/// <param name="weekKey">Random bytes that the store keeps for the site's week. They name the hash: of <see
/// cref="SipSize"/> bytes SipHash, else HMAC-SHA256.</param>
internal sealed class VisitorKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> weekKey)
{
    /// <summary>Of a key for SipHash, and of one for the earlier hash, in bytes.</summary>
    public const int SipSize = 33,
        EarlierSize = 32;

    private const int Size = 16;

    private const int OnStack = 1024;

    // The lengths of site and address, and at most 8 bytes of the address.
    private const int Fixed = 2 + 1 + 8;

    private readonly SipHash? _hash =
        weekKey.Length == SipSize ? new(KeyedHash.DeriveKey(secret, "visitors, SipHash"u8, weekKey)) : null;

    private readonly KeyedHash? _earlier =
        weekKey.Length == SipSize ? null : new(KeyedHash.DeriveKey(secret, "visitors"u8, weekKey));

    /// <summary>
    /// The name of whoever comes from an address with a user agent. An IPv4 address counts whole, also when it
    /// is written as IPv6; of IPv6 the first 64 bits do, since a browser changes the others at will.
    /// </summary>
    public UInt128 NameOf(string siteId, IPAddress address, string userAgent)
    {
        var most =
            Fixed + Encoding.UTF8.GetMaxByteCount(siteId.Length) + Encoding.UTF8.GetMaxByteCount(userAgent.Length);
        var rented = most > OnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        var text = rented ?? stackalloc byte[OnStack];

        // Length and bytes of the site, length and bytes of the address, and the agent to the end: no two visitors give
        // the same text.
        var site = Encoding.UTF8.GetBytes(siteId, text[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(text, (ushort)site);
        var length = 2 + site;
        length += WriteNetwork(address, text[length..]);
        length += Encoding.UTF8.GetBytes(userAgent, text[length..]);
        var name = NameOf(text[..length]);

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
        return name;
    }

    private UInt128 NameOf(ReadOnlySpan<byte> text)
    {
        if (_hash is not null)
        {
            return _hash.WideOf(text);
        }
        Span<byte> name = stackalloc byte[Size];
        _earlier!.Write(text, name);
        return BinaryPrimitives.ReadUInt128BigEndian(name);
    }

    private static int WriteNetwork(IPAddress address, Span<byte> into)
    {
        Span<byte> whole = stackalloc byte[16];
        address.TryWriteBytes(whole, out _);
        ReadOnlySpan<byte> counted =
            address.AddressFamily == AddressFamily.InterNetwork ? whole[..4]
            : address.IsIPv4MappedToIPv6 ? whole[12..]
            : whole[..8];
        into[0] = (byte)counted.Length;
        counted.CopyTo(into[1..]);
        return 1 + counted.Length;
    }
}

/// <summary>How one visitor is called, 16 bytes each, in the sets that it is counted in.</summary>
/// <param name="Week">In those of the day and the week.</param>
/// <param name="Online">In that of the minute.</param>
/// <param name="OnlineBefore">In that of the minute for readers whose window began before the key changed; null when
/// there are none.</param>
internal readonly record struct VisitorNames(UInt128 Week, UInt128 Online, UInt128? OnlineBefore);
