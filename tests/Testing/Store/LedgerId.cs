using System.Security.Cryptography;
using System.Text;

namespace PortalServices.Testing.Store;

/// <summary>
/// What a ledger remembers of a view id: six bytes of a keyed hash. Two of a million ids have the same six bytes with a
/// probability of one in five hundred.
/// </summary>
public static class LedgerId
{
    internal const int Size = 6;

    /// <summary>The six bytes of an id, as a number.</summary>
    /// <param name="key">What <see cref="KeyOf"/> gives for the site.</param>
    /// <param name="viewId">The id.</param>
    public static ulong Of(byte[] key, string viewId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(viewId), hash);
        // The first two bytes choose the field, the next six lie in it.
        var id = Read(hash[2..8]);
        return id == 0 ? 1 : id;
    }

    /// <summary>The key that the ids of a site are hashed with.</summary>
    /// <param name="secret">The secret of the visitors.</param>
    /// <param name="site">The site.</param>
    public static byte[] KeyOf(string secret, string site) =>
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret),
            (byte[])[.. "view ids"u8, 0, .. Encoding.UTF8.GetBytes(site)]
        );

    internal static ulong Read(ReadOnlySpan<byte> bytes)
    {
        var id = 0UL;
        foreach (var each in bytes)
        {
            id = (id << 8) | each;
        }
        return id;
    }
}
