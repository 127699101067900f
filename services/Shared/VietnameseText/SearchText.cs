namespace PortalServices.VietnameseText;

/// <summary>
/// A text made ready for phrase search: its tokens joined by single spaces, with one before the first and one after the last, so that an ordinal
/// search for <c>" a b "</c> finds the words a and b side by side and never a part of a word. A text without tokens is one space.
/// </summary>
public sealed record SearchText
{
    /// <summary>A text without tokens, in either spelling.</summary>
    internal const string None = " ";

    SearchText(IReadOnlyList<string> tokens)
    {
        Exact = Spaced(tokens);
        Folded = Spaced(tokens.Select(TextFolding.FoldToken));
    }

    /// <summary>The tokens of <see cref="TextTokens"/>: <c>" đảng bộ "</c>.</summary>
    public string Exact { get; }

    /// <summary>Each token of <see cref="Exact"/> folded, as many of them and at the same places: <c>" dang bo "</c>.</summary>
    public string Folded { get; }

    /// <summary>The different tokens of <see cref="Folded"/>, in order of first appearance, for an index of words; worked out at each reading.</summary>
    public IReadOnlyList<string> FoldedTokens => [.. Folded.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    /// <summary>Makes a text ready; any string is one.</summary>
    public static SearchText Of(string text) => new(TextTokens.Of(text));

    static string Spaced(IEnumerable<string> tokens) => string.Concat(tokens.Select(token => " " + token)) + " ";
}
