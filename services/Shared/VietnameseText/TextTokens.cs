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
        var tokens = new List<string>();
        var spelling = CanonicalText.LowerDecomposed(text).Normalize(NormalizationForm.FormC);
        var start = -1;
        var at = 0;
        foreach (var rune in spelling.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                if (start < 0)
                {
                    start = at;
                }
            }
            else if (start >= 0 && !IsMark(rune))
            {
                tokens.Add(Cut(spelling.AsSpan(start, at - start)));
                start = -1;
            }

            at += rune.Utf16SequenceLength;
        }

        if (start >= 0)
        {
            tokens.Add(Cut(spelling.AsSpan(start)));
        }
        return tokens;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static string Cut(ReadOnlySpan<char> token)
    {
        if (token.Length <= MaxLength)
        {
            return token.ToString();
        }
        return token[..(char.IsHighSurrogate(token[MaxLength - 1]) ? MaxLength - 1 : MaxLength)].ToString();
    }
}
