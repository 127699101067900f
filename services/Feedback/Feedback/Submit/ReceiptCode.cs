using System.Security.Cryptography;

namespace PortalServices.Feedback.Submit;

/// <summary>
/// What a sender keeps: twelve characters of Crockford's base 32 (https://www.crockford.com/base32.html), 60 random
/// bits, in three groups such as <c>7KQ2-M0XA-T9RD</c>. Letters that look like digits are not in it, and are read as
/// these.
/// </summary>
internal static class ReceiptCode
{
    public const int Length = 14;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Characters = 12,
        Group = 4;

    public static string New() => Grouped(RandomNumberGenerator.GetString(Alphabet, Characters));

    /// <summary>
    /// Reads a code as people write it: small letters, O for 0, I and L for 1, with or without hyphens and spaces.
    /// </summary>
    /// <returns>The code as it is stored; null for what is none.</returns>
    public static string? Read(string? text)
    {
        if (text is null or { Length: > 40 })
        {
            return null;
        }
        var plain = new string([.. text.Where(c => c is not ('-' or ' ')).Select(Folded)]);
        return plain.Length == Characters && plain.All(Alphabet.Contains) ? Grouped(plain) : null;
    }

    private static char Folded(char c) =>
        char.ToUpperInvariant(c) switch
        {
            'O' => '0',
            'I' or 'L' => '1',
            var other => other,
        };

    private static string Grouped(string plain) =>
        $"{plain[..Group]}-{plain[Group..(2 * Group)]}-{plain[(2 * Group)..]}";
}
