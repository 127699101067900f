using System.Globalization;
using System.Text;

namespace PortalServices.Http.Requests;

/// <summary>
/// Combining marks of a text. No language sets more than a few on a letter (the stream-safe format of Unicode allows
/// 30), and to normalize a text takes the square of how many follow one another.
/// </summary>
public static class TextMarks
{
    /// <summary>Marks in a row at most.</summary>
    public const int Max = 30;

    /// <summary>Whether no more than <see cref="Max"/> follow one another.</summary>
    public static bool AreFew(ReadOnlySpan<char> text)
    {
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isMark =
                rune.Value >= 0x300
                && Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark
                        or UnicodeCategory.EnclosingMark;
            marks = isMark ? marks + 1 : 0;
            if (marks > Max)
            {
                return false;
            }
        }

        return true;
    }
}
