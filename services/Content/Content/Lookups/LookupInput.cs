using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using PortalServices.Content.Articles;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Lookups;

/// <summary>What an editor sends: a whole table as it is to be.</summary>
/// <param name="Title">1 to 300 characters.</param>
/// <param name="Columns">1 to 12, each with a name of its own and a title.</param>
/// <param name="Rows">Up to 5,000, each with one text of up to 2,000 characters for every column.</param>
/// <param name="Summary">Up to 1,000 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed partial record LookupInput(
    string? Title = null,
    IReadOnlyList<LookupColumnInput?>? Columns = null,
    IReadOnlyList<IReadOnlyList<string?>?>? Rows = null,
    string? Summary = null
)
{
    // A table may be wrong in every cell; an editor mends a few at a time.
    private const int MaxMistakes = 20;

    /// <summary>What is wrong, field by field, up to a number of fields; null when nothing is.</summary>
    public IResult? Problem(HttpContext context, string slug)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Slug(slug);
        mistakes.Text("title", Title, Article.MaxTitle, required: true);
        mistakes.Text("summary", Summary, Article.MaxSummary, severalLines: true);
        CheckColumns(mistakes);
        CheckRows(mistakes);
        return mistakes.Problem();
    }

    private void CheckColumns(FieldErrors mistakes)
    {
        if (Columns is not { Count: >= 1 and <= LookupTable.MaxColumns })
        {
            mistakes.Add("columns", "1 to 12 columns.", "Từ 1 đến 12 cột.");
            return;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var c = 0; c < Columns.Count; c++)
        {
            var (name, title) = (Columns[c]?.Name, Columns[c]?.Title);
            var field = string.Create(CultureInfo.InvariantCulture, $"columns[{c}]");
            if (name is not { Length: <= LookupTable.MaxColumnName } || !NamePattern().IsMatch(name))
            {
                mistakes.Add(
                    $"{field}.name",
                    "A letter, then letters, digits, \"_\" and \"-\"; at most 64.",
                    "Một chữ cái, sau đó là chữ cái, chữ số, \"_\" và \"-\"; tối đa 64."
                );
            }
            else if (!names.Add(name))
            {
                mistakes.Add($"{field}.name", "Used by another column.", "Đã được dùng cho cột khác.");
            }
            mistakes.Text($"{field}.title", title, Article.MaxTitle, required: true);
        }
    }

    private void CheckRows(FieldErrors mistakes)
    {
        if (Rows is not { Count: <= LookupTable.MaxRows })
        {
            mistakes.Add("rows", "Up to 5,000 rows.", "Tối đa 5.000 dòng.");
            return;
        }

        for (var r = 0; r < Rows.Count && mistakes.Count < MaxMistakes; r++)
        {
            var row = Rows[r];
            var field = string.Create(CultureInfo.InvariantCulture, $"rows[{r}]");
            if (row is null || row.Count != Columns?.Count || row.Contains(null))
            {
                mistakes.Add(field, "One text for each column.", "Mỗi cột cần đúng một giá trị.");
                continue;
            }

            for (var c = 0; c < row.Count; c++)
            {
                mistakes.Text(
                    string.Create(CultureInfo.InvariantCulture, $"{field}[{c}]"),
                    row[c],
                    LookupTable.MaxCell,
                    severalLines: true
                );
            }
        }
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}

/// <summary>A column as an editor sends it.</summary>
/// <param name="Name">For programs: a letter, then letters, digits, <c>_</c> and <c>-</c>; at most 64, and once in a
/// table.</param>
/// <param name="Title">For people, 1 to 300 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LookupColumnInput(string? Name = null, string? Title = null);
