using System.Text.RegularExpressions;
using PortalServices.Feedback.Submit;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Personal;

/// <summary>
/// Hides personal data in a text that is to be published: the sender's name, address and number wherever they stand, and whatever else looks like an e-mail
/// address, a telephone number or the number of an identity card or an account. It cannot know a name in a story: an operator reads the text before it is
/// published.
/// </summary>
internal static partial class PersonalData
{
    public const string Hidden = "[…]";

    const string NotInside = @"(?<![\p{L}\p{N}])", NotOn = @"(?![\p{L}\p{N}])", Between = "[ .()-]{0,3}";

    /// <summary>The text, cut to so many characters: what is hidden can be shorter than what stands for it.</summary>
    public static string Hide(string text, FeedbackEntry entry, int most)
    {
        foreach (var own in new[] { OfText(entry.Email), OfPhone(entry.Phone), OfName(entry.FullName) })
        {
            if (own is not null)
                text = Regex.Replace(text, NotInside + own + NotOn, Hidden, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }

        text = Emails().Replace(text, Hidden);
        text = DatesAndNumbers().Replace(text, match => match.Groups["date"].Success ? match.Value : Hidden);
        return text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    static string? OfText(string? text) => string.IsNullOrEmpty(text) ? null : Regex.Escape(text);

    /// <summary>A name, with any white space in it; one of several words also without its marks. A lone letter is no name.</summary>
    static string? OfName(string name)
    {
        var words = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] or [{ Length: 1 }] => null,
            [var only] => Regex.Escape(only),
            _ => string.Join(@"\s+", words.Select(word => string.Concat(word.Select(OfLetter)))),
        };
    }

    static string OfLetter(char letter)
    {
        var own = Regex.Escape(letter.ToString());
        return char.IsLetter(letter) && TextFolding.Fold(own) is { Length: 1 } plain ? $"(?:{own}|{plain})" : own;
    }

    /// <summary>A number, grouped in any way, with the code of the country or without.</summary>
    static string? OfPhone(string? phone)
    {
        if (phone is null)
            return null;
        var digits = string.Concat(phone.Where(char.IsAsciiDigit)).TrimStart('0');
        if (digits.StartsWith("84", StringComparison.Ordinal) && digits.Length > 9)
            digits = digits[2..].TrimStart('0');
        return digits.Length == 0 ? null : $@"(?:\(?\+?84{Between})?\(?0?{Between}{string.Join(Between, digits.ToCharArray())}";
    }

    [GeneratedRegex(@"(?<![\p{L}\p{N}._%+-])(?>[\p{L}\p{N}._%+-]+)@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex Emails();

    // A date, with the time of day after it, is told apart before its digits can be taken for a number's.
    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])(?:(?<date>(?:(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?: [0-2]?\d[.:][0-5]\d)?)"
        + @"|\+?\(?\d(?:[ .()-]{0,3}\d){8,})(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant)]
    private static partial Regex DatesAndNumbers();
}
