using PortalServices.VietnameseText;

namespace PortalServices.Content.Search;

/// <summary>The part of a text that shows best why a search found it.</summary>
/// <param name="Text">Plain text.</param>
/// <param name="Hits">Where the words of the search stand in it, in order.</param>
internal sealed record Snippet(string Text, IReadOnlyList<SnippetHit> Hits)
{
    public static Snippet Of(string text, SearchQuery query)
    {
        var snippet = SearchSnippet.Of(text, query);
        return new(snippet.Text, [.. snippet.Hits.Select(hit => new SnippetHit(hit.Start, hit.Length))]);
    }
}

/// <summary>A word of a search in a snippet.</summary>
/// <param name="Start">Its first UTF-16 unit, as JavaScript counts them, from 0 on.</param>
/// <param name="Length">Its UTF-16 units.</param>
internal sealed record SnippetHit(int Start, int Length);
