using System.Globalization;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class ViewIdFingerprintTests
{
    private const string Id = "0123456789abcdef";

    [Fact]
    public void An_id_has_the_same_fingerprint_in_every_process_and_version() =>
        Assert.Equal(
            ("5DAA7733C19FF01C", "5D82D70A890DF231"),
            (
                new ViewIdFingerprint("a secret"u8, "sonla")
                    .EarlierOf(Id)
                    .ToString("X16", CultureInfo.InvariantCulture),
                Print("a secret", "sonla", Id)
            )
        );

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
    [InlineData(0, 1)]
    [InlineData(0xFFFF_0000_0000_0000, 0xFFFF_0000_0000_0001)]
    [InlineData(0x0000_0100_0000_0000, 0x0000_0100_0000_0000)]
    public void No_fingerprint_looks_like_no_id(ulong hashed, ulong expected) =>
        Assert.Equal(expected, ViewIdFingerprint.AvoidZero(hashed));

    [Fact]
    public void Fingerprints_cost_no_memory()
    {
        var prints = new ViewIdFingerprint("a secret"u8, "sonla");
        _ = prints.Of(Id) + prints.EarlierOf(Id);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = prints.Of(Id) + prints.EarlierOf(Id);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Print(string secret, string site, string id) =>
        new ViewIdFingerprint(System.Text.Encoding.UTF8.GetBytes(secret), site)
            .Of(id)
            .ToString("X16", CultureInfo.InvariantCulture);
}
