namespace PortalServices.Content.Bodies;

/// <summary>
/// How large and how intricate a body may become. Each bound is far beyond what an article needs, and all of them
/// together keep the work, the memory and the result of the worst body that is accepted within a fixed multiple of an
/// ordinary one's.
/// </summary>
internal static class BodyLimits
{
    /// <summary>Characters of the HTML that is made of a body.</summary>
    public const int MaxHtml = 1_000_000;

    /// <summary>Elements of that HTML.</summary>
    public const int MaxElements = 20_000;

    /// <summary>Cells of all its tables. An empty one costs an author nothing: Markdown fills up short rows.</summary>
    public const int MaxCells = 20_000;

    /// <summary>Attributes of all its elements.</summary>
    public const int MaxAttributes = 20_000;

    /// <summary>Addresses of links and images in it: each grows when it is made absolute.</summary>
    public const int MaxAddresses = 5_000;

    /// <summary>Elements within each other; and what opens a block within a block of Markdown.</summary>
    public const int MaxDepth = 128;

    /// <summary>
    /// Marks of Markdown (brackets, emphasis, tags, addresses) in one paragraph or table. Each is compared with those
    /// before it, so that the work grows with the square of their number.
    /// </summary>
    public const int MaxParagraphMarks = 6_000;

    /// <summary>The same in the whole body.</summary>
    public const int MaxMarks = 20_000;

    /// <summary>Counts one more, or several.</summary>
    /// <exception cref="TextTooComplexException">They are too many.</exception>
    public static void Count(ref int count, int most, string bound, int more = 1)
    {
        count += more;
        if (count > most)
        {
            throw new TextTooComplexException(bound, most);
        }
    }
}

/// <summary>A body would cost more to make than its length says, or make more than it says.</summary>
internal sealed class TextTooComplexException(string what, int most, Exception? inner = null)
    : Exception($"The body is too complex: {what}.", inner)
{
    /// <summary>The bound: <c>elements: 20000</c>.</summary>
    public string Bound { get; } = FormattableString.Invariant($"{what}: {most}");
}
