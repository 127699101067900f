using System.Globalization;
using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// E-mail addresses, whole, also as people write them past programs: <c>a @ b.vn</c>, <c>a (at) b (dot) vn</c>.
/// </summary>
internal static partial class EmailFinder
{
    // RFC 5321: 64 characters before the sign, 255 after it.
    // Nothing is left of a longer one, either.
    private const int MaxLocal = 256,
        MaxLabels = 8;

    private static readonly HashSet<string> TopLevel = (
        "vn com net org edu gov mil int info biz me io co asia email online name mobi pro tv cc app dev top xyz site store shop club jp kr cn hk us uk de fr ru au sg tw th la kh my id in ca eu nl ch se it es "
        + "example test invalid"
    )
        .Split(' ')
        .ToHashSet();

    /// <summary>Finds them.</summary>
    /// <param name="words">Of the text.</param>
    /// <param name="own">The sender's, which is known whatever its form.</param>
    /// <param name="found">Where to add them.</param>
    public static void Find(WordsOfText words, string? own, List<PersonalSpan> found)
    {
        Own(words.Text, own, found);
        found.AddRange(Signs().Matches(words.Text).Select(sign => Around(words.Text, sign)).OfType<PersonalSpan>());
    }

    private static void Own(string text, string? own, List<PersonalSpan> found)
    {
        if (string.IsNullOrEmpty(own))
        {
            return;
        }
        for (var at = 0; (at = text.IndexOf(own, at, StringComparison.OrdinalIgnoreCase)) >= 0; at += own.Length)
        {
            if (
                (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                && (at + own.Length == text.Length || !char.IsLetterOrDigit(text[at + own.Length]))
            )
            {
                found.Add(new(at, own.Length, PersonalDataKind.Email, true));
            }
        }
    }

    private static PersonalSpan? Around(string text, Match sign)
    {
        // "Read more at danang.gov.vn": the word can be no sign.
        var isWord = sign.Groups["word"].Success;
        var isUnclear = sign.Groups["unclear"].Success;
        var end = sign.Index;
        var start = end;
        while (start > 0 && end - start < MaxLocal && IsOfLocal(text[start - 1]))
        {
            start--;
        }
        while (start < end && text[start] is '.' or '-' or '\'' or '’')
        {
            start++;
        }
        if (start == end || !text[start..end].Any(char.IsLetterOrDigit))
        {
            return HandleAt(text, sign);
        }
        // The spaces around the sign belong to the match.
        var isTight =
            !char.IsWhiteSpace(sign.ValueSpan[0]) && !char.IsWhiteSpace(sign.ValueSpan[^1]) && !isWord && !isUnclear;
        // "trang @danangcity.vn": a name at some other place, unless it is a provider's.
        var isHandle = sign.ValueSpan is [' ' or '\n', .., '@'] && !IsAccount(text.AsSpan(start..end));
        var domain = Domain().Match(text, sign.Index + sign.Length);
        var labels = domain.Groups["label"].Captures;
        if (!domain.Success || labels.Count > MaxLabels)
        {
            return null;
        }
        var count = labels.Count;
        // A sentence went on without a space: "an@example.vn.Kính".
        while (
            count > 2
            && !TopLevel.Contains(labels[count - 1].Value.ToLowerInvariant())
            && TopLevel.Contains(labels[count - 2].Value.ToLowerInvariant())
        )
        {
            count--;
        }
        var last = labels[count - 1].Value;
        var isTop = TopLevel.Contains(last.ToLowerInvariant());
        var isProvider = Providers().IsMatch(labels[0].ValueSpan);
        if (isHandle && !isProvider)
        {
            return HandleAt(text, sign);
        }
        isUnclear &= !isProvider && !IsAccount(text.AsSpan(start..end));
        var span = PersonalSpan.Between(
            start,
            labels[count - 1].Index + last.Length,
            PersonalDataKind.Email,
            !isUnclear
        );
        return count switch
        {
            1 when isProvider => span,
            1 => isTight && last.Any(char.IsLetter) ? span with { IsCertain = false } : null,
            _ when isTop || isProvider => span,
            _ when isTight => !last.Any(char.IsDigit) ? span with { IsCertain = last.Length >= 2 } : null,
            _ when !isWord && !isUnclear && last.Length >= 2 && last.All(char.IsAsciiLetter) => span with
            {
                IsCertain = false,
            },
            _ => null,
        };
    }

    // "@nguyenvanan": a name at some other place.
    private static PersonalSpan? HandleAt(string text, Match sign)
    {
        var start = sign.Index + sign.Length;
        var end = start;
        while (
            end < text.Length
            && end - start < MaxLocal
            && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '.' or '_')
        )
        {
            end++;
        }
        return text[start - 1] == '@' && end - start > 4
            ? PersonalSpan.Between(start - 1, end, PersonalDataKind.Profile, false)
            : null;
    }

    // "an.nguyen", "an_85": no word of a sentence.
    private static bool IsAccount(ReadOnlySpan<char> local) => Accounts().IsMatch(local);

    private static bool IsOfLocal(char unit) =>
        char.IsLetterOrDigit(unit)
        || "._%+-'’#&!=".Contains(unit)
        || CharUnicodeInfo.GetUnicodeCategory(unit)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;

    [GeneratedRegex(
        @"\s{0,3}[(\[{<]?[@﹫]{1,3}[)\]}>]?\s{0,3}|&#64;|%40|\s{0,3}[(\[{<]\s?(?:(?<word>at|a[ -]còng|acong|a móc)|(?<unclear>a))\s?[)\]}>]\s{0,3}"
            + @"|(?:\s(?:(?<word>a[ -]còng|acong)|(?<unclear>at))\s|(?<unclear>_at_))(?=[\p{L}\p{N}-]+(?:\s?(?:\.|chấm|dot)\s?)(?:com|vn|net|org|edu|gov)\b)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Signs();

    // Dots with space around them, and commas for dots, belong to it only before the end of a name that is known.
    [GeneratedRegex(
        @"\G(?<label>[\p{L}\p{N}\p{M}_-]{1,63})(?:(?:\.(?<label>[\p{L}\p{N}\p{M}_-]{1,63}))|(?:\s{0,2}[(\[{]?(?:[.,·]|dot|chấm)[)\]}]?\s{0,2}(?<label>com|vn|net|org|edu|gov)(?![\p{L}\p{N}])))*(?<=[\p{L}\p{N}\p{M}_])",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Domain();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]*(?:[0-9]|[._-][A-Za-z0-9]+)+$", RegexOptions.CultureInvariant)]
    private static partial Regex Accounts();

    [GeneratedRegex(
        "^(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|icloud|protonmail|proton|zoho|msn)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Providers();
}
