namespace PortalServices.Content.Bodies;

/// <summary>An element that has begun and not ended.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Tag">Its start tag.</param>
/// <param name="FirstPending">Of a cell: how much formatting was to go on when it began, which does not go on in
/// it.</param>
internal readonly record struct OpenElement(string Name, string Tag, int FirstPending = 0);

/// <summary>
/// The elements that a place in a body is within, outermost first. As there are few, they are looked through.
/// </summary>
internal sealed class OpenElements
{
    private readonly List<OpenElement> _elements = [];

    public int Count => _elements.Count;

    /// <summary>The name of the innermost; empty for none.</summary>
    public string Top => Count == 0 ? "" : _elements[^1].Name;

    /// <summary>Whether nothing but parts of a table can stand here.</summary>
    public bool IsInTableFrame => HtmlElements.TableFrames.Contains(Top);

    /// <summary>Where the formatting begins that can go on here.</summary>
    public int FirstPending =>
        _elements.FindLastIndex(each => HtmlElements.Cells.Contains(each.Name)) is var cell && cell < 0
            ? 0
            : _elements[cell].FirstPending;

    /// <exception cref="TextTooComplexException">They are too deep within each other.</exception>
    public void Add(OpenElement element)
    {
        if (Count == BodyLimits.MaxDepth)
        {
            throw new TextTooComplexException("depth", BodyLimits.MaxDepth);
        }
        _elements.Add(element);
    }

    public OpenElement RemoveLast()
    {
        var last = _elements[^1];
        _elements.RemoveAt(Count - 1);
        return last;
    }

    /// <summary>The innermost of this name; -1 for none.</summary>
    public int Last(string name) => _elements.FindLastIndex(each => each.Name == name);

    /// <summary>The same within the present cell.</summary>
    public int LastInCell(string name) => Last(each => each == name, HtmlElements.Cells.Contains);

    /// <summary>The item of a list that another one ends.</summary>
    public int LastItem(string name) =>
        Last(
            each => name == "li" ? each == "li" : each is "dt" or "dd",
            each => each is not ("div" or "p") && !HtmlElements.Inline.Contains(each)
        );

    /// <summary>The element that an end tag ends; -1 for none.</summary>
    public int ToEnd(string name) =>
        name switch
        {
            "table" => Last(name),
            _ when HtmlElements.PartsOfTable.ContainsKey(name) => Last(each => each == name, each => each == "table"),
            ['h', >= '1' and <= '6'] => Last(each => each is ['h', >= '1' and <= '6'], HtmlElements.Cells.Contains),
            "li" => Last(each => each == "li", each => each is "ul" or "ol" || HtmlElements.Cells.Contains(each)),
            _ when HtmlElements.Inline.Contains(name) && !HtmlElements.Formatting.Contains(name) => Last(
                each => each == name,
                each => !HtmlElements.Inline.Contains(each)
            ),
            _ => LastInCell(name),
        };

    private int Last(Predicate<string> isWanted, Predicate<string> isBarrier)
    {
        for (var at = Count - 1; at >= 0; at--)
        {
            if (isWanted(_elements[at].Name))
            {
                return at;
            }
            if (isBarrier(_elements[at].Name))
            {
                return -1;
            }
        }

        return -1;
    }
}
