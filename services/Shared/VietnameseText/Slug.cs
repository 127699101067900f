using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace PortalServices.VietnameseText;

/// <summary>The part of an address that names an article: words of a-z and 0-9 joined by single hyphens.</summary>
public static partial class Slug
{
    /// <summary>The longest valid slug, in characters.</summary>
    public const int MaxLength = 120;

    /// <summary>
    /// The folded tokens of a title, without what is not a-z or 0-9 then: <c>Chuyển đổi số</c> gives
    /// <c>chuyen-doi-so</c>. Empty when nothing is left; what stands in for it is the caller's choice.
    /// </summary>
    /// <param name="title">Any text; a word counts to its <see cref="TextTokens.MaxLength"/>.</param>
    /// <param name="most">
    /// Characters, 1 to <see cref="MaxLength"/>. A longer slug ends with the last word that fits whole; a first word
    /// that does not fit is cut.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is outside its bounds.</exception>
    public static string Of(string title, int most = 100)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MaxLength);
        var slug = "";
        foreach (var word in TextTokens.Of(title).Select(WordOf).Where(word => word.Length > 0))
        {
            var longer = slug.Length == 0 ? word : $"{slug}-{word}";
            if (longer.Length > most)
            {
                return slug.Length == 0 ? word[..most] : slug;
            }
            slug = longer;
        }

        return slug;
    }

    /// <summary>
    /// Whether a text is a slug: <c>[a-z0-9]+(-[a-z0-9]+)*</c>, at most <see cref="MaxLength"/> characters.
    /// </summary>
    public static bool IsValid([NotNullWhen(true)] string? slug) =>
        slug is { Length: > 0 and <= MaxLength } && Pattern().IsMatch(slug);

    private static string WordOf(string token) =>
        string.Concat(
            TextFolding.Fold(token).Where(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter))
        );

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
