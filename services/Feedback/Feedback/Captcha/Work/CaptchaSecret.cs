using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PortalServices.Feedback.Captcha.Work;

/// <summary>
/// What all replicas sign proof-of-work challenges with, and hash addresses and the keys of erased feedback with.
/// </summary>
internal sealed class CaptchaSecret
{
    /// <summary>Bytes of the key.</summary>
    public const int Size = 32;

    /// <summary>Characters of a hashed address.</summary>
    public const int HashLength = 32;

    private readonly byte[] _signatures,
        _addresses,
        _keys;

    /// <param name="key">Random, <see cref="Size"/> bytes.</param>
    public CaptchaSecret(ReadOnlySpan<byte> key)
    {
        // A key of its own for each purpose.
        _signatures = HMACSHA256.HashData(key, "captcha work"u8);
        _addresses = HMACSHA256.HashData(key, "captcha address"u8);
        _keys = HMACSHA256.HashData(key, "idempotency key"u8);
    }

    /// <summary>HMAC-SHA-256 of a text, in lower-case hexadecimal digits.</summary>
    public string Sign(string text) => Hash(_signatures, Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// An idempotency key as it is kept once its feedback is erased: its sender chose the words. 64 characters, as a
    /// key may have.
    /// </summary>
    public string HashOfKey(string key) => Hash(_keys, Encoding.UTF8.GetBytes(key));

    /// <summary>
    /// A client address as it is kept: a keyed hash, of an IPv6 address by its /64, since one client has all of it.
    /// Null for null.
    /// </summary>
    public string? HashOf(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }
        var bytes = address.GetAddressBytes().AsSpan();
        return Hash(_addresses, address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes)[
            ..HashLength
        ];
    }

    private static string Hash(byte[] key, ReadOnlySpan<byte> content) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, content));
}

/// <summary>The key of <see cref="CaptchaSecret"/>, one for all replicas.</summary>
internal sealed class StoredCaptchaKey
{
    /// <summary>The only row.</summary>
    public const int TheOnly = 1;

    public required int Id { get; init; }

    /// <summary>Encrypted by ASP.NET Core Data Protection.</summary>
    public required string Value { get; set; }
}
