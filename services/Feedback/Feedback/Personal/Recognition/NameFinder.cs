namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// The sender's name: certain as the full name, or as the given name after a title. A lone given name is a word like
/// others ("an toàn", "An Giang"). Other people's names are only likely, since streets, schools and districts have such
/// names, too.
/// </summary>
internal sealed class NameFinder(WordsOfText words, string fullName, List<PersonalSpan> found)
{
    private const int MaxNameWords = 12;

    private readonly WordForm[] _name =
    [
        .. new WordsOfText(fullName).Words.Take(MaxNameWords).Select(word => word.Form),
    ];

    // The sender typed the name without marks.
    private readonly bool _isPlain = new WordsOfText(fullName).IsPlain;

    public void Find()
    {
        for (var at = 0; at < words.Count; )
        {
            at += Math.Max(1, _name.Length > 0 ? Own(at) : 0);
        }
        for (var at = 0; at < words.Count; )
        {
            at += Math.Max(1, Others(at));
        }
    }

    private int Own(int at)
    {
        if (_name.Length > 1 && (FullName(at) is > 0 and var whole))
        {
            return whole;
        }
        if (NameWords.TitleAt(words, at) is > 0 and var title)
        {
            return Titled(at, title);
        }
        if (IsGlued(words[at].Form))
        {
            return Add(at, 1, true);
        }
        return _name.Length > 1 && words[at].IsCapitalised ? Parts(at) : 0;
    }

    private int FullName(int at)
    {
        if (!IsFullNameAt(at, out var isAsWritten) || (!isAsWritten && _name.Length < 3))
        {
            return 0;
        }
        // Two short words can be others in lower case: "đỗ xuân này", "vu an".
        var isDistinct =
            _name.Length > 2
            || (Enumerable.Range(at, 2).All(i => words[i].IsCapitalised) && !NameWords.IsProvince(words, at));
        return Add(
            at,
            _name.Length,
            isAsWritten
                && (isDistinct || IsIntroduced(at))
                && !GoesOn(at, _name.Length)
                && !NameWords.IsAfterPlace(words, at)
        );
    }

    private bool IsFullNameAt(int at, out bool isAsWritten)
    {
        isAsWritten = true;
        if (at + _name.Length > words.Count)
        {
            return false;
        }
        for (var i = 0; i < _name.Length; i++)
        {
            var word = words[at + i];
            if (i > 0 && !IsJoint(words.After(at + i - 1)))
            {
                return false;
            }
            // "Nguyễn V. An": the last word is whole.
            var isInitial =
                _name.Length > 2
                && i < _name.Length - 1
                && word.Spelling.Length == 1
                && word.IsCapitalised
                && word.Form.Folded[0] == _name[i].Folded[0];
            if (!isInitial && word.Form.Folded != _name[i].Folded)
            {
                return false;
            }
            isAsWritten &= isInitial || _name[i].IsWrittenAs(word.Form) || (_isPlain && _name.Length > 2);
        }

        return true;
    }

    // "My name is An Nguyen", "Tôi là Nguyễn An": words of the name, the given one among them, in another order.
    private int Parts(int at)
    {
        var (left, count) = (new List<WordForm>(_name), 0);
        while (
            at + count < words.Count
            && left.Count > 0
            && words[at + count] is { IsCapitalised: true } word
            && (count == 0 || WordsOfText.IsSpace(words.After(at + count - 1)))
        )
        {
            var part = left.FindIndex(each => each.IsWrittenAs(word.Form));
            if (part < 0)
            {
                break;
            }
            left.RemoveAt(part);
            count++;
        }

        var isNamed = count switch
        {
            0 => false,
            1 => IsNamed(at) && !GoesOn(at, count),
            _ => (left.Count == 0 && count > 2) || IsIntroduced(at),
        };
        return isNamed && !left.Contains(_name[^1]) ? Add(at, count, false) : 0;
    }

    /// <summary>
    /// "ông An", "chị Văn An", "Mr. Nguyen An": the given name, which is the last (or first) of the sender's, among the
    /// words after a title.
    /// </summary>
    private int Titled(int at, int title)
    {
        var first = at + title;
        var left = new List<WordForm>(_name);
        var (count, hasGiven) = (0, false);
        while (
            first + count < words.Count
            && left.Count > 0
            && (count == 0 ? NameWords.IsAfterTitle(words.After(first - 1)) : IsJoint(words.After(first + count - 1)))
        )
        {
            // "anh An Nguyễn Văn An".
            if (count > 0 && _name.Length > 1 && IsFullNameAt(first + count, out _))
            {
                break;
            }
            var form = words[first + count].Form;
            var match = left.FindIndex(part => part.IsWrittenAs(form));
            if (match < 0)
            {
                break;
            }
            // In names of the Ê Đê the given name is the second of two or three: "Y Blơ Niê".
            hasGiven |=
                _name[^1].IsWrittenAs(form)
                || (
                    count == 1
                    && _name[0].Folded.Length == 1
                    && form == words[first + 1].Form
                    && _name[1].IsWrittenAs(form)
                );
            left.RemoveAt(match);
            count++;
        }

        if (!hasGiven || NameWords.IsPlaceWithTitle(words, at, title))
        {
            return 0;
        }
        if (count == _name.Length && count > 2)
        {
            return title + Add(first, count, true);
        }
        var isCapital = Enumerable.Range(first, count).All(i => words[i].IsCapitalised);
        if (!isCapital && !IsEnd(first + count - 1))
        {
            return 0;
        }
        var isOne = !NameWords.IsOfMany(words, at) && !NameWords.IsCompound(words, first + count - 1);
        return title
            + Add(
                first,
                count,
                isCapital
                    && isOne
                    && !GoesOn(first, count)
                    && (count > 1 || NameWords.IsClearTitle(words[at]) || !IsAmongCapitals(at, first))
            );
    }

