using System.Text.RegularExpressions;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Personal;

/// <summary>
/// Hides personal data in a text that is to be published: the sender's name, address and number wherever they stand, and whatever else looks like an e-mail
/// address, a telephone number or the number of an identity card. It cannot know a name in a story: an operator reads the text before it is published.
/// </summary>
internal static partial class PersonalData
{
    public const string Hidden = "[…]";

    public static string Hide(string text, FeedbackEntry entry)
    {
        foreach (var own in new[] { entry.Email, entry.Phone, entry.FullName })
        {
            // A lone letter is no name.
            if (own is { Length: > 1 })
                text = Regex.Replace(text, $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(own)}(?![\p{{L}}\p{{N}}])", Hidden, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }

        text = Emails().Replace(text, Hidden);
        return Numbers().Replace(text, match => match.Value.Count(char.IsAsciiDigit) is >= 9 and <= 15 && !IsDate(match.Value) ? Hidden : match.Value);
    }

    // Two dates side by side have many digits, too.
    static bool IsDate(string text) => text.Contains('/');

    [GeneratedRegex(@"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex Emails();

    [GeneratedRegex(@"(?<![\p{L}\p{N}])\+?\(?\d[\d .()-]{7,22}\d(?![\p{L}\p{N}])", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
