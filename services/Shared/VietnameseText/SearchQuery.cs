namespace PortalServices.VietnameseText;

/// <summary>
/// What a visitor typed into a search box. White space separates terms; a term with joiners is the phrase of its tokens
/// (<c>162-KH/TU</c> asks for <c>162 kh tu</c> side by side), and so is what stands between two quotation marks. All
/// phrases must be there, in any order. Quoted ones are matched folded like all others: a quotation asks for
/// neighbours, not for marks. Any string is a query; how long one may be is the caller's rule.
/// </summary>
public sealed class SearchQuery
{
    // Marks open and close by turns, whichever they are: „x“, “x”, ”x” and «x» are all usual.
    private static readonly char[] QuotationMarks = ['"', '“', '”', '„', '«', '»'];

    private SearchQuery(string text)
    {
        var whole = SearchText.Of(text);
        (ExactPhrase, FoldedPhrase, FoldedTokens) = (whole.Exact, whole.Folded, whole.FoldedTokens);
        Terms =
        [
            .. TermsOf(text)
                .Select(SearchTerm.Of)
                .Where(term => term.Phrase != SearchText.None)
                .DistinctBy(term => term.Phrase, StringComparer.Ordinal),
        ];
    }

    /// <summary>All of what must be found; none twice.</summary>
    public IReadOnlyList<SearchTerm> Terms { get; }

    /// <summary>The phrases of <see cref="Terms"/>, each like <c>" 162 kh tu "</c>.</summary>
    public IReadOnlyList<string> Phrases => [.. Terms.Select(term => term.Phrase)];

    /// <summary>The different tokens of all phrases, in order of first appearance, for an index of words.</summary>
    public IReadOnlyList<string> FoldedTokens { get; }

    /// <summary>
    /// All tokens of the query as they were spelt, in order, like <c>" khuyến học "</c>: a text whose
    /// <see cref="SearchText.Exact"/> has it ranks first. One space for an empty query.
    /// </summary>
    public string ExactPhrase { get; }

    /// <summary>The same folded, like <c>" khuyen hoc "</c>.</summary>
    public string FoldedPhrase { get; }

    /// <summary>Nothing was asked for: there is no letter or digit in the query.</summary>
    public bool IsEmpty => Terms.Count == 0;

    /// <summary>
    /// Reads a query. A quotation that is not closed runs to the end; a term without letter or digit falls away.
    /// </summary>
    public static SearchQuery Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SearchQuery(SearchSpelling.WithoutJoiners(text));
    }

    /// <summary>
    /// Whether every term is in the text: the definition that a database's search must agree with. An empty query
    /// matches every text.
    /// </summary>
    public bool Matches(SearchText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var searched = text.Folded + text.Numbers;
        return Terms.All(term =>
            searched.Contains(term.Phrase, StringComparison.Ordinal)
            || (term.Number is { } number && searched.Contains(number, StringComparison.Ordinal))
        );
    }

    private static IEnumerable<string> TermsOf(string text) =>
        text.Split(QuotationMarks)
            .SelectMany(
                (part, index) =>
                    index % 2 == 1 ? [part] : part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            );
}

/// <summary>A part of a query.</summary>
/// <param name="Phrase">What must be found in <see cref="SearchText.Folded"/>, like <c>" 162 kh tu "</c>.</param>
/// <param name="Number">What does as well, of a number in groups of three: <c>" 18481240 "</c> of <c>18.481.240</c>;
/// null of everything else.</param>
public sealed record SearchTerm(string Phrase, string? Number)
{
    internal static SearchTerm Of(string text)
    {
        var ready = SearchText.Of(text);
        return new(
            ready.Folded,
            ready.Numbers.Length > 0
            && ready.Numbers.Count(' ') == 1
            && text.All(c => char.IsAsciiDigit(c) || c is '.' or ',')
                ? $" {ready.Numbers}"
                : null
        );
    }
}
