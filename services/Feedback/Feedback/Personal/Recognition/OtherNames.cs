namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// Other people's names that do not look like most: in capitals among capitals ("HỘ ÔNG ĐẶNG VĂN HÙNG"), and with an
/// apostrophe ("H'Lan Niê").
/// </summary>
internal static class OtherNames
{
    // Among capitals nothing says where a name ends; most have three words.
    private const int MaxOfCapitals = 3,
        MaxWithApostrophe = 4;

    // Among capitals these are as well other words: "CAO TUỔI"; who is called so has a clear second name.
    private static readonly HashSet<string> UnclearSurnames = WordForm.MarkedOf(
        "cao mai danh hạng cầm vàng bạc kim la lầu mùa tô từ thái tăng lương lâm ma vi hồ triệu đèo tống"
    );

    private static readonly HashSet<string> ClearSeconds = WordForm.MarkedOf("văn thị");

    // Peoples and places.
    private static readonly HashSet<string> NoNames = WordForm.MarkedOf(
        "mông mong ho bang leo ra nông drắk gar lấp tiêng roong"
    );

    // "Ea H'Leo", "người H'Mông", "xã K'Dang".
    private static readonly HashSet<string> NoPersonBefore = WordForm.MarkedOf(
        "ea cư đắk đăk ia kon người dân tộc tiếng đồng bào"
    );

    /// <summary>How many words of such a name stand after a title, or without one; 0 for none.</summary>
    /// <param name="words">Of the text.</param>
    /// <param name="at">Where the title begins, or the name.</param>
    /// <param name="title">How many words the title has.</param>
    public static int Count(WordsOfText words, int at, int title)
    {
        var first = at + title;
        if (
            first >= words.Count
            || (title > 0 && !NameWords.IsAfterTitle(words.After(first - 1)))
            || (title == 0 ? NameWords.IsAfterPlace(words, at) : NameWords.IsPlaceWithTitle(words, at, title))
        )
        {
            return 0;
        }
        var capitals = title > 0 ? Capitals(words, at, first) : 0;
        return capitals > 0 ? capitals : WithApostrophe(words, first, title > 0);
    }

    private static int Capitals(WordsOfText words, int title, int first)
    {
        if (
            !NameWords.IsSurname(words[first].Form)
            || NameWords.IsOfMany(words, title)
            || !NameWords.IsClearTitle(words[title])
        )
        {
            return 0;
        }
        var at = title;
        while (
            at < words.Count
            && at - first < MaxOfCapitals
            && words[at].Spelling.All(char.IsUpper)
            && (at <= first || WordsOfText.IsSpace(words.After(at - 1)))
        )
        {
            at++;
        }
        return
            at - first == MaxOfCapitals
            && (
                !UnclearSurnames.Contains(words[first].Form.Marked)
                || ClearSeconds.Contains(words[first + 1].Form.Marked)
            )
            ? MaxOfCapitals
            : 0;
    }

    private static int WithApostrophe(WordsOfText words, int first, bool hasTitle)
    {
        if (
            first + 1 >= words.Count
            || words[first] is not { IsCapitalised: true, Spelling.Length: 1 }
            || words.After(first) is not ("'" or "’" or "ʼ")
            || words[first + 1] is not { IsCapitalised: true, Spelling.Length: > 1 } given
            || NoNames.Contains(given.Form.Marked)
            || (first > 0 && NoPersonBefore.Contains(words[first - 1].Form.Marked))
        )
        {
            return 0;
        }
        var count = 2;
        while (
            first + count < words.Count
            && count < MaxWithApostrophe
            && words[first + count].IsCapitalised
            && WordsOfText.IsSpace(words.After(first + count - 1))
        )
        {
            count++;
        }
        return hasTitle || (count > 2 && words[first].Spelling is "H" or "K") ? count : 0;
    }
}
