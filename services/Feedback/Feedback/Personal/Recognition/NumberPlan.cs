namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// Vietnam's numbering plan (Circular 22/2014/TT-BTTTT with the changes of 2017 and 2018), and what the numbers of
/// identity cards and payment cards tell of themselves. Every number is digits only.
/// </summary>
internal static class NumberPlan
{
    private const int Mobile = 10,
        Landline = 11;

    // Two digits after the first 0.
    private static readonly HashSet<string> MobileCodes =
        "32 33 34 35 36 37 38 39 52 55 56 58 59 70 76 77 78 79 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99"
            .Split(' ')
            .ToHashSet();

    private static readonly HashSet<string> AreaCodes = (
        "24 28 203 204 205 206 207 208 209 210 211 212 213 214 215 216 218 219 220 221 222 225 226 227 228 229 232 233 234 235 236 237 238 239 251 252 254 255 256 257 258 259 260 261 262 "
        + "263 269 270 271 272 273 274 275 276 277 290 291 292 293 294 296 297 299"
    )
        .Split(' ')
        .ToHashSet();

    // Before September 2018; still in people's address books.
    private static readonly HashSet<string> OldMobileCodes =
        "120 121 122 123 124 125 126 127 128 129 162 163 164 165 166 167 168 169 186 188 199".Split(' ').ToHashSet();

    // Circular 07/2016/TT-BCA.
    private static readonly HashSet<string> Provinces = (
        "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 "
        + "074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096"
    )
        .Split(' ')
        .ToHashSet();

    /// <summary>A telephone number whole, with its area code or as dialled from abroad.</summary>
    /// <param name="digits">The digits.</param>
    /// <param name="isInternational">After a plus sign.</param>
    public static bool IsPhone(string digits, bool isInternational) =>
        National(digits, isInternational) is { } national
            ? IsNational(national)
            : !isInternational
                && (
                    IsNational(digits)
                    || (digits.Length == Landline && digits[0] == '0' && OldMobileCodes.Contains(digits[1..4]))
                );

    /// <summary>A mobile number as it is dialled within the country.</summary>
    public static bool IsMobile(string digits) =>
        digits.Length == Mobile && digits[0] == '0' && MobileCodes.Contains(digits[1..3]);

    /// <summary>As it is dialled within the country; null for one without the country's code.</summary>
    public static string? National(string digits, bool isInternational)
    {
        var rest =
            digits.StartsWith("0084", StringComparison.Ordinal) ? digits[4..]
            : digits.StartsWith("84", StringComparison.Ordinal) && (isInternational || digits.Length > Mobile)
                ? digits[2..]
            : null;
        return rest is null ? null : "0" + rest.TrimStart('0');
    }

    /// <summary>Services that everybody may ring.</summary>
    public static bool IsService(string digits) =>
        digits.Length is 8 or 10
        && (digits.StartsWith("1900", StringComparison.Ordinal) || digits.StartsWith("1800", StringComparison.Ordinal));

    /// <summary>Short numbers of services, and how the longer ones begin.</summary>
    public static bool IsShortService(string digits) => digits is ['1', '1', _] or ['1', '0' or '8' or '9', _, _];

    /// <summary>Twelve digits: province, sex and century, year of birth, number.</summary>
    public static bool IsCitizen(string digits) =>
        digits.Length == 12 && digits[3] is >= '0' and <= '3' && Provinces.Contains(digits[..3]);

    /// <summary>A payment card by its check digit (ISO/IEC 7812-1), of an issuer that is used here.</summary>
    public static bool IsCard(string digits)
    {
        if (digits.Length is not (16 or 19) || digits[0] is not ('3' or '4' or '5' or '6' or '9'))
        {
            return false;
        }
        if (digits.StartsWith("9704", StringComparison.Ordinal))
        {
            return true;
        }
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 1 : 2);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0 && digits[0] is not '9';
    }

    private static bool IsNational(string digits) =>
        IsMobile(digits)
        || (
            digits.Length == Landline
            && digits[0] == '0'
            && (AreaCodes.Contains(digits[1..3]) || AreaCodes.Contains(digits[1..4]))
        );
}
