namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>Words that were typed without a space beside a number, and are no part of it: "gọiem0842719036nhé".</summary>
internal static class GluedWords
{
    /// <summary>The letters beside a chain of digits are words: no hash, no code.</summary>
    public static bool IsAround(WordsOfText words, DigitChain chain)
    {
        var after = words.FirstFrom(chain.Groups[^1].End);
        var isBefore = chain.IsAfterLetter;
        if (isBefore && words[words.FirstFrom(chain.Start) - 1] is var before)
        {
            // "đơnGHN0912345678", "SP0912345678nhé".
            var isCapital = char.IsUpper(before.Spelling[^1]);
            if (isCapital && (before.Spelling.Any(char.IsLower) || !IsSpoken(before.Form)))
            {
                return ContextWords.IsCallAndFiller(before.Form);
            }
            if (IsSpoken(before.Form) || ContextWords.IsCallAndFiller(before.Form))
            {
                return true;
            }
        }

        return chain.IsBeforeLetter && IsSpoken(words[after].Form);
    }

    /// <summary>The letters beside a chain that is after a letter can be hexadecimal digits: "a0842719036f".</summary>
    public static bool IsHash(WordsOfText words, DigitChain chain)
    {
        var before = words[words.FirstFrom(chain.Start) - 1];
        return before.Spelling.All(char.IsAsciiHexDigit)
            && (
                chain.IsBeforeLetter
                    ? words[words.FirstFrom(chain.Groups[^1].End)].Spelling.All(char.IsAsciiHexDigit)
                    : before.Start > 0 && char.IsDigit(words.Text[before.Start - 1])
            );
    }

    // Codes have no vowel with a mark; they can have the letter Đ.
    private static bool IsSpoken(WordForm word) => word.Marked.AsSpan().ContainsAnyInRange('\u0300', '\u036F');
}
