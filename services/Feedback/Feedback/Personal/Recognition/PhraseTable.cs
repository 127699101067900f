namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>Phrases that texts are searched for, each with what it stands for.</summary>
/// <param name="lists">
/// The phrases that stand for the same, parted by commas; one after <c>=</c> is only itself with its marks.
/// </param>
/// <param name="joints">What may stand between two words of a phrase besides spaces.</param>
internal sealed class PhraseTable<T>(IEnumerable<(T Value, string Phrases)> lists, string joints)
{
    private readonly Dictionary<string, Phrase[]> _byFirst = (
        from list in lists
        from phrase in list.Phrases.Split(", ")
        let words = phrase.TrimStart('=').Split(' ').Select(WordForm.Of).ToArray()
        group new Phrase(words, list.Value, phrase[0] == '=') by words[0].Folded
    ).ToDictionary(
        group => group.Key,
        group => group.OrderByDescending(phrase => phrase.Words.Length).ToArray(),
        StringComparer.Ordinal
    );

    /// <summary>The longest one that begins with a word of a text; null for none.</summary>
    /// <param name="words">Of the text.</param>
    /// <param name="at">The word.</param>
    /// <param name="alsoPlain">Words without any mark are those of phrases, too.</param>
    public (T Value, int Words)? At(WordsOfText words, int at, bool alsoPlain = true)
    {
        foreach (var phrase in _byFirst.GetValueOrDefault(words[at].Form.Folded, []))
        {
            if (IsAt(phrase, words, at, alsoPlain))
            {
                return (phrase.Value, phrase.Words.Length);
            }
        }

        return null;
    }

    /// <summary>The word is a phrase of its own, with its marks.</summary>
    public bool HasWord(WordForm word) =>
        _byFirst
            .GetValueOrDefault(word.Folded, [])
            .Any(phrase => phrase.Words is [var only] && only.Marked == word.Marked);

    private bool IsAt(Phrase phrase, WordsOfText words, int at, bool alsoPlain)
    {
        if (at + phrase.Words.Length > words.Count)
        {
            return false;
        }
        for (var i = 0; i < phrase.Words.Length; i++)
        {
            var (wanted, found) = (phrase.Words[i], words[at + i].Form);
            var isWanted = phrase.IsExact || !alsoPlain ? wanted.Marked == found.Marked : wanted.IsWrittenAs(found);
            if (!isWanted || (i > 0 && !IsJoint(words.After(at + i - 1))))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsJoint(ReadOnlySpan<char> gap) =>
        WordsOfText.IsSpace(gap) || (gap is [var unit] && joints.Contains(unit));

    private sealed record Phrase(WordForm[] Words, T Value, bool IsExact);
}
