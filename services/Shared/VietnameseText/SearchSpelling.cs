using System.Text;
using System.Text.RegularExpressions;

namespace PortalServices.VietnameseText;

/// <summary>Spellings that a reader takes for one, though they are written with other characters.</summary>
internal static partial class SearchSpelling
{
    // The tone marks of Vietnamese: grave, acute, tilde, hook above, dot below.
    private const string ToneMarks = "\u0300\u0301\u0303\u0309\u0323";

    /// <summary>
    /// A text without what stands unseen inside of words: soft hyphens, joiners and non-joiners, and the byte order
    /// mark, which Word and web pages leave there.
    /// </summary>
    public static string WithoutJoiners(string text) =>
        text.AsSpan().IndexOfAny("\u00AD\u200C\u200D\u2060\uFEFF") < 0 ? text : Joiners().Replace(text, "");

    /// <summary>
    /// A token with its tone where it was put before 2002: <c>hoà</c>, <c>khoẻ</c> and <c>thuỷ</c> are <c>hòa</c>,
    /// <c>khỏe</c> and <c>thủy</c>. Only open syllables differ, and after q the u is no vowel (<c>quý</c>).
    /// </summary>
    public static string WithOldTone(string token)
    {
        if (!token.AsSpan().ContainsAnyExceptInRange('\0', '\u007F'))
        {
            return token;
        }
        var letters = token.Normalize(NormalizationForm.FormD);
        if (
            letters.Length < 3
            || !ToneMarks.Contains(letters[^1], StringComparison.Ordinal)
            || letters[^3..^1] is not ("oa" or "oe" or "uy")
            || (letters.Length > 3 && letters[^4] == 'q')
        )
        {
            return token;
        }
        return string.Concat(
                letters.AsSpan(0, letters.Length - 2),
                letters.AsSpan(letters.Length - 1),
                letters.AsSpan(letters.Length - 2, 1)
            )
            .Normalize(NormalizationForm.FormC);
    }

    /// <summary>Whether a character stands unseen inside of words, as <see cref="WithoutJoiners"/> says.</summary>
    public static bool IsJoiner(Rune rune) => rune.Value is 0x00AD or 0x200C or 0x200D or 0x2060 or 0xFEFF;

    /// <summary>
    /// The numbers that are written in groups of three, as <c>18.481.240</c> or <c>18 481 240</c>, without what
    /// separates the groups.
    /// </summary>
    public static IEnumerable<string> GroupedNumbers(string text) =>
        GroupedNumbersIn(text).Select(found => found.Number);

    /// <summary>The same with the place where each is written.</summary>
    public static IEnumerable<(int Start, int Length, string Number)> GroupedNumbersIn(string text) =>
        Grouped()
            .Matches(text)
            .Select(match => (match.Index, match.Length, string.Concat(match.Value.Where(char.IsAsciiDigit))))
            .Where(found => found.Item3.Length <= TextTokens.MaxLength);

    [GeneratedRegex("[\u00AD\u200C\u200D\u2060\uFEFF]", RegexOptions.CultureInvariant)]
    private static partial Regex Joiners();

    // Of one kind of separator; not within a longer row of digits.
    [GeneratedRegex(
        "(?<![0-9])(?<![0-9][.,])[0-9]{1,3}([.,\u0020\u00A0\u2009\u202F])[0-9]{3}(?:\\1[0-9]{3})*(?![0-9])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Grouped();
}
