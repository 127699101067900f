using System.Buffers;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// Numbers of people: telephone, identity, account. What a number is, its own form says, or the words beside it.
/// </summary>
internal sealed class NumberFinder(WordsOfText words, Context context, string? ownPhone, List<PersonalSpan> found)
{
    // With fewer digits it is a room, a year, an amount.
    private const int LeastOfPhone = 7,
        MaxOfPhone = 15,
        MaxInGroups = 12,
        LeastUnknown = 9;

    private static readonly SearchValues<string> OfPeople = SearchValues.Create(
        ["zalo", "wa.me", "t.me", "viber", "whatsapp", "tel:"],
        StringComparison.OrdinalIgnoreCase
    );

    private readonly string? _own = ownPhone is null ? null : Bare(string.Concat(ownPhone.Where(char.IsAsciiDigit)));
    private readonly string _text = words.Text;
    private (int End, Said? Said) _last;

    public void Find()
    {
        foreach (var chain in DigitChain.In(_text, OtherNumbers.In(_text, context)))
        {
            Read(chain);
        }
    }

    private void Read(DigitChain chain)
    {
        var said = SaidOf(chain);
        var count = chain.Groups.Count;
        var isUnread = 0;
        for (var from = 0; from < count; )
        {
            if (Service(chain, from) is { } service)
            {
                Leave(chain, isUnread, from - 1, said);
                isUnread = from = service + 1;
            }
            else if (Longest(chain, from, isUnread, said) is { } number)
            {
                // "tổ 5,0912345678": what is certain in it goes before.
                if (
                    !number.IsCertain
                    && Enumerable
                        .Range(from + 1, number.To - from)
                        .FirstOrDefault(i => Longest(chain, i, isUnread, said) is { IsCertain: true })
                        is > 0
                            and var certain
                )
                {
                    from = certain;
                    continue;
                }

                Leave(chain, isUnread, from - 1, said);
                Add(chain, from, number.To, number.Kind, number.IsCertain);
                isUnread = from = number.To + 1;
            }
            else
            {
                from++;
            }
        }

        Leave(chain, isUnread, count - 1, said);
        _last = (chain.Groups[^1].End, said);
    }

    // "SĐT: 0912345678 hoặc 3852345": what was said of the first is said of the second.
    private Said? SaidOf(DigitChain chain)
    {
        if (context.Of(chain.Start, chain.Groups[^1].End) is { } said)
        {
            return said;
        }
        if (_last.Said is not { } before || chain.Start - _last.End is > 8 or < 1)
        {
            return null;
        }
        // What follows a tax number is another number.
        if (before.Topic == Topic.Tax)
        {
            before = before with { IsDirect = false };
        }
        var gap = _text.AsSpan(_last.End..chain.Start).Trim().Trim(",;/+&").Trim();
        return gap is "" or "và" or "hoặc" or "hay" or "va" or "hoac" or "and" or "or" ? before : null;
    }

    // "113-114-115", "1900 6165 1900 1234": numbers of services. What is whole by the plan is none of theirs.
    private static int? Service(DigitChain chain, int from)
    {
        var first = chain.Groups[from].Digits;
        if (!NumberPlan.IsShortService(first))
        {
            return null;
        }
        if (first is not (['1', '8' or '9', '0', '0']))
        {
            return first.Length == 3 || first is "1022" ? from : null;
        }
        return Ends(chain, from)
            .Reverse()
            .Skip(1)
            .Where(to => NumberPlan.IsService(chain.Digits(from, to)))
            .Select(to => (int?)to)
            .FirstOrDefault();
    }

    private (int To, PersonalDataKind Kind, bool IsCertain)? Longest(DigitChain chain, int from, int unread, Said? said)
    {
        if (!chain.MayBegin(from) && (from == 0 || !WasRead(chain, from)))
        {
            return null;
        }
        var ends = Ends(chain, from).ToList();
        (int, PersonalDataKind, bool)? likely = null;
        foreach (
            var (to, number) in ends.Select(to => (to, OfTopic(chain, from, to, said)))
                .Concat(ends.Select(to => (to, ByItself(chain, from, to, said))))
        )
        {
            if (number is { IsCertain: true })
            {
                return (to, number.Value.Kind, true);
            }
            if (number is not null)
            {
                likely ??= (to, number.Value.Kind, false);
            }
        }

        if (said is not { Topic: Topic.Phone } phone)
        {
            return likely;
        }
        foreach (var to in ends)
        {
            // Only what the word stands before, and whole: no end of a number whose beginning could not be read, and no
            // beginning.
            if (IsSaidPhone(chain, from, to, phone) is { } isCertain)
            {
                return isCertain && from == unread
                    ? (to, PersonalDataKind.Phone, true)
                    : likely ?? (to, PersonalDataKind.Phone, false);
            }
        }

        return likely;
    }

