using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace PortalServices.Feedback.Captcha;

/// <summary>What answers are made of, and when one that was typed is right.</summary>
/// <remarks>
/// Of letters and digits that look alike (0 O Q D, 1 I L, 2 Z, 5 S, 8 B 3, 6 G, E F, U V, M N) at most one is here, and
/// the others are read as it. Neither do any two here sound alike as the names of letters: of the English B C D E G P T
/// V, of A J K 8, of F S X and of 5 9 there is one each, and of the Vietnamese bê xê dê giê pê tê vê, of em-mờ en-nờ
/// e-lờ, of a ba ca, of ét-sì ích-xì and of năm tám. The nearest left are three and tee.
/// </remarks>
internal static class CaptchaAlphabet
{
    /// <summary>The characters of answers.</summary>
    public const string Characters = "0234679FHJMRTWY";

    /// <summary>Characters of an answer: 15⁶ are 11,390,625 answers.</summary>
    public const int Length = 6;

    /// <summary>
    /// Of what was typed, no more is looked at: an answer with a space between any two characters, and some to spare.
    /// </summary>
    private const int MaxTyped = 32;

    private static readonly SearchValues<char> Known = SearchValues.Create(Characters);

    /// <summary>A fresh answer, each as likely as any other.</summary>
    public static string Draw() => RandomNumberGenerator.GetString(Characters, Length);

    /// <summary>Whether a text could be an answer.</summary>
    public static bool IsAnswer(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Known);

    /// <summary>
    /// Whether an answer was given: in either case, in full-width forms too (NFKC), with spaces anywhere. How much of
    /// it is right does not show in the time.
    /// </summary>
    public static bool Matches(string answer, string? given) =>
        given is { Length: <= MaxTyped }
        && CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(answer.AsSpan()),
            MemoryMarshal.AsBytes(Plain(given).AsSpan())
        );

    private static string Plain(string given)
    {
        // Runes, since a lone surrogate cannot be normalised.
        var seen = given
            .EnumerateRunes()
            .Where(rune => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format);
        return string.Concat(string.Concat(seen).Normalize(NormalizationForm.FormKC).ToUpperInvariant().Select(Folded));
    }

    private static char Folded(char character) =>
        character switch
        {
            'O' or 'Q' or 'D' => '0',
            'Z' => '2',
            'E' => 'F',
            'G' => '6',
            'N' => 'M',
            _ => character,
        };
}
