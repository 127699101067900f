using System.Globalization;
using System.Text;

namespace PortalServices.VietnameseText;

/// <summary>What a text is to a reader who types without Vietnamese marks.</summary>
public static class TextFolding
{
    /// <summary>
    /// The text in lower case and without diacritics: <c>Đẩy mạnh</c> becomes <c>day manh</c>. Canonically equivalent
    /// texts (NFC, NFD) give the same, a folded text stays as it is, and no input throws: what is not well-formed
    /// UTF-16 becomes U+FFFD.
    /// </summary>
    /// <remarks>
    /// By Unicode: NFD, invariant lower case, no non-spacing marks (category Mn), NFC. The stroke of đ is no mark, so
    /// it is a rule of its own; ð and ɖ fold with it, because their capitals Ð and Ɖ look like Đ and stand for it in
    /// texts converted from older encodings. Normalization needs ICU: a process with <c>InvariantGlobalization</c> does
    /// not fold.
    /// </remarks>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in CanonicalText.LowerDecomposed(text).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
            {
                continue;
            }
            var letter = rune.Value is 'đ' or 'ð' or 'ɖ' ? new Rune('d') : rune;
            folded.Append(units[..letter.EncodeToUtf16(units)]);
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>
    /// Folds one token and keeps it where nothing would be left, so that exact and folded tokens stand at the same
    /// places.
    /// </summary>
    internal static string FoldToken(string token) => Fold(token) is { Length: > 0 } folded ? folded : token;
}
