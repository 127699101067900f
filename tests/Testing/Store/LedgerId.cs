using System.Buffers.Binary;
using System.Numerics;
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
        // The first two bytes choose the field, the next six lie in it.
        var id = SipHash(key, Encoding.ASCII.GetBytes(viewId)) & 0xFFFF_FFFF_FFFF;
        return id == 0 ? 1 : id;
    }

    /// <summary>The key that the ids of a site are hashed with.</summary>
    /// <param name="secret">The secret of the visitors.</param>
    /// <param name="site">The site.</param>
    public static byte[] KeyOf(string secret, string site) =>
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret),
            (byte[])[.. "view ids, SipHash"u8, 0, .. Encoding.UTF8.GetBytes(site)]
        );

    // SipHash-2-4 once more, as plainly as it can be written: what the product makes is not told by the product.
    private static ulong SipHash(byte[] key, byte[] text)
    {
        ulong[] keys = [BitConverter.ToUInt64(key, 0), BitConverter.ToUInt64(key, 8)];
        var v = "somepseudorandomlygeneratedbytes"u8
            .ToArray()
            .Chunk(8)
            .Select((word, i) => BinaryPrimitives.ReadUInt64BigEndian(word) ^ keys[i % 2])
            .ToArray();
        var padded = new byte[((text.Length / 8) + 1) * 8];
        text.CopyTo(padded, 0);
        padded[^1] = (byte)text.Length;
        foreach (var word in padded.Chunk(8).Select(each => BitConverter.ToUInt64(each)))
        {
            v[3] ^= word;
            Rounds(2);
            v[0] ^= word;
        }
        v[2] ^= 0xFF;
        Rounds(4);
        return v[0] ^ v[1] ^ v[2] ^ v[3];

        void Rounds(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Half(0, 1, 13, 2, 3, 16);
                Half(2, 1, 17, 0, 3, 21);
            }
        }

        void Half(int a, int b, int turnB, int c, int d, int turnD)
        {
            v[a] += v[b];
            v[c] += v[d];
            v[b] = BitOperations.RotateLeft(v[b], turnB) ^ v[a];
            v[d] = BitOperations.RotateLeft(v[d], turnD) ^ v[c];
            v[a] = BitOperations.RotateLeft(v[a], 32);
        }
    }

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
