namespace PortalServices.VietnameseText;

/// <summary>The part of a text that shows best why a query found it.</summary>
/// <param name="Text">A piece of the text, as it is written.</param>
/// <param name="Hits">Where the words of the query stand in it, in UTF-16 units, in order and apart from each
/// other.</param>
public sealed record SearchSnippet(string Text, IReadOnlyList<SearchHit> Hits)
{
    private const int MaxCharacters = 240,
        Lead = 60,
        MaxHits = 1_000;

    /// <summary>
    /// Makes it: the words around the place with the most different words of the query, or the beginning where there
    /// are none.
    /// </summary>
    /// <param name="text">Plain text.</param>
    /// <param name="query">What was asked for.</param>
    public static SearchSnippet Of(string text, SearchQuery query)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(query);
        var asked = query.FoldedTokens.ToHashSet(StringComparer.Ordinal);
        asked.UnionWith(query.Terms.Select(term => term.Number?.Trim()).OfType<string>());
        var hits = HitsIn(text, asked);
        var first = BestOf(hits);
        var start = first < 0 ? 0 : BeginningOf(text, hits[first].Start);
        var end = EndOf(text, start);
        return new(
            string.Concat(start > 0 ? "… " : "", text.AsSpan(start, end - start), end < text.Length ? " …" : ""),
            [
                .. hits.Where(hit => hit.Start >= start && hit.Start + hit.Length <= end)
                    .Select(hit => new SearchHit(hit.Start - start + (start > 0 ? 2 : 0), hit.Length)),
            ]
        );
    }

    private static List<(int Start, int Length, string Token)> HitsIn(string text, HashSet<string> asked)
    {
        var hits = new List<(int Start, int Length, string Token)>();
        var words = new WordFolding(asked);
        foreach (
            var (start, length) in TextTokens.PlacesIn(
                text,
                rune => TextTokens.IsMark(rune) || SearchSpelling.IsJoiner(rune)
            )
        )
        {
            if (hits.Count == MaxHits)
            {
                break;
            }
            if (words.Find(text.AsSpan(start, length)) is { } token)
            {
                hits.Add((start, length, token));
            }
        }

        // A number in groups is found as one word.
        if (asked.Any(token => token.Length > 3 && token.All(char.IsAsciiDigit)))
        {
            hits.AddRange(
                SearchSpelling.GroupedNumbersIn(text).Where(found => asked.Contains(found.Number)).Take(MaxHits)
            );
        }
        return Apart(hits);
    }

    // Of two that overlap, the one that begins first, or else the longer one: a number before its groups.
    private static List<(int Start, int Length, string Token)> Apart(List<(int Start, int Length, string Token)> hits)
    {
        var apart = new List<(int Start, int Length, string Token)>(hits.Count);
        foreach (var hit in hits.OrderBy(hit => hit.Start).ThenByDescending(hit => hit.Length))
        {
            if (apart.Count == 0 || hit.Start >= apart[^1].Start + apart[^1].Length)
            {
                apart.Add(hit);
            }
        }

        return apart;
    }

    // The hit from which on most different words of the query stand within a snippet; the first of equals.
    private static int BestOf(List<(int Start, int Length, string Token)> hits)
    {
        var (best, most, end) = (-1, 0, 0);
        var within = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < hits.Count; i++)
        {
            for (
                ;
                end < hits.Count && hits[end].Start + hits[end].Length <= hits[i].Start + MaxCharacters - Lead;
                end++
            )
            {
                within[hits[end].Token] = within.GetValueOrDefault(hits[end].Token) + 1;
            }
            if (within.Count > most)
            {
                (best, most) = (i, within.Count);
            }
            if (end > i && --within[hits[i].Token] == 0)
            {
                within.Remove(hits[i].Token);
            }
            end = Math.Max(end, i + 1);
        }

        return best;
    }

    private static int BeginningOf(string text, int hit)
    {
        if (hit <= Lead)
        {
            return 0;
        }
        var space = text.AsSpan(hit - Lead, Lead).IndexOfAny(' ', '\n');
        return space < 0 ? hit : hit - Lead + space + 1;
    }

    private static int EndOf(string text, int start)
    {
        if (text.Length - start <= MaxCharacters)
        {
            return text.Length;
        }
        var space = text.AsSpan(start, MaxCharacters).LastIndexOfAny(' ', '\n');
        return start
            + (
                space > MaxCharacters / 2 ? space
                : char.IsHighSurrogate(text[start + MaxCharacters - 1]) ? MaxCharacters - 1
                : MaxCharacters
            );
    }
}

/// <summary>A word of the query in a text.</summary>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="Length">Its UTF-16 units.</param>
public readonly record struct SearchHit(int Start, int Length);
