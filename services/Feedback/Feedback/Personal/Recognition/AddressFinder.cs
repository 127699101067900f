using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// Houses by their number and what follows it: "45/12A đường Trần Hưng Đạo", "SN 18, tổ 5". All of it is only likely.
/// </summary>
internal static partial class AddressFinder
{
    public static void Find(WordsOfText words, List<PersonalSpan> found) =>
        found.AddRange(
            Houses().Matches(words.Text).Select(house => PersonalSpan.Of(house, PersonalDataKind.Address, false))
        );

    // "12", "45/12A", "123/45/6".
    private const string House = @"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4}(?![\p{L}\p{N}])";

    private const string Slashed = @"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){1,4}(?![\p{L}\p{N}/])";

    // "12B"; of a road, a bus, a class it is no house's.
    private const string Lettered = @"(?<!(?:lộ|đường|tuyến|xe|buýt|số|lớp|khối|km|ql)\s)\d{1,4}[a-z](?![\p{L}\p{N}])";

    // "12/3 đường Trần Phú cấm xe": a day.
    private const string NoDay =
        @"(?!(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?:/(?:\d\d|(?:19|20)\d\d))?(?![\p{L}\p{N}/]))";

    private const string Name = @"(?:\s(?-i:\p{Lu})\p{L}*(?!\p{N})){1,5}";

    // "đường Trần Hưng Đạo", "tổ 5", "tòa B".
    private const string Part =
        @"(?:,?\s(?:đường|duong|phố|pho|ngõ|ngo|ngách|ngach|hẻm|hem|kiệt|kiet|tổ|khu phố|khu|thôn|bản|ấp|xóm|phường|xã|quận|huyện|thành phố|tỉnh)(?:\s(?:số\s)?"
        + House
        + "|"
        + Name
        + @"))";

    private const string Building =
        @"(?:,?\s(?:tầng|tòa(?:\snhà)?|toà(?:\snhà)?|toa|block|lô|chung cư|chung cu|nhà|khu)(?:\s\d{1,3}(?![\p{L}\p{N}])|"
        + @"\s(?-i:[A-Z])\d{0,2}(?![\p{L}\p{N}])|"
        + Name
        + @"))";

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?<![\d/.,-])(?:"
            + "(?:"
            + NoDay
            + Slashed
            + "|"
            + Lettered
            + ")"
            + Part
            + @"{1,4}"
            + @"|(?:ngõ|ngách|hẻm|hem|kiệt|kiet)\s(?:số\s)?"
            + Slashed
            + "(?:"
            + Name
            + ")?"
            + Part
            + @"{0,4}"
            + @"|căn(?:\shộ)?\s(?:số\s)?(?:[a-z]{1,2}[.-]?)?\d{1,4}(?:[.-]\d{1,4})?[a-z]?"
            + Building
            + "{1,4}"
            + @"|sn\.?\s?(?!(?:19|20)\d\d(?!\d))"
            + House
            + Part
            + @"{1,4})",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Houses();
}
