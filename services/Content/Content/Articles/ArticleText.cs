using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using Ganss.Xss;
using Markdig;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Articles;

/// <summary>What an author writes, made safe to show and fit to search.</summary>
internal static class ArticleText
{
    static readonly string[] Tags =
    [
        "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
        "i", "img", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
    ];

    static readonly string[] Attributes = ["href", "src", "alt", "title", "width", "height", "colspan", "rowspan", "scope", "lang", "dir", "start"];

    static readonly string[] Schemes = ["http", "https", "mailto", "tel"];

    /// <summary>Elements whose content is no text of the article.</summary>
    const string NotText = "script, style, template, noscript, iframe, object, embed, svg, math, textarea, select, title, head, xmp, noembed, noframes, plaintext";

    static readonly HashSet<string> Inline =
        new(["A", "ABBR", "B", "CODE", "DEL", "EM", "I", "INS", "S", "SMALL", "SPAN", "STRONG", "SUB", "SUP", "U"], StringComparer.Ordinal);

    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().Build();
    static readonly HtmlParser Parser = new();

    /// <summary>
    /// The body as HTML of harmless elements and addresses, in NFC. Elements that are not allowed lose their tags and keep their text.
    /// </summary>
    /// <exception cref="TextTooComplexException">It would cost or make more than <see cref="BodyBounds"/> allow.</exception>
    public static string ToHtml(ArticleFormat format, string body)
    {
        using var document = BodyBounds.Parser().ParseDocument(format == ArticleFormat.Markdown ? OfMarkdown(body) : body);
        BodyBounds.Check(document);
        foreach (var element in document.QuerySelectorAll(NotText).ToArray())
            element.Remove();
        if (document.Body is not { } shown || Sanitizer().SanitizeDom(document, shown).Body is not { } clean)
            return "";
        Normalize(clean);
        using var html = new BodyBounds.Writer();
        clean.ChildNodes.ToHtml(html, HtmlMarkupFormatter.Instance);
        return html.ToString();
    }

    static string OfMarkdown(string body)
    {
        BodyBounds.CheckMarkdown(body);
        try
        {
            using var html = new BodyBounds.Writer();
            Markdown.ToHtml(body, html, Pipeline);
            return html.ToString();
        }
        catch (ArgumentException)
        {
            // Of what is nested deeper than it follows, the library says so by this.
            throw new TextTooComplexException($"depth: {BodyBounds.MaxDepth}");
        }
    }

    /// <summary>
    /// Texts and attributes one by one, never the HTML as a whole: there a mark at the beginning of a text would be composed with the <c>&gt;</c> of the tag
    /// before it (U+0338 makes ≯ of it), the tag would stay open, and the text would become its attributes. For the same reason a text does not begin with it.
    /// </summary>
    static void Normalize(IElement root)
    {
        foreach (var text in root.Descendants<IText>())
            text.Data = Normal(text.Data).TrimStart('\u0338');
        foreach (var attribute in root.Descendants<IElement>().SelectMany(element => element.Attributes))
            attribute.Value = Normal(attribute.Value);
    }

    // A reference such as &#xFFFE; writes what the body itself may not hold; it has no normal form.
    static string Normal(string text) => TextMarks.AreFew(text)
        ? text.Replace("\uFFFE", "", StringComparison.Ordinal).Replace("\uFFFF", "", StringComparison.Ordinal).Normalize()
        : throw new TextTooComplexException($"combining marks in a row: {TextMarks.Max}");

    /// <summary>The text of sanitised HTML: words of different blocks stay apart, those of one do not fall apart.</summary>
    public static string ToPlain(string html)
    {
        using var document = Parser.ParseDocument(html);
        var text = new StringBuilder();
        if (document.Body is { } body)
            Append(body);
        return text.ToString();

        void Append(INode node)
        {
            foreach (var child in node.ChildNodes)
            {
                if (child is IText part)
                {
                    text.Append(part.Data);
                }
                else if (child is IElement element)
                {
                    var isBlock = !Inline.Contains(element.NodeName);
                    if (isBlock)
                        text.Append(' ');
                    Append(element);
                    if (isBlock)
                        text.Append(' ');
                }
            }
        }
    }

    /// <summary>Sanitised HTML for a reader far from the portal: relative addresses in it become absolute ones.</summary>
    /// <param name="html">The body of an article.</param>
    /// <param name="page">The page that they are relative to.</param>
    public static string WithAbsoluteAddresses(string html, Uri page)
    {
        using var document = Parser.ParseDocument(html);
        foreach (var element in document.QuerySelectorAll("[href], [src]"))
        {
            foreach (var name in (string[])["href", "src"])
            {
                if (element.GetAttribute(name) is { } address && Uri.TryCreate(page, address, out var absolute))
                    element.SetAttribute(name, absolute.AbsoluteUri);
            }
        }

        return document.Body?.InnerHtml ?? "";
    }

    /// <summary>An address that may stand in a page: http, https, or a path of the portal itself.</summary>
    public static bool IsAddress(string address) =>
        address.Length <= Article.MostAddress && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '\'' or '<' or '>' or '\\')
        && ((address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal))
            || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0));

    // It keeps state while it works, so each has its own.
    static HtmlSanitizer Sanitizer()
    {
        var sanitizer = new HtmlSanitizer { KeepChildNodes = true };
        Only(sanitizer.AllowedTags, Tags);
        Only(sanitizer.AllowedAttributes, Attributes);
        Only(sanitizer.AllowedSchemes, Schemes);
        Only(sanitizer.AllowedCssProperties, []);
        Only(sanitizer.AllowedClasses, []);
        return sanitizer;
    }

    static void Only(ISet<string> allowed, string[] these)
    {
        allowed.Clear();
        allowed.UnionWith(these);
    }
}
