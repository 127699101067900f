using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// Dates, times of day, amounts with their unit, decimal fractions and prizes: their digits are nobody's number.
/// </summary>
internal static partial class OtherNumbers
{
    // Fewer digits are an amount, whatever unit they have.
    private const int LeastUnknown = 9;

    // "205.123.456": digits and separators.
    private const int GroupedIdentity = 11;

    /// <summary>The places of a text that such numbers take.</summary>
    public static bool[] In(string text, Context context)
    {
        var isTaken = new bool[text.Length];
        foreach (var other in Forms().Matches(text).Where(other => !IsSaid(other, context)))
        {
            isTaken.AsSpan(other.Index, other.Length).Fill(true);
        }
        return isTaken;
    }

    // "STK 19034567890123 VND", "CMND 205.123.456 Người cấp": the word before the number is stronger than that after
    // it. A long number before a word that can be a name, or another word without its marks, is no amount, either:
    // "19034567890123 Tạ Văn Hùng".
    private static bool IsSaid(Match other, Context context)
    {
        var number = other.Groups["number"];
        if (!number.Success)
        {
            return false;
        }
        var unit = other.Groups["unit"].ValueSpan;
        var isBare = !number.ValueSpan.ContainsAnyExceptInRange('0', '9');
        var isLong = isBare && number.Length >= LeastUnknown;
        if (
            isLong
            && (
                unit is "dong" or "ngan" or "nghin" or "trieu"
                || (unit.Length > 1 && char.IsUpper(unit[0]) && char.IsLower(unit[1]))
            )
        )
        {
            return true;
        }
        return context.Of(number.Index, number.Index + number.Length)
                is {
                    IsDirect: true,
                    Topic: not (Topic.Amount or Topic.Bank or Topic.Document or Topic.Goods or Topic.Member)
                } said
            && (
                isLong
                || (isBare && said.Topic == Topic.Passport)
                || (number.ValueSpan[0] == '0' && said.Topic == Topic.Phone)
                || (said.Topic == Topic.Identity && number.Length == GroupedIdentity)
            );
    }

    private const string Money =
        @"đồng(?!\s+(?:chí|ý|nghiệp|bào))|đ(?!\p{L}|/c)|₫|vnđ|vnd|usd|eur|\$|€|triệu|trieu|tỷ|tỉ(?!nh)|nghìn|nghin|ngàn|ngan(?!\p{L})|dong(?!\p{L}|\s+chi)|";

    private const string Measures = @"m2|m²|m3|m³|km|ha(?!\p{L})|kg|tấn|tạ(?!\p{L})|lít|mét|kwh|";

    // "giải nhì 09123 - 45678".
    private const string Prizes =
        @"giải\s(?:đặc biệt|nhất|nhì|ba|tư|năm|sáu|bảy)(?:\s?[:=(]|\s(?:là|gồm|số|ra)){0,2}\s?\d{5}(?:\s[–—-]\s\d{5}){1,8}(?!\d)";

    // "K = 1,0912345678", "hệ số 1,0912345678"; "Phòng 5,0912345678" is a room and a telephone number.
    private const string Factors =
        @"(?<![\p{L}\p{N}])(?:[\p{L}]\d?\s?[=≈]|(?:hệ số|tỷ lệ|tỉ lệ|tỷ số|tỉ số|hằng số|xấp xỉ)(?:\s(?:là|bằng|\p{L})(?!\p{L}))?(?:\s?[=≈:])?)\s?\d{1,3}[.,]\d{6,12}(?!\d)(?![.,/-]\d)";

    [GeneratedRegex(
        @"(?<!\d)(?<!\d[./-])(?:0?[1-9]|[12]\d|3[01])(?<s>\s?[./–-]\s?)(?:0?[1-9]|1[0-2])\k<s>(?:19|20)\d\d(?!\d)(?!\k<s>\d)(?: [0-2]?\d[.:][0-5]\d(?!\d))?"
            + @"|(?<!\d)(?:19|20)\d\d(?<t>[./-])(?:0?[1-9]|1[0-2])\k<t>(?:0?[1-9]|[12]\d|3[01])(?!\d)(?!\k<t>\d)"
            + @"|(?<!\d)(?<!\d[./-])(?:0?[1-9]|1[0-2])/(?:19|20)\d\d(?!\d)(?![./-]\d)"
            + @"|(?<!\d)(?<!\d[.:,/-])(?:[01]?\d|2[0-4])[.:hg][0-5]\d\s?[–—-]\s?(?:[01]?\d|2[0-4])[.:hg][0-5]\d(?!\d)(?![./-]\d)"
            + @"|(?<![\d+(])(?<!\d[.,\s–-])(?:(?<number>[1-9]\d{0,2}(?:[.,\s]\d{3}){1,8})(?:[.,]\d{1,3})?\s?(?<unit>"
            + Money
            + Measures
            + @"người|lượt|hộ(?!\p{L})|cây|phiếu|học sinh|sinh viên)"
            + @"|(?<number>[1-9]\d{0,15})(?:[.,]\d{1,3})?\s?(?<unit>"
            + Money
            + Measures
            + "%))"
            + @"|(?<![\d.,])(?<number>0[.,]\d{1,9})(?!\d)(?![.,]\d)(?!\s\d{3}\s\d{3}(?!\d))|"
            + Prizes
            + "|"
            + Factors,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Forms();
}
