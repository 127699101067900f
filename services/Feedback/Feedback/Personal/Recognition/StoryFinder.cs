using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// What a text tells of people in words: where they live, when they were born, their profiles, numbers spelled out. All
/// of it is only likely.
/// </summary>
internal static partial class StoryFinder
{
    private const int LeastSpelled = 8;

    private static readonly HashSet<string> Digits = WordForm.MarkedOf(
        "không một hai ba bốn tư năm lăm sáu bảy bẩy tám chín mốt linh lẻ"
    );

    public static void Find(WordsOfText words, List<PersonalSpan> found)
    {
        found.AddRange(
            Births().Matches(words.Text).Select(birth => Of(birth.Groups["what"], PersonalDataKind.BirthDate))
        );
        found.AddRange(
            Addresses().Matches(words.Text).Select(address => Of(address.Groups["what"], PersonalDataKind.Address))
        );
        found.AddRange(Profiles().Matches(words.Text).Select(profile => Of(profile, PersonalDataKind.Profile)));
        Spelled(words, found);
    }

    private static PersonalSpan Of(Group part, PersonalDataKind kind) => PersonalSpan.Of(part, kind, false);

    private static void Spelled(WordsOfText words, List<PersonalSpan> found)
    {
        for (var at = 0; at < words.Count; at++)
        {
            var first = at;
            while (
                at < words.Count
                && Digits.Contains(words[at].Form.Marked)
                && (at == first || words.After(at - 1).Trim() is "" or "," or "-" or ".")
            )
            {
                at++;
            }
            if (at - first >= LeastSpelled)
            {
                found.Add(PersonalSpan.Between(words[first].Start, words[at - 1].End, PersonalDataKind.Phone, false));
            }
        }
    }

    [GeneratedRegex(
        @"(?<!\p{L})(?<!(?:khai|vệ|hy|hi|học|phát|thí|tuyển|an|nảy|tái|tiệt|ký|kí|quần|mưu|dưỡng)\s)(?:sinh ngày|ngày sinh|sinh năm|năm sinh|ngày tháng năm sinh|sinh vào ngày|sinh(?=\s\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]|\s\d{1,2}\s?th[áa]ng)|date of birth|dob|born(?: on)?)\W{0,3}"
            + @"(?<what>\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|(?:m[ồùou]ng\s)?\d{1,2}\s?th[áa]ng\s?\d{1,2},?\s?n[ăa]m\s?\d{4}|\d{4}(?:-\d\d-\d\d)?)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Births();

    [GeneratedRegex(
        @"(?<!\p{L})(?:(?:địa chỉ|thường trú|tạm trú|trú tại|cư trú tại|trú quán|hiện ở|nhà ở tại|my address)(?: nhà| riêng| tại| số| ở| is)?\s?:?\s(?!(?:ip|web|website|trang|e-?mail|mail)(?!\p{L}))(?<what>[^\n;!?]{3,120}?)(?=[.;!?\n]|$)"
            + @"|(?<what>(?:số nhà|nhà số)\s\d[^\n.;!?]{0,80}|số \d{1,4}[a-z]?(?:/\d{1,4}){0,4},?\s(?:ngõ|ngách|hẻm|kiệt|đường|phố)\s[^\n.;,!?]{1,60}))",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Addresses();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?:facebook\.com|fb\.com|fb\.me|m\.me|zalo\.me|wa\.me|t\.me|tiktok\.com|instagram\.com)/[^\s,;)]{2,100}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Profiles();
}
