using System.Buffers.Binary;
using System.Globalization;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class SipHashTests
{
    private static readonly SipHash Hash = new([.. Enumerable.Range(0, SipHash.KeySize).Select(i => (byte)i)]);

    /// <summary>
    /// Of the authors' own vectors: the key is the bytes 0 to 15, the text those from 0 on, the hash in its bytes.
    /// </summary>
    [Theory]
    [InlineData(0, "310E0EDD47DB6F72")]
    [InlineData(1, "FD67DC93C539F874")]
    [InlineData(2, "5A4FA9D909806C0D")]
    [InlineData(15, "E545BE4961CA29A1")]
    public void The_short_hash_is_that_of_its_authors(int length, string bytes) =>
        Assert.Equal(bytes, Bytes(Hash.Of(Text(length))));

    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    public void The_long_hash_is_that_of_its_authors(int length, string bytes)
    {
        var hash = Hash.WideOf(Text(length));
        Assert.Equal(bytes, Bytes((ulong)(hash >> 64)) + Bytes((ulong)hash));
    }

    private static byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    private static string Bytes(ulong hash) =>
        BinaryPrimitives.ReverseEndianness(hash).ToString("X16", CultureInfo.InvariantCulture);
}
