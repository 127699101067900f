using System.Globalization;
using System.Text;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>What a reader takes signs for that are several code units, or that are digits in another shape.</summary>
internal static class SeenSigns
{
    // No more than a shape of the space.
    private static readonly string[] Spaces = ["&nbsp;", "&#160;", "&#xa0;", "&ensp;", "&emsp;", "&thinsp;"];

    /// <summary>What is seen at a place, and how many code units it takes; null for nothing special.</summary>
    public static (char Seen, int Length)? At(string text, int at)
    {
        if (char.IsAscii(text[at]))
        {
            return text[at] == '&' && SpaceAt(text, at) is > 0 and var space ? (' ', space) : null;
        }
        if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            return Plain(text, at) is { } plain ? (plain, 2) : null;
        }
        // Alone it is the number of an item: "①0912345678".
        return Enclosed(text[at]) is { } digit && (IsEnclosedBeside(text, at, -1) || IsEnclosedBeside(text, at, 1))
            ? ((char)('0' + digit), 1)
            : null;
    }

    private static int SpaceAt(string text, int at) =>
        Spaces.FirstOrDefault(space => text.AsSpan(at).StartsWith(space, StringComparison.OrdinalIgnoreCase))?.Length
        ?? 0;

    // Bold, double-struck and other mathematical letters and digits, and digits of any script.
    private static char? Plain(string text, int at)
    {
        if (CharUnicodeInfo.GetDecimalDigitValue(text, at) is >= 0 and var digit)
        {
            return (char)('0' + digit);
        }
        if (char.ConvertToUtf32(text, at) is < 0x1D400 or > 0x1D7FF)
        {
            return null;
        }
        return text.Substring(at, 2).Normalize(NormalizationForm.FormKC) is [var plain] && char.IsAsciiLetter(plain)
            ? plain
            : null;
    }

    // Digits in circles and brackets; superscripts are exponents.
    private static int? Enclosed(char unit) =>
        unit is >= '\u2460' and <= '\u24FF' or >= '\u2776' and <= '\u2793'
        && CharUnicodeInfo.GetNumericValue(unit) is >= 0 and <= 9 and var value
            ? (int)value
            : null;

    private static bool IsEnclosedBeside(string text, int at, int step)
    {
        var beside = at + step;
        if (beside >= 0 && beside < text.Length && text[beside] == ' ')
        {
            beside += step;
        }
        return beside >= 0 && beside < text.Length && Enclosed(text[beside]) is not null;
    }
}
