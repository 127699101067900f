using System.Buffers.Binary;
using System.Numerics;

namespace PortalServices.Counting.Model;

/// <summary>
/// SipHash-2-4 under one key, of 64 or 128 bits: for short texts that others choose, where nobody without the key may find
/// two of one hash. It keeps nothing, so many threads may use it.
/// </summary>
/// <remarks>
/// J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012. The longer hash is that of its
/// authors' reference implementation, of which the tests have the vectors.
/// </remarks>
internal sealed class SipHash
{
    /// <summary>Of a key, in bytes.</summary>
    public const int KeySize = 16;

    private readonly ulong _key0,
        _key1;

    /// <param name="key">At least 16 bytes, of which the first 16 are the key.</param>
    public SipHash(ReadOnlySpan<byte> key) =>
        (_key0, _key1) = (
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..])
        );

    /// <summary>The hash of 64 bits.</summary>
    public ulong Of(ReadOnlySpan<byte> text)
    {
        var state = new State(_key0, _key1, mark: 0);
        state.Take(text);
        return state.End(0xFF);
    }

    /// <summary>The hash of 128 bits; the half that comes first is the upper one.</summary>
    public UInt128 WideOf(ReadOnlySpan<byte> text)
    {
        var state = new State(_key0, _key1, mark: 0xEE);
        state.Take(text);
        var first = state.End(0xEE);
        return new UInt128(first, state.EndAgain());
    }

    private ref struct State(ulong key0, ulong key1, ulong mark)
    {
        private ulong _v0 = key0 ^ 0x736F6D6570736575,
            _v1 = key1 ^ 0x646F72616E646F6D ^ mark,
            _v2 = key0 ^ 0x6C7967656E657261,
            _v3 = key1 ^ 0x7465646279746573;

        public void Take(ReadOnlySpan<byte> text)
        {
            var last = (ulong)text.Length << 56;
            for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
            {
                Compress(BinaryPrimitives.ReadUInt64LittleEndian(text));
            }
            for (var i = 0; i < text.Length; i++)
            {
                last |= (ulong)text[i] << (8 * i);
            }
            Compress(last);
        }

        public ulong End(ulong end)
        {
            _v2 ^= end;
            return Finish();
        }

        public ulong EndAgain()
        {
            _v1 ^= 0xDD;
            return Finish();
        }

        private void Compress(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        private ulong Finish()
        {
            Round();
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
