using System.Globalization;
using System.Text;
using PortalServices.Content.Articles;

namespace PortalServices.Content.Tests.Articles;

/// <summary>No body costs more than a bounded multiple of the longest ordinary one, whatever it is made of: it is cheap, or refused by a bound that is named.</summary>
public sealed class BodyBoundsTests
{
    // What the costliest ordinary text of 200,000 characters allocates is some 60 MB.
    const long MaxAllocated = 400L * 1024 * 1024;

    static readonly string Wide = string.Concat(Enumerable.Repeat("|a", 50)) + "|\n" + string.Concat(Enumerable.Repeat("|-", 50)) + "|\n";

    public static TheoryData<string, string, string> Constructs => new()
    {
        { "markdown", "", "[" }, { "markdown", "", "[a](" }, { "markdown", "", "[a](b" }, { "markdown", "", "![" }, { "markdown", "", "[a](b) " }, { "markdown", "", "*a " },
        { "markdown", "", "a*" }, { "markdown", "", "**a_ " }, { "markdown", "", "_" }, { "markdown", "", "~~a" }, { "markdown", "", "`a``" }, { "markdown", "", "<" }, { "markdown", "", "<a " },
        { "markdown", "", "<a x=\"" }, { "markdown", "", "&" }, { "markdown", "", "&#1" }, { "markdown", "", "|" }, { "markdown", "a|b\n-|-\n", "|" }, { "markdown", "|a|b|\n|-|-|\n", "||\n" },
        { "markdown", "|a|b|\n|-|-|\n", "|*a*|[b](c)|\n" }, { "markdown", "WIDE", "|\n" }, { "markdown", "WIDE", "a\n" }, { "markdown", "", "> " }, { "markdown", "", "> > > > > > > > a\n" }, { "markdown", "> > > > > > > > ", "a\n" },
        { "markdown", "", "- " }, { "markdown", "", "- a\n" }, { "markdown", "", "1. a\n\n" }, { "markdown", "REFERENCE", "[a] " }, { "markdown", "", "[a]: /x\n" }, { "markdown", "", "[a\n]: /x\n\n" },
        { "markdown", "", "http://a.b " }, { "markdown", "", "www." }, { "markdown", "", "mailto:a@" }, { "markdown", "", "\\\n" }, { "markdown", "", "\t" }, { "markdown", "", "# " }, { "markdown", "", "a\n=\n" },
        { "markdown", "", "```\n" }, { "markdown", "", "*|*" }, { "markdown", "", "[|" }, { "markdown", "", "*[" }, { "markdown", "", "<b>" }, { "markdown", "", "<div>\n\n" }, { "markdown", "", "a  \n" },
        { "html", "", "<b>" }, { "html", "", "<b><p>" }, { "html", "", "<b><table><td></b></table>" }, { "html", "", "<div>" }, { "html", "", "<p>" }, { "html", "", "<li>" }, { "html", "", "<a href=x>x" },
        { "html", "", "<nobr>x" }, { "html", "", "<table>x" }, { "html", "", "<table><tr><td>" }, { "html", "", "<table><a>x" }, { "html", "", "<select><b>" }, { "html", "", "<svg><b>" }, { "html", "", "<svg>" },
        { "html", "", "<button><b>" }, { "html", "", "</p>" }, { "html", "", "</b>" }, { "html", "", "<b><p></b>" }, { "html", "", "<b><i></b></i>" }, { "html", "", "&amp;" }, { "html", "", "&lt;" }, { "html", "", "<" },
        { "html", "", "<!--" }, { "html", "", "<a x=\"" }, { "html", "", "<template>" }, { "html", "", "<frameset>" }, { "html", "", "<x>" }, { "html", "", "<x></x>" }, { "html", "", "<br>" }, { "html", "", "<i title=a>x</i>" },
        { "html", "<a ", "a " }, { "html", "a", "&#x301;" }, { "html", "a", "&#x316;&#x301;" }, { "markdown", "a", "&#x301;" }, { "html", "<a ", "ATTRIBUTES" }, { "html", "", "<i NUMBERED><p>" }, { "html", "", "<font NUMBERED>" }, { "html", "", "<p title='&#x338;'>" }, { "html", "", "<span style='color:red'>x</span>" },
    };

