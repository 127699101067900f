using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>The letter that some type for the digit 0: "O912 345 678", "0912 64O 758".</summary>
internal static partial class ZeroLetters
{
    // As many letters can be mistyped; with more it is no number.
    private const int MaxLetters = 4;

    // How far before the number the word is: "Máy của cháu là".
    private const int MaxWords = 5;

    private static readonly WordForm[] Callers = [WordForm.Of("máy"), WordForm.Of("số")];

    /// <summary>The places of a text at which the letter stands for the digit.</summary>
    public static HashSet<int> In(string text)
    {
        var places = Firsts().Matches(text).Select(first => first.Index).ToHashSet();
        foreach (Match phone in Phones().Matches(text))
        {
            var letters = Enumerable.Range(phone.Index, phone.Length).Where(at => text[at] is 'O' or 'o').ToList();
            if (letters.Count <= MaxLetters)
            {
                places.UnionWith(letters);
            }
        }

        return places;
    }

    /// <summary>A word before the number says that it is a telephone's: a machine, a number.</summary>
    public static bool IsCalled(WordsOfText words, int start)
    {
        var (at, next) = (words.FirstFrom(start) - 1, start);
        for (var count = 0; count < MaxWords && at >= 0; count++)
        {
            var word = words[at--];
            if (next - word.End > 3 || words.Text.AsSpan(word.End..next).ContainsAny(",;!?"))
            {
                return false;
            }
            if (Callers.Any(caller => caller.IsWrittenAs(word.Form)))
            {
                return true;
            }
            if (!ContextWords.IsFiller(word.Form))
            {
                return false;
            }
            next = word.Start;
        }

        return false;
    }

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?:\+\s?84[\s.–-]?|0[\s.–-]?|[Oo])[35789](?:[\s.–-]?[\dOo]){8}(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Phones();

    [GeneratedRegex(@"(?<![\p{L}\p{Nd}])[Oo](?=[35789]\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Firsts();
}
