using System.Globalization;
using System.Text;

namespace PortalServices.VietnameseText;

/// <summary>The part of a text that shows best why a query found it.</summary>
/// <param name="Text">A piece of the text, as it is written.</param>
/// <param name="Hits">Where the words of the query stand in it, in UTF-16 units, in order and apart from each other.</param>
public sealed record SearchSnippet(string Text, IReadOnlyList<SearchHit> Hits)
{
    const int MaxCharacters = 240, Lead = 60, MaxHits = 1_000;

    /// <summary>Makes it: the words around the place with the most different words of the query, or the beginning where there are none.</summary>
    /// <param name="text">Plain text.</param>
    /// <param name="query">What was asked for.</param>
    public static SearchSnippet Of(string text, SearchQuery query)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(query);
        var asked = query.FoldedTokens.ToHashSet(StringComparer.Ordinal);
        foreach (var number in query.Terms.Select(term => term.Number?.Trim()).OfType<string>())
            asked.Add(number);
        var hits = HitsIn(text, asked);
        var first = BestOf(hits);
        var start = first < 0 ? 0 : BeginningOf(text, hits[first].Start);
        var end = EndOf(text, start);
        return new(
            string.Concat(start > 0 ? "… " : "", text.AsSpan(start, end - start), end < text.Length ? " …" : ""),
            [.. hits.Where(hit => hit.Start >= start && hit.Start + hit.Length <= end).Select(hit => new SearchHit(hit.Start - start + (start > 0 ? 2 : 0), hit.Length))]);
    }

    static List<(int Start, int Length, string Token)> HitsIn(string text, HashSet<string> asked)
    {
        var hits = new List<(int, int, string)>();
        foreach (var (start, length) in WordsOf(text))
        {
            if (hits.Count == MaxHits)
                break;
            var token = SearchText.Of(text.Substring(start, length)).Folded.Trim();
            if (asked.Contains(token))
                hits.Add((start, length, token));
        }

        // A number in groups is found as one word.
        foreach (var number in asked.Where(each => each.Length > 3 && each.All(char.IsAsciiDigit)))
            hits.AddRange(GroupsOf(text, number).Take(MaxHits).Select(group => (group.Start, group.Length, number)));
        hits.Sort((a, b) => a.Item1.CompareTo(b.Item1));
        return hits;
    }

    static IEnumerable<(int Start, int Length)> GroupsOf(string text, string number)
    {
        for (var from = 0; from < text.Length; from++)
        {
            if (text[from] != number[0] || (from > 0 && char.IsAsciiDigit(text[from - 1])))
                continue;
            var (at, digits) = (from, 0);
            while (at < text.Length && digits < number.Length && (text[at] == number[digits] || (digits > 0 && text[at] is '.' or ',' or ' ' or '\u00A0' or '\u202F')))
                digits += char.IsAsciiDigit(text[at++]) ? 1 : 0;
            if (at - from > number.Length && digits == number.Length && (at == text.Length || !char.IsAsciiDigit(text[at])))
                yield return (from, at - from);
        }
    }

    // The hit from which on most different words of the query stand within a snippet; the first of equals.
    static int BestOf(List<(int Start, int Length, string Token)> hits)
    {
        var (best, most, end) = (-1, 0, 0);
        var within = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < hits.Count; i++)
        {
            for (; end < hits.Count && hits[end].Start + hits[end].Length <= hits[i].Start + MaxCharacters - Lead; end++)
                within[hits[end].Token] = within.GetValueOrDefault(hits[end].Token) + 1;
            if (within.Count > most)
                (best, most) = (i, within.Count);
            if (end > i && --within[hits[i].Token] == 0)
                within.Remove(hits[i].Token);
            end = Math.Max(end, i + 1);
        }

        return best;
    }

    static int BeginningOf(string text, int hit)
    {
        if (hit <= Lead)
            return 0;
        var space = text.AsSpan(hit - Lead, Lead).IndexOfAny(' ', '\n');
        return space < 0 ? hit : hit - Lead + space + 1;
    }

    static int EndOf(string text, int start)
    {
        if (text.Length - start <= MaxCharacters)
            return text.Length;
        var space = text.AsSpan(start, MaxCharacters).LastIndexOfAny(' ', '\n');
        if (space > MaxCharacters / 2)
            return start + space;
        return start + (char.IsHighSurrogate(text[start + MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters);
    }

    static IEnumerable<(int Start, int Length)> WordsOf(string text)
    {
        var (start, at) = (-1, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var isInside = start >= 0 && (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                || rune.Value is 0x00AD or 0x200C or 0x200D or 0x2060 or 0xFEFF);
            if (Rune.IsLetterOrDigit(rune))
            {
                if (start < 0)
                    start = at;
            }
            else if (start >= 0 && !isInside)
            {
                yield return (start, at - start);
                start = -1;
            }

            // Half of a surrogate pair is read as U+FFFD, of the same length.
            at += rune.Utf16SequenceLength;
        }

        if (start >= 0)
            yield return (start, text.Length - start);
    }
}

/// <summary>A word of the query in a text.</summary>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="Length">Its UTF-16 units.</param>
public readonly record struct SearchHit(int Start, int Length);
