namespace PortalServices.Content.Search;

/// <summary>What is searched of a row of a lookup table: every cell; the first is its title.</summary>
internal static class SearchedRow
{
    public static SearchedText Of(IReadOnlyList<string> cells) => new(cells[0], string.Join(" · ", cells));
}
