namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>What words before a number say that it is.</summary>
internal enum Topic
{
    Phone,
    Identity,
    Passport,
    HealthInsurance,
    SocialInsurance,
    BankAccount,

    /// <summary>Of a bank, but perhaps of an amount.</summary>
    Bank,
    PersonalTax,
    Tax,

    /// <summary>A pupil, an employee.</summary>
    Member,

    /// <summary>An amount.</summary>
    Amount,

    /// <summary>A file, an order, a decree: it names no person.</summary>
    Document,

    /// <summary>A book, a product, a place on the map.</summary>
    Goods,
}

/// <summary>What is said of a number.</summary>
/// <param name="Topic">What it is.</param>
/// <param name="IsDirect">Nothing else stands between.</param>
internal readonly record struct Said(Topic Topic, bool IsDirect);

/// <summary>The words of a text that say what the numbers beside them are.</summary>
internal sealed class Context
{
    // How far a word reaches: "SĐT liên hệ mới của gia đình tôi là 0912…".
    private const int MaxGap = 40,
        MaxWords = 7;

    private readonly WordsOfText _words;
    private readonly List<(int Start, int End, Topic Topic)> _marks = [];

    public Context(WordsOfText words)
    {
        _words = words;
        for (var at = 0; at < words.Count; )
        {
            if (ContextWords.At(words, at) is not (var topic, var length))
            {
                at++;
                continue;
            }
            var next = at + length;
            // "MST của tôi", "mã số thuế hộ kinh doanh".
            var isPersonal =
                topic == Topic.Tax
                && words
                    .Words.Skip(next)
                    .Take(2)
                    .Any(word => ContextWords.IsPerson(word.Form) || ContextWords.IsPersonalTax(word.Form));
            _marks.Add((words[at].Start, words[next - 1].End, isPersonal ? Topic.PersonalTax : topic));
            at = next;
        }
    }

    /// <summary>What is said of the number at a place; null for nothing.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    public Said? Of(int start, int end)
    {
        var next = FirstFrom(start);
        if (next > 0 && _marks[next - 1] is var before && IsLeadingTo(before.End, start, out var isDirect))
        {
            return new(before.Topic, isDirect && !(before.Topic == Topic.Document && IsAfterPerson(start)));
        }
        return next < _marks.Count && IsNamedAfter(end, _marks[next].Start) ? new(_marks[next].Topic, true) : null;
    }

    /// <summary>The name of a bank stands after an account: "1903 4567 8901 23 - Techcombank".</summary>
    public bool IsBeforeBank(int end) =>
        FirstFrom(end) is var next
        && next < _marks.Count
        && _marks[next].Topic == Topic.Bank
        && _marks[next].Start - end <= 5
        && _words.Text.AsSpan(end.._marks[next].Start).Trim() is "" or "-" or "–" or "," or "tại" or "tai" or "(";

    private int FirstFrom(int place) => _marks.FirstFrom(place, mark => mark.Start);

    // "Hồ sơ của ông 0912345678": the person's, not the file's.
    private bool IsAfterPerson(int start) =>
        _words.FirstFrom(start) is > 0 and var next
        && _words[next - 1] is var word
        && ContextWords.IsPerson(word.Form)
        && _words.Text.AsSpan(word.End..start).IsWhiteSpace();

    private bool IsLeadingTo(int from, int to, out bool isDirect)
    {
        isDirect = false;
        if (to - from > MaxGap || to < from)
        {
            return false;
        }
        var gap = _words.Text.AsSpan(from..to);
        isDirect = !gap.Contains(',');
        if (gap.ContainsAny("!?;…") || HasNumber(gap) || gap.Count('\n') > 1)
        {
            return false;
        }
        var words = 0;
        for (var at = _words.FirstFrom(from); at < _words.Count && _words[at].Start < to; at++)
        {
            // A new sentence begins.
            if (_words[at].IsCapitalised && _words.Text.AsSpan(from.._words[at].Start).TrimEnd().EndsWith('.'))
            {
                return false;
            }
            isDirect &= ContextWords.IsFiller(_words[at].Form);
            if (++words > MaxWords)
            {
                return false;
            }
        }

        return true;
    }

    // One short number says something of the other: "CMND 9 số: 205123456", "GPLX hạng B2 số 480123456789".
    private static bool HasNumber(ReadOnlySpan<char> gap)
    {
        var first = gap.IndexOfAnyInRange('0', '9');
        var last = gap.LastIndexOfAnyInRange('0', '9');
        return first >= 0
            && (
                last - first > 3
                || gap[first..last].ContainsAnyExceptInRange('0', '9')
                || !gap[last..].ContainsAny(":)sS")
            );
    }

    // "0123456789 (STK)", "0123456789 là số tài khoản".
    private bool IsNamedAfter(int from, int to)
    {
        if (to - from is > 12 or < 1)
        {
            return false;
        }
        var gap = _words.Text.AsSpan(from..to).Trim();
        return gap is "(" or "[" || gap.StartsWith("là") || gap.StartsWith("la ") || gap.StartsWith("is ");
    }
}
