using System.Globalization;
using System.Text.RegularExpressions;

namespace PortalServices.Counting.Tests.Model;

/// <summary>Reads page-identity.txt.</summary>
internal static partial class PageIdentityTable
{
    private const string Arrow = "  =>  ";

    public static IEnumerable<(string Sent, string Expected)> Rows()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Model", "page-identity.txt");
        foreach (var line in File.ReadLines(file))
        {
            var arrow = line.IndexOf(Arrow, StringComparison.Ordinal);
            if (arrow >= 0 && !line.StartsWith("# ", StringComparison.Ordinal))
            {
                yield return (Unescape(line[..arrow]), Unescape(line[(arrow + Arrow.Length)..]));
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                throw new InvalidDataException($"{file}: no row: {line}");
            }
        }
    }

    private static string Unescape(string cell) =>
        Character()
            .Replace(
                cell,
                match =>
                    (
                        (char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    ).ToString()
            );

    [GeneratedRegex(@"\\u([0-9A-F]{4})")]
    private static partial Regex Character();
}