    // The longest first.
    private static IEnumerable<int> Ends(DigitChain chain, int from)
    {
        var (to, digits) = (from, chain.Groups[from].Digits.Length);
        while (to + 1 < chain.Groups.Count && digits + chain.Groups[to + 1].Digits.Length <= DigitChain.MaxDigits)
        {
            digits += chain.Groups[++to].Digits.Length;
        }
        for (; to >= from; to--)
        {
            yield return to;
        }
    }

    private bool WasRead(DigitChain chain, int at) =>
        found.Count > 0
        && found[^1].IsCertain
        && found[^1].End >= chain.Groups[at - 1].End
        && found[^1].Start <= chain.Groups[at - 1].Start;

    // What the words before it say, where the digits are as many as such a number has. Grouped by thousands it can be
    // an amount.
    private static (PersonalDataKind Kind, bool IsCertain)? OfTopic(DigitChain chain, int from, int to, Said? said)
    {
        if (
            said is not { } about
            || !IsWhole(chain, from, to)
            || chain.IsYears(from, to)
            || !(about.IsDirect ? chain.IsInPieces(from, to) : chain.IsEven(from, to))
        )
        {
            return null;
        }
        var digits = chain.Digits(from, to);
        var isThousands = chain.IsThousands(from, to);
        if (isThousands && digits.EndsWith("000", StringComparison.Ordinal))
        {
            return null;
        }
        return about.Topic switch
        {
            Topic.Tax when about.IsDirect && digits.Length is 10 or 13 && digits[0] == '8' => (
                PersonalDataKind.TaxNumber,
                !isThousands
            ),
            Topic.Identity when digits.Length is 9 or 12 => (PersonalDataKind.Identity, true),
            Topic.Identity when about.IsDirect && digits.Length is >= 8 and <= 13 => (PersonalDataKind.Identity, false),
            Topic.Passport when digits.Length is >= 6 and <= 9 => (PersonalDataKind.Passport, !isThousands),
            Topic.HealthInsurance when digits.Length is 10 or 13 => (PersonalDataKind.HealthInsurance, !isThousands),
            Topic.SocialInsurance when digits.Length is 10 || (about.IsDirect && digits.Length is >= 9 and <= 13) => (
                PersonalDataKind.SocialInsurance,
                !isThousands
            ),
            // "111/112/131": accounts of a ledger.
            Topic.BankAccount when to > from && chain.Groups[to].Before == "/" => null,
            Topic.BankAccount when digits.Length >= LeastUnknown || (about.IsDirect && digits.Length >= 6) => (
                PersonalDataKind.BankAccount,
                !isThousands
            ),
            Topic.Bank when digits.Length >= LeastUnknown && !isThousands => (PersonalDataKind.BankAccount, true),
            // A person's number begins with 8, also where it is grouped as an amount.
            Topic.PersonalTax when digits.Length is >= 9 and <= 13 => (
                PersonalDataKind.TaxNumber,
                !isThousands || (about.IsDirect && digits.Length == 10 && digits[0] == '8')
            ),
            _ => null,
        };
    }

