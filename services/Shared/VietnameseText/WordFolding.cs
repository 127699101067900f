using System.Text;

namespace PortalServices.VietnameseText;

/// <summary>
/// Compares the words of a text with folded tokens, letter by letter: a long text is not copied word by word for it.
/// </summary>
internal sealed class WordFolding(HashSet<string> tokens)
{
    // A token is cut before it is folded, and composed before it is cut: to three times its length at most
    // (https://unicode.org/faq/normalization.html).
    private const int MaxLength = TextTokens.MaxLength / 3;

    // What becomes of the letters of the Basic Multilingual Plane, filled as they come; never more than there are of
    // them.
    private static readonly string?[] Letters = new string?[char.MaxValue + 1];

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _tokens = tokens.GetAlternateLookup<
        ReadOnlySpan<char>
    >();
    private readonly char[] _folded = new char[4 * TextTokens.MaxLength];

    /// <summary>The token that a word is; null for none of them.</summary>
    public string? Find(ReadOnlySpan<char> word)
    {
        if (word.Length > MaxLength)
        {
            return Whole(word);
        }
        var (length, isAscii) = (0, true);
        foreach (var rune in word.EnumerateRunes())
        {
            if (SearchSpelling.IsJoiner(rune))
            {
                continue;
            }
            var letters = rune.IsBmp
                ? Letters[rune.Value] ??= TextFolding.Fold(rune.ToString())
                : TextFolding.Fold(rune.ToString());
            if (length + letters.Length > _folded.Length)
            {
                return Whole(word);
            }
            letters.CopyTo(_folded.AsSpan(length));
            length += letters.Length;
            isAscii &= Ascii.IsValid(letters);
        }

        var folded = _folded.AsSpan(0, length);
        // Letters of some other scripts join when they come together.
        return isAscii && length > 0 ? Find(_tokens, folded) : Whole(word);
    }

    private string? Whole(ReadOnlySpan<char> word) =>
        Find(_tokens, SearchText.Of(word.ToString()).Folded.AsSpan().Trim());

    private static string? Find(
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> tokens,
        ReadOnlySpan<char> folded
    ) => tokens.TryGetValue(folded, out var token) ? token : null;
}
