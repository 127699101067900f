using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>Bank accounts with letters among their digits, after a word for them: "số TK 711A23456789".</summary>
internal static partial class AccountFinder
{
    private const int LeastDigits = 8;

    public static void Find(WordsOfText words, Context context, List<PersonalSpan> found)
    {
        foreach (Match account in Accounts().Matches(words.Text))
        {
            var said = context.Of(account.Index, account.Index + account.Length);
            if (
                said is { Topic: Topic.BankAccount or Topic.Bank, IsDirect: true } about
                && account.Value.Count(char.IsDigit) >= LeastDigits
            )
            {
                found.Add(PersonalSpan.Of(account, PersonalDataKind.BankAccount, about.Topic == Topic.BankAccount));
            }
        }
    }

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?<!\d[./-])\d{2,6}[ .–-]?[A-Z]{1,2}(?:[ .–-]?\d){5,13}(?![\p{L}\p{N}])(?![./-]\d)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Accounts();
}