    private (PersonalDataKind Kind, bool IsCertain)? ByItself(DigitChain chain, int from, int to, Said? said)
    {
        var digits = chain.Digits(from, to);
        var isInternational = PlusBefore(chain.Groups[from].Start) >= 0;
        var isFirst = from == 0 || (said is not { Topic: Topic.Tax } && chain.Groups[from].Before is not ("." or ","));
        if (_own is not null && digits.Length >= LeastOfPhone && IsOwn(digits) && chain.IsGroupedAsPhone(from, to))
        {
            return (PersonalDataKind.Phone, true);
        }
        if (!IsWhole(chain, from, to))
        {
            return null;
        }
        if (
            NumberPlan.IsPhone(digits, isInternational)
            && chain.IsGroupedAsPhone(from, to, isInternational, said is { Topic: Topic.Phone, IsDirect: true })
            && !IsAmount(chain, from, to, isInternational, said)
        )
        {
            return (PersonalDataKind.Phone, isInternational || !IsOther());
        }
        // Grouped as nobody would, but whole.
        if (
            NumberPlan.IsPhone(digits, isInternational)
            && to - from is > 2 and <= 4
            && chain.Groups[from].Digits.Length >= 3
            && chain.IsGroupedAsPhone(from, to, isInternational, true)
        )
        {
            return (PersonalDataKind.Phone, false);
        }
        if (NumberPlan.IsCitizen(digits) && IsGroupedAsCitizen(chain, from, to))
        {
            return (
                PersonalDataKind.Identity,
                IsClearCitizen(chain, from, to) && (said is { Topic: Topic.Tax } || !IsOther())
            );
        }
        if (
            NumberPlan.IsCard(digits)
            && chain.IsEven(from, to)
            && (to == from || chain.Groups[from].Digits.Length == 4)
        )
        {
            return (PersonalDataKind.BankAccount, !IsOther());
        }
        return
            isInternational
            && digits.Length is >= 9 and <= MaxOfPhone
            && digits[0] != '0'
            && (said is { Topic: Topic.Phone } || !chain.IsThousands(from, to))
            && chain.IsGroupedAsPhone(from, to, isInternational)
            ? (PersonalDataKind.Phone, digits.Length >= 10)
            : null;

        // A file's number, or an address of the web, is no person's, whatever it looks like. What follows "lô 12," is
        // another number.
        bool IsOther() =>
            (said is { Topic: Topic.Document or Topic.Tax or Topic.Member, IsDirect: true } && isFirst)
            || said is { Topic: Topic.Goods, IsDirect: true }
            || IsInCode(chain, from)
            || IsInAddress(chain.Start)
            || (
                chain.HasLetterWithin(from, to)
                && said is not { Topic: Topic.Phone }
                && !ZeroLetters.IsCalled(words, chain.Groups[from].Start)
            );
    }

    // Whether it is one for certain; null for what is none.
    private static bool? IsSaidPhone(DigitChain chain, int from, int to, Said said)
    {
        var digits = chain.Digits(from, to);
        if (
            digits.Length is < LeastOfPhone or > MaxOfPhone
            || chain.IsYears(from, to)
            || NumberPlan.IsService(digits)
            || !IsWhole(chain, from, to)
        )
        {
            return null;
        }
        var isThousands = chain.IsThousands(from, to);
        if (
            (isThousands && digits.EndsWith("000", StringComparison.Ordinal))
            || (to > from && digits.Length > MaxInGroups)
            || (!said.IsDirect && (digits.Length < LeastUnknown || isThousands))
        )
        {
            return null;
        }
        // No area and no exchange has a number with 1; a local number has up to eight digits.
        var isPlausible =
            digits[0] == '0'
            || (
                NumberPlan.IsPhone("0" + digits, false)
                && (!isThousands || (to - from == 2 && chain.Groups[to].Before == " "))
            )
            || (digits[0] != '1' && digits.Length <= 8 && !isThousands)
            || (to == from && digits.Length >= LeastUnknown);
        return isPlausible && chain.IsEven(from, to) ? true
            : digits[0] != '1' ? false
            : null;
    }

    // What is left of a chain: long enough to be somebody's, and nothing says of whom.
    private void Leave(DigitChain chain, int from, int to, Said? said)
    {
        if (
            said is { Topic: Topic.Tax or Topic.Amount or Topic.Goods }
            || chain.IsAfterLetter
            || chain.IsBeforeLetter
            || to < from
        )
        {
            return;
        }
        if (
            said is { Topic: Topic.Member, IsDirect: true }
            && chain.Digits(from, to) is { Length: >= 5 and <= DigitChain.MaxDigits }
            && chain.IsEven(from, to)
        )
        {
            Add(chain, from, to, PersonalDataKind.Number, false);
            return;
        }

        for (var i = from; i <= to; i++)
        {
            if (
                chain.Groups[i].Digits.Length >= LeastUnknown
                && chain.MayBegin(i)
                && !NumberPlan.IsService(chain.Groups[i].Digits)
            )
            {
                Add(chain, i, i, PersonalDataKind.Number, false);
            }
        }

        if (
            to > from
            && to - from < 6
            && context.IsBeforeBank(chain.Groups[to].End)
            && !chain.IsThousands(from, to)
            && chain.IsInPieces(from, to)
            && chain.Digits(from, to).Length is >= LeastUnknown and <= DigitChain.MaxDigits
        )
        {
            Add(chain, from, to, PersonalDataKind.BankAccount, false);
            return;
        }

        var whole = from == to ? "" : chain.Digits(from, to);
        if (
            whole.Length is >= LeastUnknown and <= 12
            && whole[0] == '0'
            && chain.IsGroupedAsPhone(from, to)
            && to - from <= 4
        )
        {
            Add(chain, from, to, PersonalDataKind.Number, false);
        }
    }

