using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// Whose connections they are: an address, of IPv6 its /64, since one client has all of that; or a trusted peer.
/// </summary>
internal sealed class ConnectionHolder(UInt128 key, bool isTrusted)
{
    /// <summary>Bytes of its requests that are not answered yet; by <see cref="Interlocked"/>.</summary>
    public long Pending;

    public UInt128 Key => key;

    public bool IsTrusted => isTrusted;

    /// <summary>Its open connections. Guarded by the budget.</summary>
    public HashSet<TrackedConnection> Connections { get; } = [];

    /// <summary>Where it stands in the budget's order. Guarded by the budget.</summary>
    public int Rank { get; set; }

    /// <summary>So that holders of the same size come in no order that a client can choose.</summary>
    public int Tie { get; } = Random.Shared.Next();

    public static UInt128 KeyOf(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address })
        {
            return UInt128.Zero;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new UInt128(BinaryPrimitives.ReadUInt64BigEndian(bytes), ulong.MaxValue)
            : new UInt128(0, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
