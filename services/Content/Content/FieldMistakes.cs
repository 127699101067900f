using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using PortalServices.Content.Articles;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content;

/// <summary>Gathers what is wrong with the fields of a request, in the language of whoever sent it.</summary>
internal sealed class FieldMistakes(HttpContext context)
{
    readonly Dictionary<string, List<string>> _mistakes = new(StringComparer.Ordinal);
    readonly bool _english = RequestLanguage.Of(context) == RequestLanguage.English;

    /// <summary>How many fields are wrong so far.</summary>
    public int Count => _mistakes.Count;

    public void Add(string field, string english, string vietnamese)
    {
        if (!_mistakes.TryGetValue(field, out var texts))
            _mistakes[field] = texts = [];
        texts.Add(_english ? english : vietnamese);
    }

    /// <summary>
    /// A text of plain characters: no control characters, no half of a surrogate pair, none of U+FFFE and U+FFFF (which have no normal form and stand in no
    /// XML), and one line unless several are allowed.
    /// </summary>
    public void Text(string field, string? text, int most, bool required = false, bool severalLines = false)
    {
        var number = most.ToString("N0", CultureInfo.GetCultureInfo(_english ? "en" : "vi"));
        if (required && string.IsNullOrWhiteSpace(text))
            Add(field, "Required.", "Bắt buộc nhập.");
        else if (text?.Length > most)
            Add(field, $"At most {number} characters.", $"Tối đa {number} ký tự.");
        else if (text is not null && !IsPlain(text, severalLines))
            Add(field, "Control characters are not allowed.", "Không được chứa ký tự điều khiển.");
    }

    /// <summary>An address for a page, or nothing.</summary>
    public void Address(string field, string? address, bool required = false)
    {
        if (address is null ? required : !ArticleText.IsAddress(address))
            Add(field, "An http or https address, or a path that begins with \"/\".", "Địa chỉ http hoặc https, hoặc đường dẫn bắt đầu bằng \"/\".");
    }

    /// <summary>A name for an address.</summary>
    public void Slug(string slug)
    {
        if (!VietnameseText.Slug.IsValid(slug))
            Add("slug", "Letters a to z, digits and single hyphens.", "Chỉ gồm chữ a đến z, chữ số và dấu gạch nối đơn.");
    }

    /// <summary>The reply, or null when nothing is wrong.</summary>
    public IResult? Problem() => _mistakes.Count == 0
        ? null
        : ServiceDefaults.Problem.Of(ContentProblems.InvalidContent, errors: _mistakes.ToDictionary(each => each.Key, each => each.Value.ToArray()));

    static bool IsPlain(string text, bool severalLines)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || rune.Value is 0xFFFE or 0xFFFF || (Rune.IsControl(rune) && !(severalLines && rune.Value is '\n' or '\r' or '\t')))
                return false;
        }

        return true;
    }
}
