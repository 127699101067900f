using System.Security.Cryptography;

namespace PortalServices.Counting.Model;

/// <summary>
/// HMAC-SHA256 under one key, for many threads, at half the price of the one-shot call: what the key needs is prepared
/// once.
/// </summary>
internal sealed class KeyedHash(byte[] key)
{
    public const int Size = HMACSHA256.HashSizeInBytes;

    // One prepared hash waits here for the next caller; callers that meet make another, which the finalizer clears away
    // if it stays over.
    private IncrementalHash? _spare;

    /// <summary>Writes as many of the hash's first bytes as the destination holds.</summary>
    public void Write(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var hash = Interlocked.Exchange(ref _spare, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> whole = stackalloc byte[Size];
        hash.AppendData(text);
        hash.GetHashAndReset(whole);
        if (Interlocked.CompareExchange(ref _spare, hash, null) is not null)
        {
            hash.Dispose();
        }
        whole[..destination.Length].CopyTo(destination);
    }

    /// <summary>A key that tells nothing of the secret, nor of the keys that other labels and values give.</summary>
    public static byte[] DeriveKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> value) =>
        HMACSHA256.HashData(secret, [.. label, 0, .. value]);
}
