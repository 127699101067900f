using System.Text;

namespace PortalServices.Counting.Model;

/// <summary>
/// The few bytes by which a site's ledger remembers a view id. Keyed, so that nobody can make ids that collide with
/// those of others; the same for every process and week, since a repeat may reach another replica.
/// </summary>
/// <param name="secret"><c>Counting:VisitorSecret</c>.</param>
/// <param name="siteId">The site, whose ids are its own.</param>
internal sealed class ViewIdFingerprint(ReadOnlySpan<byte> secret, string siteId)
{
    /// <summary>Of a fingerprint, in bytes.</summary>
    public const int Size = 8;

    private const int LongestId = 64;

    private readonly KeyedHash _hash = new(KeyedHash.DeriveKey(secret, "view ids"u8, Encoding.UTF8.GetBytes(siteId)));

    /// <summary>
    /// Writes the fingerprint of a valid view id. Neither it nor its last six bytes are ever all zero, which stands for
    /// no id.
    /// </summary>
    public void Write(string viewId, Span<byte> destination)
    {
        Span<byte> text = stackalloc byte[LongestId];
        var fingerprint = destination[..Size];
        _hash.Write(text[..Encoding.ASCII.GetBytes(viewId, text)], fingerprint);
        AvoidZero(fingerprint);
    }

    internal static void AvoidZero(Span<byte> fingerprint)
    {
        if (!fingerprint[^6..].ContainsAnyExcept((byte)0))
        {
            fingerprint[^1] = 1;
        }
    }
}
