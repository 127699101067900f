using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class ViewIdFingerprintTests
{
    private const string Id = "0123456789abcdef";

    [Fact]
    public void An_id_has_the_same_fingerprint_in_every_process_and_version() =>
        Assert.Equal("5DAA7733C19FF01C", Print("a secret", "sonla", Id));

    [Fact]
    public void Site_secret_and_id_give_another()
    {
        string[] all =
        [
            Print("a secret", "sonla", Id),
            Print("a secret", "other", Id),
            Print("no secret", "sonla", Id),
            Print("a secret", "sonla", Id + "-"),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Nothing_is_shared_with_the_names_of_visitors() =>
        Assert.NotEqual(
            KeyedHash.DeriveKey("a secret"u8, "visitors"u8, "sonla"u8),
            KeyedHash.DeriveKey("a secret"u8, "view ids"u8, "sonla"u8)
        );

    [Fact]
    public void Ids_of_every_length_have_one()
    {
        var all = Enumerable
            .Range(16, 49)
            .Select(length => Print("a secret", "sonla", new string('x', length)))
            .ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Theory]
    [InlineData("0000000000000000", "0000000000000001")]
    [InlineData("FFFF000000000000", "FFFF000000000001")]
    [InlineData("0000010000000000", "0000010000000000")]
    public void No_fingerprint_looks_like_no_id(string hashed, string expected)
    {
        var bytes = Convert.FromHexString(hashed);
        ViewIdFingerprint.AvoidZero(bytes);
        Assert.Equal(expected, Convert.ToHexString(bytes));
    }

    [Fact]
    public void Fingerprints_cost_no_memory()
    {
        var prints = new ViewIdFingerprint("a secret"u8, "sonla");
        Span<byte> print = stackalloc byte[ViewIdFingerprint.Size];
        prints.Write(Id, print);
        var before = GC.GetAllocatedBytesForCurrentThread();
        prints.Write(Id, print);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Print(string secret, string site, string id)
    {
        var print = new byte[ViewIdFingerprint.Size];
        new ViewIdFingerprint(System.Text.Encoding.UTF8.GetBytes(secret), site).Write(id, print);
        return Convert.ToHexString(print);
    }
}
