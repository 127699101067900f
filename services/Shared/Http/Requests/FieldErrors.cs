using System.Globalization;
using System.Text;

namespace PortalServices.Http.Requests;

/// <summary>Gathers what is wrong with the fields of a request, in the language of whoever sent it.</summary>
public sealed class FieldErrors(HttpContext context)
{
    private readonly Dictionary<string, List<string>> _mistakes = new(StringComparer.Ordinal);
    private readonly bool _english = RequestLanguage.Of(context) == RequestLanguage.English;

    /// <summary>How many fields are wrong so far.</summary>
    public int Count => _mistakes.Count;

    /// <summary>Says what is wrong with a field, which may have more than one fault.</summary>
    public void Add(string field, string english, string vietnamese)
    {
        if (!_mistakes.TryGetValue(field, out var texts))
        {
            _mistakes[field] = texts = [];
        }
        texts.Add(_english ? english : vietnamese);
    }

    /// <summary>
    /// A text of plain characters: no control characters, no half of a surrogate pair, none of U+FFFE and U+FFFF (which
    /// have no normal form and stand in no XML), and one line unless several are allowed. Its length is that of what is
    /// stored: without white space around it, in NFC.
    /// </summary>
    public void Text(string field, string? text, int most, bool required = false, bool severalLines = false)
    {
        var number = most.ToString("N0", CultureInfo.GetCultureInfo(_english ? "en" : "vi"));
        if (required && !VisibleText.Is(text))
        {
            Add(field, "Required.", "Bắt buộc nhập.");
        }
        else if (text is not null && !IsPlain(text, severalLines))
        {
            Add(field, "Control characters are not allowed.", "Không được chứa ký tự điều khiển.");
        }
        else if (text is not null && !TextMarks.AreFew(text))
        {
            Add(
                field,
                $"At most {TextMarks.Max} combining marks in a row.",
                $"Tối đa {TextMarks.Max} dấu kết hợp liền nhau."
            );
        }
        else if (text?.Trim().Normalize().Length > most)
        {
            Add(field, $"At most {number} characters.", $"Tối đa {number} ký tự.");
        }
    }

    /// <summary>The reply, or null when nothing is wrong.</summary>
    public IResult? Problem() =>
        _mistakes.Count == 0
            ? null
            : Problems.Problem.Of(
                CommonProblems.InvalidFields,
                errors: _mistakes.ToDictionary(each => each.Key, each => each.Value.ToArray())
            );

    private static bool IsPlain(string text, bool severalLines) =>
        !text.EnumerateRunes()
            .Any(rune =>
                rune == Rune.ReplacementChar
                || rune.Value is 0xFFFE or 0xFFFF
                || (Rune.IsControl(rune) && !(severalLines && rune.Value is '\n' or '\r' or '\t'))
            );
}
