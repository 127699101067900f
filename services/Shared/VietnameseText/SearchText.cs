namespace PortalServices.VietnameseText;

/// <summary>
/// A text made ready for phrase search: its tokens joined by single spaces, with one before the first and one after the
/// last, so that an ordinal search for <c>" a b "</c> finds the words a and b side by side and never a part of a word.
/// A text without tokens is one space.
/// </summary>
public sealed record SearchText
{
    /// <summary>A text without tokens, in either spelling.</summary>
    internal const string None = " ";

    private SearchText(IReadOnlyList<string> tokens, IEnumerable<string> numbers)
    {
        Exact = Spaced(tokens.Select(SearchSpelling.WithOldTone));
        Folded = Spaced(tokens.Select(TextFolding.FoldToken));
        Numbers = string.Concat(numbers.Select(number => number + " "));
    }

    /// <summary>
    /// The tokens of <see cref="TextTokens"/>, of two usual places of a tone the older one: <c>" đảng bộ "</c>, <c>"
    /// hòa bình "</c>.
    /// </summary>
    public string Exact { get; }

    /// <summary>
    /// Each token of <see cref="Exact"/> folded, as many of them and at the same places: <c>" dang bo "</c>.
    /// </summary>
    public string Folded { get; }

    /// <summary>
    /// Numbers that are written in groups of three, once more as one token each: <c>"18481240 "</c> of
    /// <c>18.481.240</c>; empty for none. To be searched behind <see cref="Folded"/>.
    /// </summary>
    public string Numbers { get; }

    /// <summary>
    /// The different tokens of <see cref="Folded"/>, in order of first appearance, for an index of words; worked out at
    /// each reading.
    /// </summary>
    public IReadOnlyList<string> FoldedTokens =>
        [.. Folded.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// Makes a text ready; any string is one. What stands unseen inside of words, such as a soft hyphen, is left out.
    /// </summary>
    public static SearchText Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var seen = SearchSpelling.WithoutJoiners(text);
        return new(TextTokens.Of(seen), SearchSpelling.GroupedNumbers(seen).Distinct(StringComparer.Ordinal));
    }

    private static string Spaced(IEnumerable<string> tokens) =>
        string.Concat(tokens.Select(token => " " + token)) + " ";
}
