using System.Globalization;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>Digits that stand together in a text.</summary>
/// <param name="Start">In UTF-16 code units.</param>
/// <param name="End">After the last.</param>
/// <param name="Digits">As ASCII digits.</param>
/// <param name="Before">What parts it from the group before it in its chain; empty for the first.</param>
internal readonly record struct DigitGroup(int Start, int End, string Digits, string Before);

/// <summary>Groups of digits with nothing between them but what people put into a number.</summary>
internal sealed class DigitChain(string text, IReadOnlyList<DigitGroup> groups)
{
    /// <summary>Most digits that are looked at as one number.</summary>
    public const int MaxDigits = 24;

    private const int MaxSeparator = 5,
        MaxPieces = 6;

    public IReadOnlyList<DigitGroup> Groups => groups;

    public int Start => groups[0].Start;

    /// <summary>A letter stands before it without a space.</summary>
    public bool IsAfterLetter => Start > 0 && char.IsLetter(text[Start - 1]);

    /// <summary>A letter stands after it without a space.</summary>
    public bool IsBeforeLetter => groups[^1].End < text.Length && char.IsLetter(text[groups[^1].End]);

    /// <summary>The chains of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isMasked">Places whose digits are of something else.</param>
    public static IEnumerable<DigitChain> In(string text, bool[] isMasked)
    {
        var groups = new List<DigitGroup>();
        var zeros = ZeroLetters.In(text);
        for (var at = 0; at < text.Length; )
        {
            if (!IsDigitAt(text, isMasked, zeros, at))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < text.Length && IsDigitAt(text, isMasked, zeros, at))
            {
                at++;
            }
            var digits = Enumerable
                .Range(start, Math.Min(at - start, 4 * MaxDigits))
                .Select(place => DigitAt(text, place));
            var before = groups.Count == 0 ? "" : text[groups[^1].End..start];
            if (groups.Count > 0 && !IsSeparator(before))
            {
                yield return new DigitChain(text, groups);
                groups = [];
                before = "";
            }

            groups.Add(new DigitGroup(start, at, string.Concat(digits), before));
        }

