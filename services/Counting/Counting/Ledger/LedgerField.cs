using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// Whether a field of a ledger can have been written by counting (see <see cref="CountingKeys"/>). The stores keep no
/// checksum of what they read back from their logs; a flipped bit that leaves a possible field is not seen.
/// </summary>
internal static partial class LedgerField
{
    private const int IdBytes = 6;
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>What is wrong with a field of a kind that counting writes, or null.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="mayBeUnknown">A later version, which may share the ledger, may write kinds that this one does not
    /// know.</param>
    public static string? FindFault(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool mayBeUnknown) =>
        Is(name, value) switch
        {
            false => $"its field {Shown(name)} cannot have been written",
            null when !mayBeUnknown => $"its field {Shown(name)} is none of counting's",
            _ => null,
        };

    /// <summary>Null for a kind that is not known.</summary>
    private static bool? Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // Ids are bytes; all else is text.
        if (name.StartsWith("i:"u8))
        {
            return value.Length % IdBytes == 0 && name.Length > 2 && IsShard(name[2..]);
        }

        string field,
            text;
        try
        {
            (field, text) = (Strict.GetString(name), Strict.GetString(value));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (field, "") : (field[..colon], field[(colon + 1)..]);
        return (kind, colon < 0) switch
        {
            ("n" or "ih" or "epoch" or "t" or "v" or "pn" or "an" or "fv" or "le" or "la", true) => IsNumber(text),
            ("bt" or "ct", true) => IsSigned(text),
            ("m" or "h" or "d" or "w" or "fw", false) => IsNumber(rest) && IsNumber(text),
            ("bd" or "bw" or "cd" or "cw", false) => IsNumber(rest) && IsSigned(text),
            ("run", true) => Word().IsMatch(text),
            ("sc", true) => Check().IsMatch(text),
            ("ef" or "hk", true) => OneOrTwoNumbers().IsMatch(text),
            ("sl", true) => Loss().IsMatch(text),
            ("rf", true) => text.Length == 0 || IsNumber(text),
            ("dm", true) => Mark().IsMatch(text),
            ("z", true) => Calendars().IsMatch(text),
            ("ow", true) => Weeks().IsMatch(text)
                && text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(IsNumber),
            ("g", true) => Generations().IsMatch(text) && text.Split(' ').All(IsNumber),
            ("p", false) => (rest == "*" || rest.StartsWith('/')) && IsRecord(value),
            ("v", false) => Article().IsMatch(rest) && IsNumber(text),
            ("r", false) => Word().IsMatch(rest) && Receipt().IsMatch(text),
            ("bot", false) => Bot().IsMatch(rest) && IsNumber(text),
            ("a", false) => IsNumber(rest) && text.StartsWith('{') && text.EndsWith('}'),
            ("bl" or "cl", false) => rest.Length > 0 && OneOrTwoNumbers().IsMatch(text),
            _ => null,
        };
    }

    // Some readers take it for a 64-bit integer.
    private static bool IsNumber(string text) =>
        Number().IsMatch(text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsSigned(string text) => IsNumber(text.StartsWith('-') ? text[1..] : text);

    // "generation:level:" and two bytes, which may be anything.
    private static bool IsShard(ReadOnlySpan<byte> rest) =>
        rest.Length > 2 && Shard().IsMatch(Encoding.Latin1.GetString(rest[..^2]));

    private static bool IsRecord(ReadOnlySpan<byte> value)
    {
        try
        {
            _ = PageRecord.Shown(value, 0, 0);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Shown(ReadOnlySpan<byte> name)
    {
        const int Most = 80;
        return Printable(Encoding.Latin1.GetString(name[..Math.Min(name.Length, Most)]));
    }

    /// <summary>Text for one line of a log, or of a store's reply.</summary>
    public static string Printable(string text) =>
        string.Concat(text.Select(letter => char.IsBetween(letter, ' ', '~') ? letter : '?'));

    [GeneratedRegex(@"\A[0-9]{1,19}\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[!-~]{1,200}\z")]
    private static partial Regex Word();

    // Where the epoch began, behind which some versions wrote no epoch; and an adjustment, taken back or not.
    [GeneratedRegex(@"\A[0-9]+( [0-9]+)?\z")]
    private static partial Regex OneOrTwoNumbers();

    [GeneratedRegex(@"\A[0-9]+ [ -~]+\z")]
    private static partial Regex Mark();

    [GeneratedRegex(@"\A[0-9a-f]{16}\z")]
    private static partial Regex Check();

    [GeneratedRegex(@"\A(|[0-9]+( [0-9]+){6})\z")]
    private static partial Regex Loss();

    [GeneratedRegex(@"\A[0-9]+ [!-:<-~]+ [A-Z][a-z]+day(;[0-9]+ [!-:<-~]+ [A-Z][a-z]+day)*\z")]
    private static partial Regex Calendars();

    [GeneratedRegex(@"\A(|[0-9]+( [0-9]+)*)\z")]
    private static partial Regex Weeks();

    [GeneratedRegex(@"\A[0-9]+ [0-9]+ [0-9]+( [0-9]+ [0-9]+ [0-9]+)?\z")]
    private static partial Regex Generations();

    [GeneratedRegex(@"\A[0-9a-f]{32}\z")]
    private static partial Regex Article();

    [GeneratedRegex(@"\A[0-9]+ [0-9]+ [cde]*\z")]
    private static partial Regex Receipt();

    [GeneratedRegex(@"\A[0-9]+:[A-Za-z-]+\z")]
    private static partial Regex Bot();

    // Earlier versions had a fourth level; nothing searches it any more, and housekeeping removes it.
    [GeneratedRegex(@"\A[0-9]+:[1234]:\z")]
    private static partial Regex Shard();
}
