using System.Buffers.Binary;
using System.Text;

namespace PortalServices.Counting.Model;

/// <summary>
/// The few bytes by which a site's ledger remembers a view id. Keyed, so that nobody can make ids that collide with
/// those of others; the same for every process and week, since a repeat may reach another replica. Neither they nor their
/// last six are ever all zero, which stands for no id.
/// </summary>
/// <param name="secret"><c>Counting:VisitorSecret</c>.</param>
/// <param name="siteId">The site, whose ids are its own.</param>
internal sealed class ViewIdFingerprint(ReadOnlySpan<byte> secret, string siteId)
{
    private const int Size = 8,
        LongestId = 64;

    private readonly SipHash _hash = new(
        KeyedHash.DeriveKey(secret, "view ids, SipHash"u8, Encoding.UTF8.GetBytes(siteId))
    );
    private readonly KeyedHash _earlier = new(
        KeyedHash.DeriveKey(secret, "view ids"u8, Encoding.UTF8.GetBytes(siteId))
    );

    /// <summary>The fingerprint of a valid view id.</summary>
    public ulong Of(string viewId)
    {
        Span<byte> text = stackalloc byte[LongestId];
        return AvoidZero(_hash.Of(text[..Encoding.ASCII.GetBytes(viewId, text)]));
    }

    /// <summary>The same by the hash of earlier versions, HMAC-SHA256.</summary>
    public ulong EarlierOf(string viewId)
    {
        Span<byte> text = stackalloc byte[LongestId];
        Span<byte> fingerprint = stackalloc byte[Size];
        _earlier.Write(text[..Encoding.ASCII.GetBytes(viewId, text)], fingerprint);
        return AvoidZero(BinaryPrimitives.ReadUInt64BigEndian(fingerprint));
    }

    internal static ulong AvoidZero(ulong fingerprint) =>
        (fingerprint & 0xFFFF_FFFF_FFFF) == 0 ? fingerprint | 1 : fingerprint;
}
