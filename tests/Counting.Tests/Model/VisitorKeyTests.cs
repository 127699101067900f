using System.Net;
using CsCheck;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class VisitorKeyTests
{
    private const string Browser =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36";

    private static readonly VisitorKey Key = new(
        "a secret of at least 32 characters"u8,
        "the random key of a week, SipHash"u8
    );

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("::ffff:203.0.113.7", "::ffff:203.0.113.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%2", "fe80::1%3", true)]
    [InlineData("0.0.0.0", "::", false)]
    [InlineData("127.0.0.1", "::1", false)]
    public void An_address_is_one_visitor(string one, string other, bool same) =>
        Assert.Equal(same, Name("sonla", one, Browser) == Name("sonla", other, Browser));

    [Fact]
    public void Site_and_user_agent_tell_visitors_apart()
    {
        var name = Name("sonla", "203.0.113.7", Browser);
        Assert.Equal(name, Name("sonla", "203.0.113.7", Browser));
        Assert.NotEqual(name, Name("sonla2", "203.0.113.7", Browser));
        Assert.NotEqual(name, Name("sonla", "203.0.113.7", Browser + " "));
    }

    [Fact]
    public void Another_week_or_another_secret_gives_another_name()
    {
        string[] names =
        [
            Name(Key),
            Name(new VisitorKey("a secret of at least 32 characters"u8, "the random key of next wk SipHash"u8)),
            Name(new VisitorKey("another secret of 32 characters or so"u8, "the random key of a week, SipHash"u8)),
            Name(new VisitorKey("a secret of at least 32 characters"u8, "the random key of a week"u8)),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void The_name_of_a_visitor_is_the_same_in_every_version() =>
        Assert.Equal(
            ("E58073084AA3866791EE2C1BA90E4750", "4644A3DA3F8ABAC0FBD8704B56726251"),
            (Name(new VisitorKey("a secret of at least 32 characters"u8, "the random key of a week"u8)), Name(Key))
        );

    [Fact]
    public void No_part_runs_into_the_next() =>
        Gen.Select(
                Gen.String[Gen.Char["ab4\u0004\0"], 0, 4],
                Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]),
                Gen.String[Gen.Char["ab4\u0004\0"], 0, 4]
            )
            .Array[2]
            .Sample(
                pair =>
                {
                    var (a, b) = (pair[0], pair[1]);
                    return Same(a, b)
                        || Name(a.Item1, new IPAddress(a.Item2), a.Item3)
                            != Name(b.Item1, new IPAddress(b.Item2), b.Item3);
                },
                iter: 20_000
            );

    [Theory]
    [InlineData(150)]
    [InlineData(2_000)]
    [InlineData(30_000)]
    public void A_user_agent_of_any_length_counts_whole(int length)
    {
        var agent = new string('ứ', length);
        Assert.NotEqual(Name("sonla", "203.0.113.7", agent + "a"), Name("sonla", "203.0.113.7", agent + "b"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Naming_costs_no_memory(int times)
    {
        var agent = string.Concat(Enumerable.Repeat(Browser, times));
        var address = IPAddress.Parse("::ffff:203.0.113.7");
        VisitorKey[] keys = [new("secret"u8, "week"u8), new("secret"u8, new byte[VisitorKey.SipSize])];
        foreach (var key in keys)
        {
            key.NameOf("sonla", address, agent);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var key in keys)
        {
            key.NameOf("sonla", address, agent);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Many_threads_get_their_own_visitor_s_name()
    {
        var expected = Enumerable.Range(0, 8).Select(i => Name("sonla", $"203.0.113.{i}", Browser)).ToArray();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    Task.Run(
                        () =>
                        {
                            for (var n = 0; n < 5_000; n++)
                            {
                                Assert.Equal(expected[i], Name("sonla", $"203.0.113.{i}", Browser));
                            }
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );
    }

    private static bool Same((string, byte[], string) a, (string, byte[], string) b) =>
        a.Item1 == b.Item1
        && a.Item3 == b.Item3
        && a.Item2.Length == b.Item2.Length
        && a.Item2.AsSpan(0, a.Item2.Length == 4 ? 4 : 8).SequenceEqual(b.Item2.AsSpan(0, a.Item2.Length == 4 ? 4 : 8));

    private static string Name(VisitorKey key) => Name(key, "sonla", IPAddress.Parse("203.0.113.7"), Browser);

    private static string Name(string site, string address, string agent) =>
        Name(Key, site, IPAddress.Parse(address), agent);

    private static string Name(string site, IPAddress address, string agent) => Name(Key, site, address, agent);

    private static string Name(VisitorKey key, string site, IPAddress address, string agent) =>
        key.NameOf(site, address, agent).ToString("X32", System.Globalization.CultureInfo.InvariantCulture);
}
