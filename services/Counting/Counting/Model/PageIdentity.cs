using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PortalServices.Counting.Model;

/// <summary>
/// The name under which a page is counted. It is a stored key for ever: two spellings that browsers, editors and links
/// use for one page give one name, a name read again gives itself, and no name ever changes.
/// tests/Counting.Tests/Pages/page-identity.txt is the rule in examples.
/// </summary>
internal static class PageIdentity
{
    /// <summary>In UTF-8 bytes of the finished name; what is dropped from a long URL does not count.</summary>
    public const int MaxBytes = 512;

    // Printable ASCII without the characters that begin an escape, a query or a fragment.
    private static readonly SearchValues<char> Untouched = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except("%?#"),
    ]);

    /// <summary>Reads a path, or a full http(s) URL whose origin is not foreign to the site.</summary>
    /// <param name="value">As the client sent it.</param>
    /// <param name="site">Whose page it is: its origins and the query parameters that it keeps.</param>
    /// <param name="ownOrigin">Scheme and host of the public door, which is never foreign.</param>
    /// <param name="path">The page's name; begins with <c>/</c>. The same string as <paramref name="value"/> where
    /// nothing had to change.</param>
    /// <param name="fault">Why there is no name.</param>
    public static bool TryParse(
        string value,
        Site site,
        string ownOrigin,
        [NotNullWhen(true)] out string? path,
        out PageFault fault
    )
    {
        fault = PageFault.None;
        path = value;
        if (IsCanonical(value))
        {
            return true;
        }

        path = null;
        fault = PageFault.Invalid;
        if (!UrlText.IsPlainText(value))
        {
            return false;
        }

        ReadOnlySpan<char> rest = value;
        if (!rest.StartsWith('/'))
        {
            if (!FullUrl.TrySplit(value, out var origin, out rest))
            {
                return false;
            }
            if (site.IsForeign(origin, ownOrigin))
            {
                fault = PageFault.ForeignOrigin;
                return false;
            }
        }

        var name = new StringBuilder(rest.Length);
        CutAt('#', ref rest);
        var query = CutAt('?', ref rest);
        if (!TryAppendPath(rest, name) || !KeptQuery.TryAppend(query, site.KeptQueryParameters, name))
        {
            return false;
        }

        var whole = name.ToString();
        if (Encoding.UTF8.GetByteCount(whole) > MaxBytes)
        {
            return false;
        }
        path = whole;
        fault = PageFault.None;
        return true;
    }

    /// <summary>Whether a value is plainly its own name: most are, and cost nothing.</summary>
    private static bool IsCanonical(string value) =>
        value.Length is > 0 and <= MaxBytes
        && value[0] == '/'
        && (value.Length == 1 || value[^1] != '/')
        && !value.AsSpan().ContainsAnyExcept(Untouched)
        && !value.Contains("//", StringComparison.Ordinal)
        && !value.Contains("/.", StringComparison.Ordinal);

    /// <summary>Shortens the text to what stands before the mark, and returns what follows it.</summary>
    private static ReadOnlySpan<char> CutAt(char mark, ref ReadOnlySpan<char> text)
    {
        var at = text.IndexOf(mark);
        if (at < 0)
        {
            return default;
        }
        var after = text[(at + 1)..];
        text = text[..at];
        return after;
    }

    /// <summary>
    /// Segments are told apart after decoding, so that "%2E%2E" climbs like ".."; an escaped slash is no border.
    /// </summary>
    private static bool TryAppendPath(ReadOnlySpan<char> path, StringBuilder into)
    {
        var text = path;
        if (!UrlText.IsPlainAscii(path))
        {
            var decoded = new StringBuilder(path.Length);
            if (!UrlText.TryAppend(path, decoded))
            {
                return false;
            }
            text = decoded.ToString();
        }
        foreach (var range in text.Split('/'))
        {
            var segment = text[range];
            if (segment is "..")
            {
                RemoveLastSegment(into);
            }
            else if (!segment.IsEmpty && segment is not ".")
            {
                into.Append('/').Append(segment);
            }
        }

        if (into.Length == 0)
        {
            into.Append('/');
        }
        return true;
    }

    private static void RemoveLastSegment(StringBuilder path)
    {
        var end = path.Length;
        while (end > 0 && path[end - 1] != '/')
        {
            end--;
        }
        path.Length = Math.Max(0, end - 1);
    }
}

/// <summary>Why a value names no page of a site.</summary>
internal enum PageFault
{
    None,

    /// <summary>Not a path, badly escaped, too long, or not text.</summary>
    Invalid,

    /// <summary>A full URL of an origin that is neither the site's nor the public door's own.</summary>
    ForeignOrigin,
}