    // "tôi tên An", "em là An", "my name is An".
    private bool IsNamed(int at) =>
        Before(at, 1) is "ten" or "is" or "am" or "s"
        || (Before(at, 1) == "la" && Before(at, 2) is "ten" or "toi" or "em" or "chau" or "minh" or "con");

    // "ten la le an", "anh le an".
    private bool IsIntroduced(int at) => IsNamed(at) || Before(at, 1) is "ong" or "anh" or "chi" or "em" or "chau";

    private string Before(int at, int back) =>
        at >= back && NameWords.IsAfterTitle(words.After(at - back)) ? words[at - back].Form.Folded : "";

    private bool IsAmongCapitals(int title, int name) =>
        (IsUpper(words[title]) && IsUpper(words[name]))
        || (
            words[title].IsCapitalised
            && title > 0
            && WordsOfText.IsSpace(words.After(title - 1))
            && words[title - 1].IsCapitalised
        );

    private int Others(int at)
    {
        var title = NameWords.TitleAt(words, at);
        var first = at + title;
        if (OtherNames.Count(words, at, title) is > 0 and var other)
        {
            return title + Add(first, other, false);
        }
        var count = 0;
        while (
            first + count < words.Count
            && count < 5
            && words[first + count].IsCapitalised
            && !NameWords.IsPlace(words[first + count].Form)
            && (
                count == 0
                    ? title == 0 || NameWords.IsAfterTitle(words.After(first - 1))
                    : WordsOfText.IsSpace(words.After(first + count - 1))
            )
        )
        {
            count++;
        }
        var isPerson =
            title > 0
                ? count > 0 && words[first].Spelling.Length > 1
                : count is 3 or 4 && NameWords.IsSurname(words[first].Form);
        if (
            !isPerson
            || (title == 0 ? NameWords.IsAfterPlace(words, at) : NameWords.IsPlaceWithTitle(words, at, title))
            || Enumerable.Range(first, count).All(i => IsUpper(words[i]))
        )
        {
            return 0;
        }
        return title + Add(first, count, false);
    }

    private static bool IsUpper(Word word) => word.Spelling.Length > 1 && word.Spelling.All(char.IsUpper);

    /// <summary>
    /// Another capital word follows that can be of the name: it is another's, or a place's. "chị An SĐT …", "chị An Tổ
    /// trưởng" do not go on.
    /// </summary>
    private bool GoesOn(int at, int count)
    {
        var next = at + count;
        if (next >= words.Count || words.After(next - 1) is not " " || !words[next].IsCapitalised)
        {
            return false;
        }
        // A whole name in capitals is among other words in capitals.
        if (count > 2 && Enumerable.Range(at, count).All(i => IsUpper(words[i])))
        {
            return false;
        }
        // "chị An B1234567", "chị An Lan@gmail.com".
        var isOfOther =
            words[next].End is var end
            && end < words.Text.Length
            && (char.IsAsciiDigit(words.Text[end]) || words.Text[end] == '@');
        return !isOfOther
            && ContextWords.At(words, next) is null
            && !NameWords.IsRole(words, next)
            && !(_name.Length > 1 && IsFullNameAt(next, out _));
    }

    private bool IsEnd(int last) =>
        words.After(last).TrimStart() is { Length: > 0 } after
            ? !char.IsWhiteSpace(words.After(last)[0]) || char.IsAsciiDigit(after[0])
            : last + 1 == words.Count;

    private bool IsGlued(WordForm form) =>
        _name.Length >= 2 && form.Folded.Length >= 6 && form.Folded == string.Concat(_name.Select(part => part.Folded));

    private int Add(int at, int count, bool isCertain)
    {
        found.Add(PersonalSpan.Between(words[at].Start, words[at + count - 1].End, PersonalDataKind.Name, isCertain));
        return count;
    }

    // What people put between the parts of a name.
    private static bool IsJoint(ReadOnlySpan<char> gap) =>
        gap.Length is > 0 and <= 4
        && gap.ToString().All(unit => char.IsWhiteSpace(unit) || "-_.–—‐‑·•'’+*/|\\\u00AD,".Contains(unit));
}