        if (groups.Count > 0)
        {
            yield return new DigitChain(text, groups);
        }
    }

    /// <summary>The digits from one group to another, both included.</summary>
    public string Digits(int from, int to) => string.Concat(Between(from, to).Select(group => group.Digits));

    /// <summary>How many digits each of these groups has.</summary>
    public int[] Sizes(int from, int to) => [.. Between(from, to).Select(group => group.Digits.Length)];

    /// <summary>A letter stands for a 0 after the first.</summary>
    public bool HasLetterWithin(int from, int to) =>
        text.AsSpan((groups[from].Start + 1)..groups[to].End).ContainsAny('O', 'o');

    /// <summary>Grouped by one and the same sign.</summary>
    public bool IsEven(int from, int to) =>
        Between(from + 1, to)
            .All(group =>
                Core(group.Before) == Core(groups[from + 1].Before)
                && (group.Before.Length < 2 || (group.Before.Length == 2 && string.IsNullOrWhiteSpace(group.Before)))
            );

    /// <summary>Even, or a few short groups parted in any way but by commas: "048 - 090 - 001234".</summary>
    public bool IsInPieces(int from, int to) =>
        IsEven(from, to)
        || (
            to - from < MaxPieces
            && Between(from, to).All(group => group.Digits.Length <= MaxPieces)
            && !Between(from + 1, to).Any(group => group.Before.Contains(','))
        );

    /// <summary>Groups as people write telephone numbers in, and no list of short numbers.</summary>
    /// <param name="from">The first group.</param>
    /// <param name="to">The last group.</param>
    /// <param name="isInternational">A plus sign stands before the first, which is the country's code.</param>
    /// <param name="isSaid">A word says that it is one: it may be grouped in any way.</param>
    public bool IsGroupedAsPhone(int from, int to, bool isInternational = false, bool isSaid = false)
    {
        var count = to - from + 1;
        if (count == 1)
        {
            return true;
        }
        var changes = 0;
        var isSingle = Between(from, to).All(group => group.Digits.Length == 1);
        for (var i = from; i <= to; i++)
        {
            var isLead = i == from || (i == from + 1 && groups[from].Digits is "84" or "0084");
            // "(0212) 3.852.999": the exchange's first digit by itself.
            var isFirstOfExchange = i > from && i < to && groups[i + 1].Digits.Length >= 3;
            var isLast = i == to && count > 3 && !isInternational;
            if (
                groups[i].Digits.Length == 1
                && !isSingle
                && !isFirstOfExchange
                && !isLast
                && !(isLead && (groups[i].Digits == "0" || (isInternational && i == from)))
            )
            {
                return false;
            }
            if (i > from && groups[i].Before == ":" && !isSaid)
            {
                return false;
            }
            if (i > from && groups[i].Before.Contains('\n') && groups[i].Digits.Length < 3)
            {
                return false;
            }
            // After the country's code the separator is another.
            if (
                i > from + 1
                && !(i == from + 2 && groups[from].Digits is "84" or "0084")
                && !IsLike(groups[i].Before, groups[i - 1].Before)
            )
            {
                changes++;
            }
        }

        // "0236 3.822.456", "028 38 29 56-78"; with more changes it is a list of times, of amounts.
        return isSaid
            || (
                (isSingle || count <= 6)
                && (count <= 3 || changes <= 1)
                && !IsProgression(from, to)
                && !IsListOfLike(from, to)
            );
    }

    /// <summary>An amount: groups of three, the first of up to three that does not begin with 0.</summary>
    public bool IsThousands(int from, int to) =>
        to > from
        && groups[from].Digits.Length <= 3
        && groups[from].Digits[0] != '0'
        && IsEven(from, to)
        && Core(groups[to].Before) is '.' or ',' or ' '
        && Between(from + 1, to).All(group => group.Digits.Length == 3);

    /// <summary>A list of years.</summary>
    public bool IsYears(int from, int to) =>
        Between(from, to).All(group => group.Digits is ['1', '9', _, _] or ['2', '0', _, _]);

    /// <summary>
    /// The first digit is a number's own first: no sign of a larger number stands before it. A whole mobile number is
    /// no decimal's: "1.0912345678".
    /// </summary>
    public bool MayBegin(int at) =>
        at == 0
        || groups[at].Before is not ("." or ",")
        || (NumberPlan.IsMobile(groups[at].Digits) && groups[at - 1].Digits != "0");

    /// <summary>Another group like those from one to another stands beside them: a list of codes or times.</summary>
    public bool IsOfMore(int from, int to) =>
        to > from
        && (
            (from > 0 && groups[from - 1].Digits.Length == groups[from].Digits.Length)
            || (to + 1 < groups.Count && groups[to + 1].Digits.Length == groups[to].Digits.Length)
        );

    /// <summary>Each group begins with 0, or is more than the one before it: a list of codes.</summary>
    public bool IsAscending(int from, int to) =>
        to > from
        && (
            Between(from, to).All(group => group.Digits[0] == '0')
            || Enumerable
                .Range(from + 1, to - from)
                .All(i =>
                    groups[i].Digits.Length == groups[i - 1].Digits.Length
                    && string.CompareOrdinal(groups[i].Digits, groups[i - 1].Digits) > 0
                )
        );

    private IEnumerable<DigitGroup> Between(int from, int to) => groups.Skip(from).Take(to - from + 1);

    // "0915 0930 45": times, rooms.
    private bool IsListOfLike(int from, int to) =>
        groups[from].Digits.Length == 4 && Between(from + 1, to).Any(group => group.Digits is ['0', _, _, _]);

    // "09 10 11 12 13": days, classes, houses.
    private bool IsProgression(int from, int to)
    {
        if (to - from < 3 || groups[from].Digits.Length > 2)
        {
            return false;
        }
        var step = Value(from + 1) - Value(from);
        return Math.Abs(step) is 1 or 2
            && Enumerable.Range(from + 1, to - from).All(i => Value(i) - Value(i - 1) == step);

        int Value(int at) =>
            groups[at].Digits.Length <= 2
                ? int.Parse(groups[at].Digits, CultureInfo.InvariantCulture)
                : int.MinValue / 2;
    }

    // A bracket goes with anything.
    private static bool IsLike(string one, string other) =>
        one.AsSpan().ContainsAny("()[]") || other.AsSpan().ContainsAny("()[]") || Core(one) == Core(other);

    private static char Core(string separator)
    {
        var core = separator.FirstOrDefault(unit => !char.IsWhiteSpace(unit) && !IsFormat(unit), ' ');
        return IsDash(core) ? '-' : core;
    }

    private static bool IsDash(char unit) =>
        CharUnicodeInfo.GetUnicodeCategory(unit) == UnicodeCategory.DashPunctuation || unit == '−';

    private static bool IsSeparator(string between)
    {
        if (between.Length > MaxSeparator || between.Count(unit => unit == '\n') > 1)
        {
            return false;
        }
        if (between is ":" or "..." || between.AsSpan().Trim() is "…")
        {
            return true;
        }
        // "7, 8": a list.
        return between.All(IsOfSeparator) && (!between.Contains(',') || between.Length == 1);
    }

    private static bool IsOfSeparator(char unit) =>
        char.IsWhiteSpace(unit) || ".,/\\()[]_*|~·•‧∙․'".Contains(unit) || IsDash(unit) || IsFormat(unit);

    private static bool IsFormat(char unit) => CharUnicodeInfo.GetUnicodeCategory(unit) == UnicodeCategory.Format;

    private static bool IsDigitAt(string text, bool[] isMasked, HashSet<int> zeros, int at) =>
        !isMasked[at] && (char.IsDigit(text[at]) || zeros.Contains(at));

    private static char DigitAt(string text, int at) =>
        char.IsDigit(text[at]) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(text[at])) : '0';
}
