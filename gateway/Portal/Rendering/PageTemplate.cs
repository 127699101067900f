using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace PortalServices.Portal.Rendering;

/// <summary>
/// A rendered page with places for what changes from second to second: the numbers. It is kept in memory until its
/// content changes; each reply fills the places.
/// </summary>
internal sealed class PageTemplate
{
    // Nobody who writes an article knows it, so no text becomes a place.
    private static readonly string Mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private readonly List<(byte[] Text, string Place)> _parts = [];
    private readonly byte[] _end;

    public PageTemplate(string html)
    {
        var from = 0;
        for (int at; (at = html.IndexOf(Mark, from, StringComparison.Ordinal)) >= 0; )
        {
            var name = at + Mark.Length;
            var end = html.IndexOf(';', name);
            _parts.Add((Encoding.UTF8.GetBytes(html[from..at]), html[(name + 1)..end]));
            from = end + 1;
        }
        _end = Encoding.UTF8.GetBytes(html[from..]);
        Bytes = _parts.Sum(part => part.Text.Length + 64) + _end.Length;
    }

    /// <summary>About what it takes in memory.</summary>
    public int Bytes { get; }

    /// <summary>The place of a number, to be written into a page.</summary>
    public static string Place(string name) => $"{Mark}-{name};";

    /// <summary>The page with its numbers.</summary>
    public ReadOnlyMemory<byte> Fill(IReadOnlyDictionary<string, string> numbers)
    {
        var page = new ArrayBufferWriter<byte>(Bytes + 64);
        foreach (var (text, place) in _parts)
        {
            page.Write(text);
            page.Write(Encoding.UTF8.GetBytes(System.Net.WebUtility.HtmlEncode(numbers.GetValueOrDefault(place, "–"))));
        }
        page.Write(_end);
        return page.WrittenMemory;
    }
}
