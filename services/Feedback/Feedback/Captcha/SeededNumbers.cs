using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PortalServices.Feedback.Captcha;

/// <summary>
/// Numbers that follow from a seed and a purpose alone, the same in every process: SHA-256 in counter mode under a key
/// derived by HMAC. Who does not know the seed cannot foretell them, so that no clutter or noise can be computed and
/// taken away.
/// </summary>
internal sealed class SeededNumbers
{
    private const int KeySize = SHA256.HashSizeInBytes;

    private readonly byte[] _input = new byte[KeySize + sizeof(ulong)];
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private ulong _counter;
    private int _used = SHA256.HashSizeInBytes;

    /// <param name="purpose">Numbers for one purpose say nothing about those for another.</param>
    /// <param name="seed">Of any length.</param>
    public SeededNumbers(string purpose, ReadOnlySpan<byte> seed) =>
        HMACSHA256.HashData(seed, Encoding.UTF8.GetBytes(purpose), _input.AsSpan(0, KeySize));

    /// <summary>From 0 up to 2³² − 1.</summary>
    public uint Next()
    {
        if (_used == _block.Length)
        {
            Refill();
        }
        _used += sizeof(uint);
        return BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(_used - sizeof(uint)));
    }

    /// <summary>
    /// From 0 up to, and without, a limit. The bias is that of a multiplied 32-bit number, of no weight for a picture.
    /// </summary>
    public int Below(int limit) => (int)(((ulong)Next() * (ulong)limit) >> 32);

    /// <summary>From one number up to, and without, another.</summary>
    public double Between(double from, double to) => from + ((to - from) * (Next() * (1.0 / 4294967296.0)));

    /// <summary>One of some.</summary>
    public T Pick<T>(IReadOnlyList<T> some) => some[Below(some.Count)];

    private void Refill()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_input.AsSpan(KeySize), _counter++);
        SHA256.HashData(_input, _block);
        _used = 0;
    }
}