    [Theory]
    [MemberData(nameof(Constructs))]
    public void Every_construct_as_often_as_it_fits_is_cheap_or_refused(string format, string before, string piece)
    {
        foreach (var length in new[] { 7_000, 50_000, Article.MostBody })
        {
            var body = BodyOf(before, piece, length);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var html = ArticleText.ToHtml(Enum.Parse<ArticleFormat>(format, ignoreCase: true), body);
                Assert.InRange(html.Length, 0, BodyBounds.MaxHtml);
                ArticleText.ToPlain(html);
                ArticleText.WithAbsoluteAddresses(html, new Uri("https://portal.example/articles/a"));
            }
            catch (TextTooComplexException complex)
            {
                Assert.Matches("^[a-zA-Z ]+: [0-9]+$", complex.Bound);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MaxAllocated);
        }
    }

    [Fact]
    public void What_blew_up_is_refused_by_its_bound()
    {
        Assert.Equal("columns: 64", BoundOf(ArticleFormat.Markdown, new string('|', 60_000) + "\n" + string.Concat(Enumerable.Repeat("|-", 30_000)) + "\n" + string.Concat(Enumerable.Repeat("|\n", 4_000))));
        Assert.Equal("cells: 20000", BoundOf(ArticleFormat.Markdown, BodyOf("WIDE", "|\n", 7_000)));
        Assert.Equal("characters of HTML: 1000000", BoundOf(ArticleFormat.Markdown, BodyOf("REFERENCE", "[a]\n\n", 25_000)));
        Assert.Equal("depth: 128", BoundOf(ArticleFormat.Html, BodyOf("", "<b>", 180_000)));
        Assert.Equal("combining marks in a row: 30", BoundOf(ArticleFormat.Html, BodyOf("a", "&#x301;", 200_000)));
        Assert.Equal("brackets of a paragraph: 2000", BoundOf(ArticleFormat.Markdown, BodyOf("", "[a](", 200_000)));
    }

    [Fact]
    public void Ordinary_long_articles_are_taken()
    {
        const string Paragraph = "Sở Giáo dục và Đào tạo **tổ chức** hội nghị [tổng kết](/tin/tong-ket) *năm học*, với sự tham dự của các trường; xem thêm `162-KH/TU`.\n\n";
        var text = new StringBuilder("# Báo cáo\n\n");
        while (text.Length < Article.MostBody - 40_000)
            text.Append("## Mục\n\n").Append(Paragraph).Append("- một\n- hai\n  - ba\n\n").Append(Paragraph);
        text.Append("| STT | Trường | Lớp | Học sinh | Giáo viên | Ghi chú |\n|-|-|-|-|-|-|\n");
        for (var i = 0; i < 500; i++)
            text.Append(CultureInfo.InvariantCulture, $"| {i} | Trường {i} | 12 | 340 | 25 | [xem](/t/{i}) |\n");
        var html = ArticleText.ToHtml(ArticleFormat.Markdown, text.ToString());
        Assert.Contains("<td>Trường 499</td>", html, StringComparison.Ordinal);
        Assert.Equal(html, ArticleText.ToHtml(ArticleFormat.Html, html));
    }

    static string BodyOf(string before, string piece, int length)
    {
        var body = new StringBuilder(before switch { "WIDE" => Wide, "REFERENCE" => $"[a]: /{new string('x', length / 2)}\n\n", _ => before });
        for (var i = 0; body.Length < length; i++)
            body.Append(piece is "ATTRIBUTES" ? $"a{i} " : piece.Replace("NUMBERED", $"id={i} size={i}", StringComparison.Ordinal));
        return body.ToString();
    }

    static string BoundOf(ArticleFormat format, string body) => Assert.Throws<TextTooComplexException>(() => ArticleText.ToHtml(format, body)).Bound;
}
