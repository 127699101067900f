using System.Globalization;
using System.Text;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>A word in a text: a run of letters with their marks.</summary>
/// <param name="Start">In UTF-16 code units.</param>
/// <param name="Spelling">As it stands.</param>
/// <param name="Form">By which it is compared.</param>
internal readonly record struct Word(int Start, string Spelling, WordForm Form)
{
    public int End => Start + Spelling.Length;

    /// <summary>Begins with a capital letter.</summary>
    public bool IsCapitalised => char.IsUpper(Spelling[0]);
}

/// <summary>A word without its case and without the place of its tone: <c>Hòa</c> and <c>hoà</c> are one.</summary>
/// <param name="Marked">Its letters with their marks, and the tone after them.</param>
/// <param name="Folded">Its letters without any mark.</param>
internal sealed record WordForm(string Marked, string Folded)
{
    /// <summary>It was typed without marks, or has none.</summary>
    public bool IsPlain => Marked == Folded;

    public static WordForm Of(string word)
    {
        var (letters, tones) = (new StringBuilder(word.Length), new StringBuilder());
        var folded = TextFolding.Fold(word);
        if (Ascii.IsValid(word))
        {
            return new(folded, folded);
        }
        foreach (var unit in word.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            (unit is '\u0300' or '\u0301' or '\u0303' or '\u0309' or '\u0323' ? tones : letters).Append(unit);
        }
        return new(letters.Append(tones).ToString(), folded);
    }

    /// <summary>Words, by their letters with their marks.</summary>
    /// <param name="words">Parted by spaces.</param>
    public static HashSet<string> MarkedOf(string words) => [.. words.Split(' ').Select(word => Of(word).Marked)];

    /// <summary>A word of a text is this one, with the right marks or with none at all.</summary>
    public bool IsWrittenAs(WordForm other) => Marked == other.Marked || (other.IsPlain && Folded == other.Folded);
}

/// <summary>A text with its words.</summary>
internal sealed class WordsOfText
{
    public WordsOfText(string text)
    {
        Text = text;
        var words = new List<Word>();
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsLetter(text[at]))
            {
                continue;
            }
            var start = at;
            while (at < text.Length && IsOfWord(text[at]))
            {
                at++;
            }
            var spelling = text[start..at];
            words.Add(new Word(start, spelling, WordForm.Of(spelling)));
        }

        Words = words;
        // A few words with marks show that its writer types them.
        IsPlain = words.All(word => word.Form.IsPlain);
    }

    public string Text { get; }

    public IReadOnlyList<Word> Words { get; }

    public int Count => Words.Count;

    public Word this[int at] => Words[at];

    /// <summary>It was written without Vietnamese marks.</summary>
    public bool IsPlain { get; }

    /// <summary>What stands between a word and the next one; the rest of the text after the last.</summary>
    public ReadOnlySpan<char> After(int word) =>
        Text.AsSpan(Words[word].End..(word + 1 < Words.Count ? Words[word + 1].Start : Text.Length));

    /// <summary>The first word that begins at or after a place; the number of words for none.</summary>
    public int FirstFrom(int place) => Words.FirstFrom(place, word => word.Start);

    /// <summary>Only white space, and some of it.</summary>
    public static bool IsSpace(ReadOnlySpan<char> gap) => gap.Length is > 0 and <= 3 && gap.IsWhiteSpace();

    private static bool IsOfWord(char unit) =>
        char.IsLetter(unit)
        || CharUnicodeInfo.GetUnicodeCategory(unit)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;
}

internal static class PartsInOrder
{
    /// <summary>The first part that begins at or after a place; the number of parts for none.</summary>
    public static int FirstFrom<T>(this IReadOnlyList<T> parts, int place, Func<T, int> startOf)
    {
        var (low, high) = (0, parts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = startOf(parts[middle]) < place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