    private void Add(DigitChain chain, int from, int to, PersonalDataKind kind, bool isCertain)
    {
        var (start, end) = (chain.Groups[from].Start, chain.Groups[to].End);
        if (PlusBefore(start) is >= 0 and var plus)
        {
            start = plus;
        }
        // A bracket that is closed within the number is opened before it.
        if (
            start > 0
            && _text[start - 1] is '(' or '['
            && _text.AsSpan(start..end) is var inside
            && inside.Count('(') + inside.Count('[') < inside.Count(')') + inside.Count(']')
        )
        {
            start--;
        }
        found.Add(PersonalSpan.Between(start, end, kind, isCertain));
    }

    // "+84", "+ 84", "+(84)", "(+84)".
    private int PlusBefore(int start)
    {
        for (var at = start - 1; at >= 0 && start - at <= 3; at--)
        {
            if (_text[at] == '+')
            {
                return at;
            }
            if (_text[at] is not (' ' or '('))
            {
                return -1;
            }
        }

        return -1;
    }

    // No whole part of a decimal fraction.
    private static bool IsWhole(DigitChain chain, int from, int to) =>
        to + 1 >= chain.Groups.Count
        || chain.Groups[to + 1].Before is not ","
        || chain.Groups[to + 1].Digits.Length >= 6
        || (from == to && chain.Groups[to].Digits.Length >= LeastUnknown);

    // "84.912.345.678": written as an amount.
    private static bool IsAmount(DigitChain chain, int from, int to, bool isInternational, Said? said) =>
        !isInternational
        && chain.IsThousands(from, to)
        && chain.Groups[from].Digits == "84"
        && (chain.Groups[to].Before is "." or "," || said is { Topic: Topic.Amount });

    private static bool IsGroupedAsCitizen(DigitChain chain, int from, int to)
    {
        var sizes = chain.Sizes(from, to);
        return chain.IsEven(from, to)
            && (
                sizes.All(size => size >= 3)
                || sizes.All(size => size == 1)
                || sizes is [3, 1, 2, 6] or [3, 3, 2, 4] or [3, 1, 2, 3, 3]
            );
    }

    // "048 090 001234": as on the card. Other groups, or more of the same, are as well a list of codes, of times, of
    // prizes.
    private static bool IsClearCitizen(DigitChain chain, int from, int to)
    {
        var sizes = chain.Sizes(from, to);
        return sizes is [12]
            || (sizes is [3, 3, 6] or [3, 3, 3, 3] && !chain.IsAscending(from, to) && !chain.IsOfMore(from, to));
    }

    // "QH0912345678": capitals that are no word for a telephone belong to the number.
    private bool IsInCode(DigitChain chain, int from)
    {
        if (GluedWords.IsAround(words, chain))
        {
            return false;
        }
        if (
            chain.IsAfterLetter
            && (
                GluedWords.IsHash(words, chain)
                || (from == 0 && IsOfCode(words[words.FirstFrom(chain.Start) - 1], chain))
            )
        )
        {
            return true;
        }

        // "0912345678abcdef0912345678".
        return chain.IsBeforeLetter
            && words[words.FirstFrom(chain.Groups[^1].End)] is var after
            && after.End < _text.Length
            && char.IsDigit(_text[after.End])
            && !ContextWords.IsFiller(after.Form);
    }

    private bool IsOfCode(Word word, DigitChain chain) =>
        (
            chain.IsBeforeLetter
            || word.Spelling.All(char.IsUpper)
            || (word.Start > 0 && char.IsDigit(_text[word.Start - 1]))
        )
        && !ContextWords.IsFiller(word.Form)
        && context.Of(chain.Start, chain.Groups[^1].End) is not { Topic: Topic.Phone };

    // Digits of an address of the web are a page's; those of zalo.me are a person's.
    private bool IsInAddress(int at)
    {
        const int Longest = 300;
        var start = at;
        while (start > 0 && at - start < Longest && !char.IsWhiteSpace(_text[start - 1]))
        {
            start--;
        }
        return _text.AsSpan(start..at) is var before
            && (
                before.Contains("://", StringComparison.Ordinal)
                || before.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
            )
            && !before.ContainsAny(OfPeople);
    }

    private bool IsOwn(string digits)
    {
        var bare = digits.TrimStart('0');
        return bare == _own || (bare.StartsWith("84", StringComparison.Ordinal) && bare[2..].TrimStart('0') == _own);
    }

    /// <summary>
    /// Without the country's code and zeros before it: the same for one number, however it is dialled.
    /// </summary>
    private static string Bare(string digits)
    {
        var bare = digits.TrimStart('0');
        return bare.Length > 9 && bare.StartsWith("84", StringComparison.Ordinal) ? bare[2..].TrimStart('0') : bare;
    }
}
