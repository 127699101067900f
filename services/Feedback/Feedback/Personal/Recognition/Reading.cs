using System.Globalization;
using System.Text;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>
/// A text as its reader sees it: signs that are not seen are left out, wide letters and digits of other shapes are plain
/// ones, a run of spaces is one space. Parts of it are found again in the text itself.
/// </summary>
internal sealed class Reading
{
    private readonly string _text;

    // Of each code unit of the reading: where it begins and ends in the text.
    private readonly List<(int Start, int End)> _places = [];

    /// <summary>Reads a text.</summary>
    /// <param name="text">In NFC.</param>
    /// <param name="hidden">Parts that are read as what takes their place; in their order, apart.</param>
    public Reading(string text, IReadOnlyList<PersonalSpan>? hidden = null)
    {
        _text = text;
        var (read, next) = (new StringBuilder(text.Length), 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (hidden is not null && next < hidden.Count && hidden[next].Start == at)
            {
                foreach (var unit in PersonalData.Hidden)
                {
                    Add(unit, at, hidden[next].End);
                }
                at = hidden[next++].End - 1;
                continue;
            }

            var (seen, length) = SeenSigns.At(text, at) is { } sign ? (sign.Seen, sign.Length) : (Seen(text[at]), 1);
            if (seen is { } one && !(one == ' ' && read.Length > 0 && read[^1] == ' '))
            {
                Add(one, at, at + length);
            }
            at += length - 1;
        }

        Text = read.ToString();

        void Add(char unit, int start, int end)
        {
            read.Append(unit);
            _places.Add((start, end));
        }
    }

    public string Text { get; }

    /// <summary>A part of the reading as a part of the text, of whole characters with their marks.</summary>
    public PersonalSpan InText(PersonalSpan span)
    {
        var (start, end) = (_places[span.Start].Start, _places[span.End - 1].End);
        while (start > 0 && (IsMark(_text[start]) || char.IsSurrogatePair(_text[start - 1], _text[start])))
        {
            start--;
        }
        while (end < _text.Length && (IsMark(_text[end]) || char.IsSurrogatePair(_text[end - 1], _text[end])))
        {
            end++;
        }
        return span with { Start = start, Length = end - start };
    }

    /// <summary>What a reader takes a code unit for; null for nothing.</summary>
    private static char? Seen(char unit) =>
        unit switch
        {
            '\n' => unit,
            _ when char.IsAscii(unit) => char.IsWhiteSpace(unit) ? ' ' : unit,
            >= '\uFF01' and <= '\uFF5E' => (char)(unit - '\uFF01' + '!'),
            '\u3002' or '\uFF61' => '.',
            // A hyphen at which no line is broken, and the Icelandic letter that looks like the Vietnamese one.
            '\u2010' or '\u2011' => '-',
            '\u00D0' => 'Đ',
            '\u00F0' => 'đ',
            >= '\uFE00' and <= '\uFE0F' => null,
            _ => CharUnicodeInfo.GetUnicodeCategory(unit) switch
            {
                UnicodeCategory.Format or UnicodeCategory.EnclosingMark => null,
                UnicodeCategory.SpaceSeparator => ' ',
                _ => unit,
            },
        };

    private static bool IsMark(char unit) =>
        CharUnicodeInfo.GetUnicodeCategory(unit) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
