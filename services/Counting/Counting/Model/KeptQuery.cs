using System.Text;

namespace PortalServices.Counting.Model;

/// <summary>
/// The query parameters that tell a site's pages apart; the rest of a query says nothing about the page.
/// </summary>
internal static class KeptQuery
{
    /// <summary>
    /// Appends the kept parameters, spelt as in the settings and sorted by name, each with its first value. What is
    /// dropped may be malformed.
    /// </summary>
    public static bool TryAppend(ReadOnlySpan<char> query, IReadOnlyList<string> kept, StringBuilder into)
    {
        if (query.IsEmpty || kept.Count == 0)
        {
            return true;
        }

        var values = new Range?[kept.Count];
        foreach (var part in query.Split('&'))
        {
            var end = part.End.Value;
            var equals = query[part].IndexOf('=');
            var nameEnd = equals < 0 ? end : part.Start.Value + equals;
            var parameter = IndexOf(query[part.Start.Value..nameEnd], kept);
            if (parameter >= 0)
            {
                values[parameter] ??= Math.Min(nameEnd + 1, end)..end;
            }
        }

        var mark = '?';
        foreach (var parameter in Enumerable.Range(0, kept.Count).OrderBy(i => kept[i], StringComparer.Ordinal))
        {
            if (values[parameter] is not { } value)
            {
                continue;
            }
            into.Append(mark).Append(kept[parameter]).Append('=');
            if (!UrlText.TryAppend(query[value], into))
            {
                return false;
            }
            mark = '&';
        }

        return true;
    }

    private static int IndexOf(ReadOnlySpan<char> name, IReadOnlyList<string> kept)
    {
        if (!UrlText.TryDecode(name, out var decoded))
        {
            return -1;
        }
        for (var i = 0; i < kept.Count; i++)
        {
            if (string.Equals(kept[i], decoded, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
