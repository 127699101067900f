using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PortalServices.Counting.Model;

/// <summary>
/// The spelling in which a piece of a URL (a path, a parameter's value) is stored: escapes decoded once as UTF-8, in
/// NFC.
/// </summary>
internal static class UrlText
{
    private const int OnStack = 256;
    private const string Hex = "0123456789ABCDEF";

    /// <summary>
    /// False for text that no later step can treat as characters: raw control characters, and halves of surrogate
    /// pairs.
    /// </summary>
    public static bool IsPlainText(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) != OperationStatus.Done || Rune.IsControl(rune))
            {
                return false;
            }
            text = text[used..];
        }

        return true;
    }

    /// <summary>Whether a piece has nothing to decode: it is its own stored spelling.</summary>
    public static bool IsPlainAscii(ReadOnlySpan<char> text) => Ascii.IsValid(text) && !text.Contains('%');

    /// <summary>
    /// Appends the stored spelling. The escapes that stay (<see cref="StaysEscaped"/>) are walls for the normalisation:
    /// letters of an escape would otherwise take up a combining mark that follows it ("%2F" and a dot above make
    /// "%2Ḟ"), and the result would no longer read as itself.
    /// </summary>
    public static bool TryAppend(ReadOnlySpan<char> text, StringBuilder into)
    {
        var run = text.Length <= OnStack ? stackalloc char[OnStack] : new char[text.Length];
        var length = 0;
        while (!text.IsEmpty)
        {
            if (text[0] != '%')
            {
                run[length++] = text[0];
                text = text[1..];
                continue;
            }

            if (!TryReadEscape(text, out var rune, out var used))
            {
                return false;
            }
            if (StaysEscaped(rune))
            {
                if (!TryAppendNormalized(run[..length], into))
                {
                    return false;
                }
                length = 0;
                AppendEscaped(rune, into);
            }
            else
            {
                length += rune.EncodeToUtf16(run[length..]);
            }

            text = text[used..];
        }

        return TryAppendNormalized(run[..length], into);
    }

    /// <summary>
    /// Every escape decoded, for comparing a parameter's name with a setting; false for text that cannot be decoded.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? decoded)
    {
        decoded = null;
        var plain = text.Length <= OnStack ? stackalloc char[OnStack] : new char[text.Length];
        var length = 0;
        while (!text.IsEmpty)
        {
            var rune = new Rune(' ');
            var used = 1;
            if (text[0] != '%')
            {
                plain[length++] = text[0];
            }
            else if (TryReadEscape(text, out rune, out used))
            {
                length += rune.EncodeToUtf16(plain[length..]);
            }
            else
            {
                return false;
            }
            text = text[used..];
        }

        var all = new StringBuilder(length);
        if (!TryAppendNormalized(plain[..length], all))
        {
            return false;
        }
        decoded = all.ToString();
        return true;
    }

    /// <summary>
    /// Characters that would mean something else, or nothing printable, when they stood in the text unescaped.
    /// </summary>
    private static bool StaysEscaped(Rune rune) =>
        rune.Value is '%' or '/' or '?' or '#' or '&' or '=' || Rune.IsControl(rune);

    /// <summary>Reads one character, written as one to four escapes, at the start of the text.</summary>
    private static bool TryReadEscape(ReadOnlySpan<char> text, out Rune rune, out int used)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        used = 0;
        rune = default;
        while (
            count < bytes.Length
            && text.Length >= used + 3
            && text[used] == '%'
            && char.IsAsciiHexDigit(text[used + 1])
            && char.IsAsciiHexDigit(text[used + 2])
        )
        {
            bytes[count++] = (byte)((Nibble(text[used + 1]) << 4) | Nibble(text[used + 2]));
            used += 3;
            if (Rune.DecodeFromUtf8(bytes[..count], out rune, out _) == OperationStatus.Done)
            {
                return true;
            }
        }

        return false;
    }

    private static int Nibble(char hex) => char.IsAsciiDigit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private static void AppendEscaped(Rune rune, StringBuilder into)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
        {
            into.Append('%').Append(Hex[value >> 4]).Append(Hex[value & 15]);
        }
    }

    private static bool TryAppendNormalized(ReadOnlySpan<char> text, StringBuilder into)
    {
        if (Ascii.IsValid(text))
        {
            into.Append(text);
            return true;
        }

        // The runtime refuses to normalise this noncharacter, and no page is named by it.
        if (text.Contains('\uFFFE'))
        {
            return false;
        }
        if (text.IsNormalized(NormalizationForm.FormC))
        {
            into.Append(text);
        }
        else
        {
            into.Append(text.ToString().Normalize(NormalizationForm.FormC));
        }
        return true;
    }
}
