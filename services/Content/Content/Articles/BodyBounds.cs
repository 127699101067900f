using System.Buffers;
using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace PortalServices.Content.Articles;

/// <summary>A body would cost more to make than its length tells, or make more than it says.</summary>
/// <param name="bound">What there is too much of, and how much there may be: <c>elements: 20000</c>.</param>
internal sealed class TextTooComplexException(string bound) : Exception($"The body is too complex: {bound}.")
{
    public string Bound => bound;
}

/// <summary>
/// Bounds of a body. What parsers do with some constructs costs the square of their number, or multiplies it: with so many, the most costly body that is taken is
/// a cheap one.
/// </summary>
internal static class BodyBounds
{
    /// <summary>Characters of the HTML that a body becomes.</summary>
    public const int MaxHtml = 5 * Article.MostBody;

    /// <summary>Elements within each other: far more than a text has, few enough to be read quickly each time.</summary>
    public const int MaxDepth = 128;

    const int MaxElements = 20_000, MaxAttributes = 64, MaxColumns = 64, MaxCells = 20_000, MaxDefinitions = 500;

    // What may open a link or an emphasis is compared with what may close it, within a paragraph: so many squares in all, as of one paragraph of the root.
    const long MaxBrackets = 2_000, MaxMarks = 4_000;

    static readonly SearchValues<char> Brackets = SearchValues.Create("[<");
    static readonly SearchValues<char> Marks = SearchValues.Create("*_`~");

    /// <summary>Counts the constructs of Markdown, in one pass before anything is made of them.</summary>
    /// <exception cref="TextTooComplexException">There are too many of one.</exception>
    public static void CheckMarkdown(string body)
    {
        int widest = 0, cells = 0, definitions = 0;
        long brackets = 0, marks = 0, squaredBrackets = 0, squaredMarks = 0;
        foreach (var line in body.AsSpan().EnumerateLines())
        {
            // A paragraph, or a table, ends at an empty line at the latest.
            if (line.IsWhiteSpace())
            {
                (widest, brackets, marks) = (0, 0, 0);
                continue;
            }

            var columns = line.Count('|');
            Limit("columns", columns, MaxColumns);
            widest = Math.Max(widest, columns);
            // Every row of a table gets as many cells as its widest.
            if (columns > 0)
                Limit("cells", cells += widest + 1, MaxCells);
            if (line.TrimStart().StartsWith("[") && line.Contains("]:", StringComparison.Ordinal))
                Limit("link definitions", ++definitions, MaxDefinitions);
            AddSquares("brackets", ref brackets, ref squaredBrackets, CountOf(line, Brackets), MaxBrackets);
            AddSquares("marks", ref marks, ref squaredMarks, CountOf(line, Marks), MaxMarks);
        }
    }

    /// <summary>A parser of HTML that ends where there is too much of it, while it works: what a document becomes cannot be told from what it says.</summary>
    public static HtmlParser Parser()
    {
        var (elements, last) = (0, (IElement?)null);
        return new HtmlParser(new HtmlParserOptions
        {
            OnCreated = (element, _) =>
            {
                Limit("elements", ++elements, MaxElements);
                // Where an element stands is known when the next one is made.
                if (last is not null)
                    CheckDepth(last);
                last = element;
            },
        });
    }

    /// <summary>Looks at a whole document: what was made without being told, and attributes, each of which is compared with the others.</summary>
    /// <exception cref="TextTooComplexException">There is too much of something.</exception>
    public static void Check(IDocument document)
    {
        var elements = 0;
        foreach (var element in document.Descendants<IElement>())
        {
            Limit("elements", ++elements, MaxElements + 3);
            Limit("attributes", element.Attributes.Length, MaxAttributes);
            if (element.FirstElementChild is null)
                CheckDepth(element);
        }
    }

    /// <summary>Ends the writing of HTML where there is too much of it.</summary>
    public sealed class Writer : StringWriter
    {
        public Writer() : base(CultureInfo.InvariantCulture)
        {
        }

        public override void Write(char value)
        {
            Limit("characters of HTML", GetStringBuilder().Length + 1L, MaxHtml);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Limit("characters of HTML", GetStringBuilder().Length + (long)count, MaxHtml);
            base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Limit("characters of HTML", GetStringBuilder().Length + (long)buffer.Length, MaxHtml);
            base.Write(buffer);
        }

        public override void Write(string? value) => Write(value.AsSpan());
    }

    static void CheckDepth(INode node)
    {
        var depth = 0;
        // The document, its root and its body are no elements of the text.
        for (var parent = node; parent is { Parent.Parent.Parent: not null }; parent = parent.Parent!)
            Limit("depth", ++depth, MaxDepth);
    }

    static void AddSquares(string what, ref long ofParagraph, ref long squares, int more, long most)
    {
        squares += ((ofParagraph + more) * (ofParagraph + more)) - (ofParagraph * ofParagraph);
        ofParagraph += more;
        if (squares > most * most)
            throw new TextTooComplexException(Invariant($"{what} of a paragraph: {most}"));
    }

    static int CountOf(ReadOnlySpan<char> line, SearchValues<char> wanted)
    {
        var count = 0;
        for (var at = line.IndexOfAny(wanted); at >= 0; at = line.IndexOfAny(wanted))
        {
            count++;
            line = line[(at + 1)..];
        }

        return count;
    }

    static void Limit(string what, long count, long most)
    {
        if (count > most)
            throw new TextTooComplexException(Invariant($"{what}: {most}"));
    }

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
