using System.Globalization;
using System.Text;

namespace PortalServices.VietnameseText;

/// <summary>The words of a text as search compares them.</summary>
public static class TextTokens
{
    /// <summary>
    /// A longer token is cut to so many UTF-16 units, in what is searched and in what is asked alike.
    /// </summary>
    public const int MaxLength = 64;

    /// <summary>
    /// The tokens in order: each a letter or a decimal digit (categories L and Nd) with the letters, digits and
    /// combining marks that follow, in NFC and lower case, spelling kept. All else separates: <c>Đảng</c> is
    /// <c>đảng</c>, <c>162-KH/TU</c> is <c>162</c>, <c>kh</c>, <c>tu</c>. Canonically equivalent texts give the same
    /// tokens; no input throws.
    /// </summary>
    public static IReadOnlyList<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var spelling = CanonicalText.LowerDecomposed(text).Normalize(NormalizationForm.FormC);
        return [.. PlacesIn(spelling, IsMark).Select(word => Cut(spelling.AsSpan(word.Start, word.Length)))];
    }

    /// <summary>Where the words stand: letters and digits, with what else may stand inside of one.</summary>
    internal static IEnumerable<(int Start, int Length)> PlacesIn(string text, Func<Rune, bool> isInside)
    {
        var (start, at) = (-1, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                start = start < 0 ? at : start;
            }
            else if (start >= 0 && !isInside(rune))
            {
                yield return (start, at - start);
                start = -1;
            }
            // Half of a surrogate pair is read as U+FFFD, of the same length.
            at += rune.Utf16SequenceLength;
        }
        if (start >= 0)
        {
            yield return (start, text.Length - start);
        }
    }

    internal static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static string Cut(ReadOnlySpan<char> token) =>
        token.Length <= MaxLength
            ? token.ToString()
            : token[..(char.IsHighSurrogate(token[MaxLength - 1]) ? MaxLength - 1 : MaxLength)].ToString();
}
