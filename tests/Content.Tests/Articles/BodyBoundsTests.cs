using System.Globalization;
using System.Text;
using CsCheck;
using PortalServices.Content.Articles;
using PortalServices.Content.Bodies;

namespace PortalServices.Content.Tests.Articles;

/// <summary>
/// No body costs more than a bounded multiple of the longest ordinary one, whatever it is made of: it is cheap, or
/// refused by a bound that is named.
/// </summary>
public sealed class BodyBoundsTests
{
    // What the costliest ordinary text of 200,000 characters allocates is some 60 MB.
    private const long MaxAllocated = 400L * 1024 * 1024;

    private static readonly string Wide =
        string.Concat(Enumerable.Repeat("|a", 50)) + "|\n" + string.Concat(Enumerable.Repeat("|-", 50)) + "|\n";

    private static readonly string Formatting =
        "<table>" + string.Concat(Enumerable.Range(0, 60).Select(number => $"<b title={number}>"));

    public static TheoryData<string, string, string> Constructs =>
        new()
        {
            { "markdown", "", "[" },
            { "markdown", "", "[a](" },
            { "markdown", "", "[a](b" },
            { "markdown", "", "![" },
            { "markdown", "", "[a](b) " },
            { "markdown", "", "*a " },
            { "markdown", "", "a*" },
            { "markdown", "", "**a_ " },
            { "markdown", "", "_" },
            { "markdown", "", "~~a" },
            { "markdown", "", "`a``" },
            { "markdown", "", "<" },
            { "markdown", "", "<a " },
            { "markdown", "", "<a x=\"" },
            { "markdown", "", "&" },
            { "markdown", "", "&#1" },
            { "markdown", "", "|" },
            { "markdown", "a|b\n-|-\n", "|" },
            { "markdown", "|a|b|\n|-|-|\n", "||\n" },
            { "markdown", "|a|b|\n|-|-|\n", "|*a*|[b](c)|\n" },
            { "markdown", "WIDE", "|\n" },
            { "markdown", "WIDE", "a\n" },
            { "markdown", "", "> " },
            { "markdown", "", "> > > > > > > > a\n" },
            { "markdown", "> > > > > > > > ", "a\n" },
            { "markdown", "", "- " },
            { "markdown", "", "- a\n" },
            { "markdown", "", "1. a\n\n" },
            { "markdown", "REFERENCE", "[a] " },
            { "markdown", "", "[a]: /x\n" },
            { "markdown", "", "[a\n]: /x\n\n" },
            { "markdown", "", "http://a.b " },
            { "markdown", "", "www." },
            { "markdown", "", "mailto:a@" },
            { "markdown", "", "\\\n" },
            { "markdown", "", "\t" },
            { "markdown", "", "# " },
            { "markdown", "", "a\n=\n" },
            { "markdown", "", "```\n" },
            { "markdown", "", "*|*" },
            { "markdown", "", "[|" },
            { "markdown", "", "*[" },
            { "markdown", "", "<b>" },
            { "markdown", "", "<div>\n\n" },
            { "markdown", "", "a  \n" },
            { "html", "", "<b>" },
            { "html", "", "<b><p>" },
            { "html", "", "<b><table><td></b></table>" },
            { "html", "", "<div>" },
            { "html", "", "<p>" },
            { "html", "", "<li>" },
            { "html", "", "<a href=x>x" },
            { "html", "", "<nobr>x" },
            { "html", "", "<table>x" },
            { "html", "", "<table><tr><td>" },
            { "html", "", "<table><a>x" },
            { "html", "", "<select><b>" },
            { "html", "", "<svg><b>" },
            { "html", "", "<svg>" },
            { "html", "", "<button><b>" },
            { "html", "", "</p>" },
            { "html", "", "</b>" },
            { "html", "", "<b><p></b>" },
            { "html", "", "<b><i></b></i>" },
            { "html", "", "&amp;" },
            { "html", "", "&lt;" },
            { "html", "", "<" },
            { "html", "", "<!--" },
            { "html", "", "<a x=\"" },
            { "html", "", "<template>" },
            { "html", "", "<frameset>" },
            { "html", "", "<x>" },
            { "html", "", "<x></x>" },
            { "html", "", "<br>" },
            { "html", "", "<i title=a>x</i>" },
            { "html", "<a ", "a " },
            { "html", "a", "&#x301;" },
            { "html", "a", "&#x316;&#x301;" },
            { "markdown", "a", "&#x301;" },
            { "html", "<a ", "ATTRIBUTES" },
            { "html", "", "<i NUMBERED><p>" },
            { "html", "", "<font NUMBERED>" },
            { "html", "", "<p title='&#x338;'>" },
            { "html", "", "<span style='color:red'>x</span>" },
            { "html", "FORMATTING", "x<tr>" },
            { "html", "", "<base href=NUMBERED>" },
            { "html", "", "x<!>" },
            { "html", "", "<body NUMBERED>" },
            { "html", "FORMATTING", "<p>x" },
            { "html", "", "<a href=x>" },
            { "html", "", "<p>\u00a0</q>" },
            { "markdown", "", "`&#1;" },
            { "markdown", "", "|a-: " },
            { "markdown", "_>1](", "&#1; |-|-|\n" },
            { "markdown", "", "!" },
            { "markdown", "", "a<?\u2028 \u2028" },
        };

