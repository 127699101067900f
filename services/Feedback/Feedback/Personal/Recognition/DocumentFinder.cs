using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>Numbers of people that letters belong to: passports, health insurance cards, plates.</summary>
internal static partial class DocumentFinder
{
    // The two letters of a health insurance card say whose it is (Decision 1351/QĐ-BHXH of 2015).
    private static readonly HashSet<string> Insured =
        "DN HX CH NN TK HC XK HT TB NO CT XB TN CS XN MS CC CK CB KC HD TE BT HN DT DK XD TS TC TQ TA TY HG LS PV HS SV GB GD QN CA CY ND TV TD TL"
            .Split(' ')
            .ToHashSet();

    public static void Find(WordsOfText words, Context context, List<PersonalSpan> found)
    {
        var text = words.Text;
        found.AddRange(
            from card in InsuranceCards().Matches(text)
            let isCertain = Insured.Contains(card.Groups["who"].Value.ToUpperInvariant())
                || SaidOf(card) is { Topic: Topic.HealthInsurance or Topic.SocialInsurance }
            select PersonalSpan.Of(card, PersonalDataKind.HealthInsurance, isCertain)
        );
        found.AddRange(
            from passport in Passports().Matches(text)
            let isCertain = IsPassport(passport, SaidOf(passport))
            where isCertain is not null
            select PersonalSpan.Of(passport, PersonalDataKind.Passport, isCertain.Value)
        );
        // A passport of another country has any letters and digits.
        found.AddRange(
            from passport in OtherPassports().Matches(text)
            where SaidOf(passport) is { Topic: Topic.Passport }
            select PersonalSpan.Of(passport, PersonalDataKind.Passport, false)
        );
        found.AddRange(
            from plate in Plates().Matches(text)
            where SaidOf(plate) is not { Topic: Topic.Document or Topic.Goods, IsDirect: true }
            select PersonalSpan.Of(plate, PersonalDataKind.NumberPlate, false)
        );

        Said? SaidOf(Match match) => context.Of(match.Index, match.Index + match.Length);
    }

    private static bool? IsPassport(Match match, Said? said)
    {
        if (said is { Topic: Topic.Passport } or { Topic: Topic.Identity, IsDirect: true })
        {
            return true;
        }
        var (letters, digits) = (match.Groups["series"].Value, match.Groups["number"].Value);
        if (
            letters.Length > 1
            || !char.IsUpper(letters[0])
            || match.Length != letters.Length + digits.Length
            || !digits.All(char.IsAsciiDigit)
        )
        {
            return null;
        }
        // B, C and N with seven digits, P with eight since 2022. A part, a product can be called so.
        return letters[0] is 'B' or 'C' or 'N' or 'P' && digits.Length == (letters[0] == 'P' ? 8 : 7) ? false : null;
    }

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?<who>[A-Z]{2})[\s./–-]?[1-5](?:[\s./–-]?\d){12}(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex InsuranceCards();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?<series>[A-Z]{1,2})[\s.–-]?(?<number>\d(?:[\s.–-]?\d){5,7})(?![\p{L}\p{N}])(?![./]\d)(?!,\d{1,3}(?!\d))",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Passports();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?=\d{0,8}[A-Z])(?=(?:[A-Z]{0,4}\d){4})[A-Z\d]{7,9}(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OtherPassports();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])\d{2}\s?-?\s?[A-ZĐ]{1,2}\d?\s?[–. -]\s?(?:\d{3}\.?\d{2}|\d{4})(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Plates();
}
