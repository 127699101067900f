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
        while (FirstByName(values, kept) is var first and >= 0)
        {
            into.Append(mark).Append(kept[first]).Append('=');
            if (!UrlText.TryAppend(query[values[first]!.Value], into))
            {
                return false;
            }
            values[first] = null;
            mark = '&';
        }

        return true;
    }

    // Of those that have a value; negative when none has.
    private static int FirstByName(Range?[] values, IReadOnlyList<string> kept)
    {
        var first = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is not null && (first < 0 || string.CompareOrdinal(kept[i], kept[first]) < 0))
            {
                first = i;
            }
        }
        return first;
    }

    private static int IndexOf(ReadOnlySpan<char> name, IReadOnlyList<string> kept)
    {
        if (!UrlText.IsPlainAscii(name))
        {
            if (!UrlText.TryDecode(name, out var decoded))
            {
                return -1;
            }
            name = decoded;
        }
        for (var i = 0; i < kept.Count; i++)
        {
            if (name.Equals(kept[i], StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