    [Theory]
    [MemberData(nameof(Constructs))]
    public void Every_construct_as_often_as_it_fits_is_cheap_or_refused(string format, string before, string piece)
    {
        foreach (var length in new[] { 7_000, 50_000, Article.MaxBody })
        {
            AssertCheap(Enum.Parse<ArticleFormat>(format, ignoreCase: true), BodyOf(before, piece, length));
        }
    }

    [Fact]
    public void What_blew_up_is_refused_by_its_bound()
    {
        Assert.Equal(
            "marks in a paragraph: 6000",
            BoundOf(
                ArticleFormat.Markdown,
                new string('|', 60_000)
                    + "\n"
                    + string.Concat(Enumerable.Repeat("|-", 30_000))
                    + "\n"
                    + string.Concat(Enumerable.Repeat("|\n", 4_000))
            )
        );
        Assert.Equal("cells: 20000", BoundOf(ArticleFormat.Markdown, BodyOf("WIDE", "|\n", 7_000)));
        Assert.Equal(
            "characters of HTML: 1000000",
            BoundOf(ArticleFormat.Markdown, BodyOf("REFERENCE", "[a]\n\n", 25_000))
        );
        Assert.Equal("depth: 128", BoundOf(ArticleFormat.Html, BodyOf("", "<b>", 180_000)));
        Assert.Equal("combining marks in a row: 30", BoundOf(ArticleFormat.Html, BodyOf("a", "&#x301;", 200_000)));
        Assert.Equal(
            "combining marks in a row: 30",
            BoundOf(
                ArticleFormat.Html,
                BodyOf("a", string.Concat(Enumerable.Repeat("\u0345\u0334", 15)) + "&#xFFFE;", 197_000)
            )
        );
        Assert.Equal("marks in a paragraph: 6000", BoundOf(ArticleFormat.Markdown, BodyOf("", "[a](", 200_000)));
    }

    [Theory]
    [InlineData("www.a.b ")]
    [InlineData("http://a.b ")]
    [InlineData("mailto:a@b.c ")]
    [InlineData("a<?")]
    [InlineData("`&#1;")]
    [InlineData("|a-: ")]
    [InlineData("a\n=\n")]
    [InlineData("!")]
    [InlineData("*a\n\u00a0\n")]
    [InlineData("*a\u2028 \u2028")]
    public void What_takes_the_square_of_its_number_is_bounded_in_a_paragraph(string piece) =>
        Assert.Equal("marks in a paragraph: 6000", BoundOf(ArticleFormat.Markdown, BodyOf("", piece, Article.MaxBody)));

    [Fact]
    public void A_body_that_is_refused_in_the_middle_leaves_no_trace_in_another()
    {
        // In an item of a list, where paragraphs have no tags.
        var body = $"[a]: /{new string('x', 50_000)}\n\n- " + string.Concat(Enumerable.Repeat("[a] ", 30));
        for (var times = 0; times < 20; times++)
        {
            Assert.Equal("characters of HTML: 1000000", BoundOf(ArticleFormat.Markdown, body));
        }
        for (var times = 0; times < 20; times++)
        {
            Assert.Equal("<p>Nội dung.</p>\n", ArticleText.ToHtml(ArticleFormat.Markdown, "Nội dung."));
        }
    }

    [Fact]
    public void Blocks_are_bounded_in_depth_before_anything_is_made_of_them()
    {
        var stairs = string.Concat(
            Enumerable.Range(0, 10).Select(step => new string(' ', 2 * 20 * step) + BodyOf("", "- ", 40) + "a\n")
        );
        foreach (
            var body in new[]
            {
                BodyOf("", ">", 129) + "a",
                BodyOf("", "- ", 258) + "a",
                stairs,
                stairs.Replace("\n", "\n\n", StringComparison.Ordinal),
            }
        )
        {
            Assert.Equal("depth: 128", BoundOf(ArticleFormat.Markdown, body));
        }
        Assert.Equal("depth: 128", BoundOf(ArticleFormat.Html, BodyOf("", "<span>", 129 * 6)));
    }

