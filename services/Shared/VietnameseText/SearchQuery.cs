namespace PortalServices.VietnameseText;

/// <summary>
/// What a visitor typed into a search box. White space separates terms; a term with joiners is the phrase of its tokens (<c>162-KH/TU</c> asks
/// for <c>162 kh tu</c> side by side), and so is what stands between two quotation marks. All phrases must be there, in any order. Quoted ones are
/// matched folded like all others: a quotation asks for neighbours, not for marks. Any string is a query; how long one may be is the caller's rule.
/// </summary>
public sealed class SearchQuery
{
    // Marks open and close by turns, whichever they are: „x“, “x”, ”x” and «x» are all usual.
    static readonly char[] QuotationMarks = ['"', '“', '”', '„', '«', '»'];

    SearchQuery(string text)
    {
        var whole = SearchText.Of(text);
        ExactPhrase = whole.Exact;
        FoldedTokens = whole.FoldedTokens;
        Phrases = [.. TermsOf(text).Select(term => SearchText.Of(term).Folded)
            .Where(phrase => phrase != SearchText.None).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What must be found in <see cref="SearchText.Folded"/>, each like <c>" 162 kh tu "</c>; none twice.</summary>
    public IReadOnlyList<string> Phrases { get; }

    /// <summary>The different tokens of all phrases, in order of first appearance, for an index of words.</summary>
    public IReadOnlyList<string> FoldedTokens { get; }

    /// <summary>
    /// All tokens of the query as they were spelt, in order, like <c>" khuyến học "</c>: a text whose <see cref="SearchText.Exact"/> has it ranks
    /// first. One space for an empty query.
    /// </summary>
    public string ExactPhrase { get; }

    /// <summary>Nothing was asked for: there is no letter or digit in the query.</summary>
    public bool IsEmpty => Phrases.Count == 0;

    /// <summary>Reads a query. A quotation that is not closed runs to the end; a term without letter or digit falls away.</summary>
    public static SearchQuery Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SearchQuery(text);
    }

    /// <summary>Whether every phrase is in the text: the definition that a database's search must agree with. An empty query matches every text.</summary>
    public bool Matches(SearchText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Phrases.All(phrase => text.Folded.Contains(phrase, StringComparison.Ordinal));
    }

    static IEnumerable<string> TermsOf(string text) => text.Split(QuotationMarks)
        .SelectMany((part, index) => index % 2 == 1 ? [part] : part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
