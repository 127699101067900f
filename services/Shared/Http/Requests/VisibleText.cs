using System.Globalization;
using System.Text;

namespace PortalServices.Http.Requests;

/// <summary>Whether a text shows anything.</summary>
internal static class VisibleText
{
    /// <summary>
    /// Whether there is a letter, digit or sign in it that is seen: neither white space, nor formatting, nor marks
    /// alone.
    /// </summary>
    public static bool Is(string? text) => text?.EnumerateRunes().Any(IsSeen) == true;

    private static bool IsSeen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Surrogate
            or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.PrivateUse => false,
            // Letters and signs by their category, and blank all the same: the fillers of Hangul, Braille without a
            // dot, the place of an object, the null note head.
            _ => rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0xFFFC or 0x1D159),
        };
}