    [Fact]
    public void Addresses_are_bounded_because_each_grows()
    {
        Assert.Equal("addresses: 5000", BoundOf(ArticleFormat.Html, BodyOf("", "<a href=/>x</a>", 5_001 * 15)));
        Assert.Equal(
            "attributes: 20000",
            BoundOf(
                ArticleFormat.Html,
                BodyOf("", "<i lang=a dir=b>", 10_001 * 16).Replace(">", "></i>", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void Any_pieces_in_any_number_are_cheap_or_refused() =>
        Gen.Select(
                Gen.Bool,
                Pieces.Array[1, 4].Select(string.Concat),
                Pieces.Array[1, 4].Select(string.Concat),
                Gen.Int[0, 3_000]
            )
            .Sample(
                (isMarkdown, before, piece, length) =>
                    AssertCheap(
                        isMarkdown ? ArticleFormat.Markdown : ArticleFormat.Html,
                        BodyOf("", before, length) + BodyOf("", piece, Article.MaxBody - length - 100)
                    ),
                iter: 300
            );

    [Fact]
    public void There_is_nothing_to_repair_in_what_was_made() =>
        Gen.Select(Pieces.Array[1, 4].Select(string.Concat), Pieces.Array[1, 4].Select(string.Concat), Gen.Int[0, 600])
            .Sample(
                (before, piece, length) =>
                {
                    try
                    {
                        var html = ArticleText.ToHtml(
                            ArticleFormat.Html,
                            BodyOf("", before, length) + BodyOf("", piece, 1_200)
                        );
                        Assert.Equal(html, ArticleText.ToHtml(ArticleFormat.Html, html));
                    }
                    catch (TextTooComplexException)
                    {
                        // There is too much of it.
                    }
                },
                iter: 5_000
            );

    [Fact]
    public void Ordinary_long_articles_are_taken()
    {
        const string Paragraph =
            "Sở Giáo dục và Đào tạo **tổ chức** hội nghị [tổng kết](/tin/tong-ket) *năm học*, với sự tham dự của các trường; xem thêm `162-KH/TU`.\n\n";
        var text = new StringBuilder("# Báo cáo\n\n");
        while (text.Length < Article.MaxBody - 40_000)
        {
            text.Append("## Mục\n\n").Append(Paragraph).Append("- một\n- hai\n  - ba\n\n").Append(Paragraph);
        }
        text.Append("| STT | Trường | Lớp | Học sinh | Giáo viên | Ghi chú |\n|-|-|-|-|-|-|\n");
        for (var i = 0; i < 500; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {i} | Trường {i} | 12 | 340 | 25 | [xem](/t/{i}) |\n");
        }
        var html = ArticleText.ToHtml(ArticleFormat.Markdown, text.ToString());
        Assert.Contains("<td>Trường 499</td>", html, StringComparison.Ordinal);
        Assert.Equal(html, ArticleText.ToHtml(ArticleFormat.Html, html));
    }

    private static readonly string[] EveryPiece =
    [
        "!",
        "#",
        "&",
        "(",
        ")",
        "*",
        "+",
        "-",
        ".",
        ":",
        "<",
        "=",
        ">",
        "[",
        "\\",
        "]",
        "_",
        "`",
        "|",
        "a",
        "1",
        " ",
        "\n",
        "\n\n",
        "\t",
        "www.a.b",
        "http://a.b",
        "[a]: b",
        "](",
        "|-|-|\n",
        "a|b\n",
        "&#1;",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<?",
        "<![CDATA[",
        "```",
        "1. ",
        "- ",
        "> ",
        "\r\n",
        "\u00a0",
        "\u2028",
        "\u0301",
        "<i title=NUMBERED>",
        "</i>",
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<a href=NUMBERED>",
        "</a>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<li>",
        "<ul>",
        "</ul>",
        "<dd>",
        "<br>",
        "<img src=a>",
        "<h1>",
        "</h1>",
        "<span>",
        "</span>",
        "<caption>",
        "<col>",
        "<tbody>",
        "<select>",
        "</select>",
        "<svg>",
        "</svg>",
        "<script>",
        "</script>",
        "<template>",
        "<title>",
        "<nobr>",
        "<font>",
        "<body NUMBERED>",
        "<!>",
        "<pre>",
        "'",
        "\"",
    ];

    private static readonly Gen<string> Pieces = Gen.Int[0, EveryPiece.Length - 1].Select(number => EveryPiece[number]);

    private static void AssertCheap(ArticleFormat format, string body)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var html = ArticleText.ToHtml(format, body);
            Assert.InRange(html.Length, 0, BodyLimits.MaxHtml);
            ArticleText.ToPlain(html);
            ArticleText.WithAbsoluteAddresses(html, new Uri("https://portal.example/articles/a"));
        }
        catch (TextTooComplexException complex)
        {
            Assert.Matches("^[a-zA-Z ]+: [0-9]+$", complex.Bound);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MaxAllocated);
    }

    private static string BodyOf(string before, string piece, int length)
    {
        var body = new StringBuilder(
            before switch
            {
                "WIDE" => Wide,
                "REFERENCE" => $"[a]: /{new string('x', length / 2)}\n\n",
                "FORMATTING" => Formatting,
                _ => before,
            }
        );
        for (var i = 0; body.Length < length; i++)
        {
            body.Append(
                piece is "ATTRIBUTES"
                    ? $"a{i} "
                    : piece.Replace("NUMBERED", $"id={i} size={i}", StringComparison.Ordinal)
            );
        }
        return body.ToString();
    }

    private static string BoundOf(ArticleFormat format, string body) =>
        Assert.Throws<TextTooComplexException>(() => ArticleText.ToHtml(format, body)).Bound;
}
