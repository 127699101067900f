using System.Text;
using CsCheck;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Model;

public sealed class PageIdentityTests
{
    private const string OwnOrigin = "http://localhost:8080";

    private static readonly Site Portal = new()
    {
        Id = "sonla",
        Origins = ["https://sonla.example", "http://cong.sonla.example:8443"],
        KeptQueryParameters = ["mã", "ItemID", "a/b"],
    };

    // Pieces that meet each other badly: escapes in parts, marks that join what stands before them, borders, dots,
    // wrong surrogates.
    private static readonly Gen<string> Nasty = Gen.OneOf(
        Any(
            "/",
            "//",
            "/.",
            "/..",
            "..",
            ".",
            "%2E",
            "%2f",
            "%2F",
            "%25",
            "%",
            "%2",
            "%C3",
            "%A9",
            "%3D",
            "%CC%81",
            "%CC%B8",
            "%0A",
            "%c2%85"
        ),
        Any(
            "?",
            "#",
            "&",
            "=",
            "?ItemID=",
            "&itemid=",
            "&m%C3%A3=",
            "&a/b=",
            "ItemID",
            ";",
            "+",
            " ",
            "\\",
            "a",
            "Ứ",
            "D",
            "F",
            "5"
        ),
        Any(
            "\u0301",
            "\u0307",
            "\u0323",
            "\u0338",
            "\u031B",
            "\u037E",
            "\u212A",
            "\uFB1D",
            "\u0958",
            "\u200D",
            "\u2028",
            "\uFFFF",
            "🌾"
        ),
        Any(
            "https://sonla.example",
            "http://localhost:8080",
            "https://",
            "@",
            ":",
            "\uFFFE",
            "\uD83C",
            "\uDF3E",
            "\u0001"
        ),
        Gen.Int[0x20, 0x7E].Select(c => ((char)c).ToString()),
        Gen.Int[0, 0xFF].Select(b => $"%{b:x2}"),
        Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(c => new Rune(c).ToString()),
        Gen.Int[0, 0x10FFFF]
            .Where(Rune.IsValid)
            .Select(c => string.Concat(Encoding.UTF8.GetBytes(new Rune(c).ToString()).Select(b => $"%{b:X2}")))
    );

    private static readonly Gen<string> Values = Nasty.Array[0, 12].Select(parts => "/" + string.Concat(parts));

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (var (sent, expected) in PageIdentityTable.Rows())
        {
            rows.Add(Written(sent), Written(expected));
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_table_holds(string sent, string expected) => Assert.Equal(expected, Written(Identity(Read(sent))));

    [Fact]
    public void Every_name_in_the_table_names_itself()
    {
        var names = PageIdentityTable.Rows().Select(row => row.Expected).Where(name => name.StartsWith('/')).ToList();
        Assert.True(names.Count > 60);
        Assert.All(names, name => Assert.Equal(name, Identity(name)));
    }

    [Fact]
    public void A_name_read_again_is_itself() =>
        Values.Sample(
            value => !Identity(value).StartsWith('/') || Identity(Identity(value)) == Identity(value),
            iter: 100_000,
            print: Written
        );

    [Fact]
    public void A_name_is_a_clean_path() =>
        Values.Sample(
            value =>
            {
                var name = Identity(value);
                if (!name.StartsWith('/'))
                {
                    return;
                }
                var path = name.Split('?')[0];
                Assert.DoesNotContain("//", path, StringComparison.Ordinal);
                Assert.DoesNotContain(path.Split('/'), segment => segment is "." or "..");
                Assert.True(path is "/" || !path.EndsWith('/'));
                Assert.DoesNotContain('#', name);
                Assert.DoesNotContain(name, char.IsControl);
                Assert.True(Encoding.UTF8.GetByteCount(name) <= PageIdentity.MaxBytes);
                Assert.True(path.Contains('%', StringComparison.Ordinal) || path.IsNormalized());
            },
            iter: 50_000,
            print: Written
        );

    [Fact]
    public void Escaping_every_character_of_a_plain_path_changes_nothing() =>
        Gen.Int[0x21, 0x2FFFF]
            .Where(c =>
                Rune.IsValid(c)
                && c != 0xFFFE
                && !Rune.IsControl(new Rune(c))
                && !"%/?#&=".Contains((char)c, StringComparison.Ordinal)
            )
            .Array[1, 20]
            .Select(all => string.Concat(all.Select(c => new Rune(c).ToString())))
            .Sample(
                segment => Identity("/" + Uri.EscapeDataString(segment)) == Identity("/" + segment),
                iter: 20_000,
                print: Written
            );

    [Fact]
    public void Any_text_at_all_is_answered() =>
        Gen.OneOf(
                Nasty.Array[0, 8].Select(string.Concat),
                Gen.Char.Array[0, 12].Select(chars => new string(chars)),
                Nasty.Array[0, 6].Select(parts => "https://" + string.Concat(parts))
            )
            .Sample(value => Identity(value) is ['/', ..] or "invalid" or "foreign", iter: 50_000, print: Written);

    [Theory]
    [InlineData("a", 511, true)]
    [InlineData("a", 512, false)]
    [InlineData("%61", 511, true)]
    [InlineData("ứ", 170, true)]
    [InlineData("%e1%bb%a9", 171, false)]
    [InlineData("%2f", 170, true)]
    [InlineData("%2f", 171, false)]
    public void A_name_has_at_most_512_bytes(string piece, int times, bool accepted) =>
        Assert.Equal(accepted, Identity("/" + string.Concat(Enumerable.Repeat(piece, times))).StartsWith('/'));

    [Fact]
    public void What_is_dropped_may_be_long() =>
        Assert.Equal("/a", Identity($"/{new string('/', 600)}a?utm={new string('x', 4000)}#{new string('y', 4000)}"));

    [Fact]
    public void A_site_that_keeps_no_parameters_drops_every_query()
    {
        Assert.True(PageIdentity.TryParse("/a?ItemID=5", new Site { Id = "x" }, OwnOrigin, out var path, out _));
        Assert.Equal("/a", path);
    }

    [Fact]
    public void A_plain_path_costs_no_memory()
    {
        const string Plain = "/tin-tuc/2026/bai-viet-so-1.aspx";
        Assert.True(PageIdentity.TryParse(Plain, Portal, OwnOrigin, out _, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = PageIdentity.TryParse(Plain, Portal, OwnOrigin, out var path, out _);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(parsed);
        Assert.Same(Plain, path);
        Assert.Equal(0, allocated);
    }

    private static Gen<string> Any(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);

    private static string Identity(string value) =>
        PageIdentity.TryParse(value, Portal, OwnOrigin, out var path, out var fault)
            ? path
            : fault switch
            {
                PageFault.Invalid => "invalid",
                PageFault.ForeignOrigin => "foreign",
                _ => throw new InvalidOperationException("refused without a reason"),
            };

    // Test names and reports cannot carry every character: lone surrogates and controls are written out.
    private static string Written(string text) =>
        string.Concat(text.Select(c => c is >= ' ' and <= '~' and not '\\' ? c.ToString() : $"\\{(int)c:X4}"));

    private static string Read(string written)
    {
        var text = new StringBuilder();
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] != '\\')
            {
                text.Append(written[i]);
            }
            else
            {
                text.Append((char)Convert.ToInt32(written.Substring(i + 1, 4), 16));
                i += 4;
            }
        }

        return text.ToString();
    }
}
