namespace PortalServices.Content.Search;

/// <summary>
/// The words of something that can be found, in two spellings: as written in lower case, and folded (no diacritics).
/// Each text is its words with single spaces between, before and after them, so that a phrase is found as a piece of
/// it, on every database alike. Numbers in groups follow the folded words once more as one word each.
/// </summary>
internal sealed class SearchDocument
{
    public long Id { get; init; }

    public required string Site { get; init; }

    /// <summary>What is searched together: <c>articles</c>, or the id of a lookup table.</summary>
    public required string Scope { get; init; }

    /// <summary>What is found.</summary>
    public required Guid Subject { get; init; }

    public string TitleExact { get; set; } = "";

    public string TitleFolded { get; set; } = "";

    public string TextExact { get; set; } = "";

    public string TextFolded { get; set; } = "";

    /// <summary>The searched text as people read it, for snippets.</summary>
    public string Plain { get; set; } = "";

    /// <summary>
    /// By which <see cref="SearchIndex.TextVersion"/> the words were made; lower ones are made anew in the background.
    /// </summary>
    public int TextVersion { get; set; }
}
