using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using Ganss.Xss;
using PortalServices.Content.Bodies;

namespace PortalServices.Content.Articles;

/// <summary>What an author writes, made safe to show and fit to search.</summary>
internal static class ArticleText
{
    private static readonly string[] Schemes = ["http", "https", "mailto", "tel"];

    private static readonly HtmlParser Parser = new();

    /// <summary>
    /// The body as HTML of harmless elements and addresses, in NFC. Elements that are not allowed lose their tags and
    /// keep their text.
    /// </summary>
    /// <exception cref="TextTooComplexException">It would become too large or too intricate.</exception>
    public static string ToHtml(ArticleFormat format, string body)
    {
        // The parser and the sanitizer see nothing that needs repair: what that costs has no bound.
        using var document = Parser.ParseDocument(
            BalancedHtml.Of(format == ArticleFormat.Markdown ? MarkdownBody.ToHtml(body) : body)
        );
        if (document.Body is not { } shown || Sanitizer().SanitizeDom(document, shown).Body is not { } clean)
        {
            return "";
        }
        Normalize(clean);
        using var html = new BoundedWriter();
        clean.ChildNodes.ToHtml(html, HtmlMarkupFormatter.Instance);
        return html.ToString();
    }

    /// <summary>
    /// Texts and attributes one by one, never the HTML as a whole: there a mark at the beginning of a text would be
    /// composed with the <c>&gt;</c> of the tag before it (U+0338 makes ≯ of it), the tag would stay open, and the text
    /// would become its attributes. For the same reason a text does not begin with it.
    /// </summary>
    private static void Normalize(IElement root)
    {
        foreach (var text in root.Descendants<IText>())
        {
            text.Data = Normal(text.Data).TrimStart('\u0338');
        }
        foreach (var attribute in root.Descendants<IElement>().SelectMany(element => element.Attributes))
        {
            attribute.Value = Normal(attribute.Value);
        }
    }

    // A reference such as &#xFFFE; writes what the body itself may not hold; it has no normal form.
    private static string Normal(string text)
    {
        var valid = text.Replace("\uFFFE", "", StringComparison.Ordinal)
            .Replace("\uFFFF", "", StringComparison.Ordinal);
        return TextMarks.AreFew(valid)
            ? valid.Normalize()
            : throw new TextTooComplexException("combining marks in a row", TextMarks.Max);
    }

    /// <summary>
    /// The text of sanitised HTML: words of different blocks stay apart, those of one do not fall apart.
    /// </summary>
    public static string ToPlain(string html)
    {
        var reader = new HtmlReader(html);
        var text = new StringBuilder(html.Length);
        while (reader.Read())
        {
            if (reader.Part == HtmlPart.Text)
            {
                text.Append(html.AsSpan(reader.Range));
            }
            else if (reader.Name is "br" or "img" || !HtmlElements.Inline.Contains(reader.Name))
            {
                text.Append(' ');
            }
        }

        return WebUtility.HtmlDecode(text.ToString());
    }

    /// <summary>
    /// Sanitised HTML for a reader far from the portal: addresses relative to its page become absolute ones.
    /// </summary>
    public static string WithAbsoluteAddresses(string html, Uri page)
    {
        var reader = new HtmlReader(html);
        var (text, copied) = (new StringBuilder(html.Length), 0);
        while (reader.Read())
        {
            foreach (var (name, value) in reader.Part == HtmlPart.Start ? reader.Attributes : [])
            {
                if (
                    name is not ("href" or "src")
                    || !Uri.TryCreate(page, WebUtility.HtmlDecode(html[value]), out var absolute)
                    || !Schemes.Contains(absolute.Scheme)
                )
                {
                    continue;
                }
                // An address that is escaped needs no more than this to stand in an attribute.
                text.Append(html, copied, value.Start.Value - copied)
                    .Append(absolute.AbsoluteUri.Replace("&", "&amp;", StringComparison.Ordinal));
                copied = value.End.Value;
            }
        }

        return text.Append(html, copied, html.Length - copied).ToString();
    }

    /// <summary>An address that may stand in a page: http, https, or a path of the portal itself.</summary>
    public static bool IsAddress(string address) =>
        address.Length <= Article.MaxAddress
        && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '\'' or '<' or '>' or '\\')
        && (WebAddress.IsPath(address) || WebAddress.TryParse(address, out _));

    // It keeps state while it works, so each has its own.
    private static HtmlSanitizer Sanitizer()
    {
        var sanitizer = new HtmlSanitizer { KeepChildNodes = true };
        Only(sanitizer.AllowedTags, HtmlElements.Allowed);
        Only(sanitizer.AllowedAttributes, HtmlElements.AllowedAttributes);
        Only(sanitizer.AllowedSchemes, Schemes);
        Only(sanitizer.AllowedCssProperties, []);
        Only(sanitizer.AllowedClasses, []);
        return sanitizer;
    }

    private static void Only(ISet<string> allowed, IEnumerable<string> these)
    {
        allowed.Clear();
        allowed.UnionWith(these);
    }
}
