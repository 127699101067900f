using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;

namespace PortalServices.Content.Lookups;

/// <summary>What an editor sends: a whole table as it is to be.</summary>
/// <param name="Title">One line of plain text.</param>
/// <param name="Columns">What the cells are.</param>
/// <param name="Rows">Each has one text for every column.</param>
/// <param name="Summary">Plain text.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed partial record LookupInput(
    [Required, PlainText(Article.MaxTitle), Example("Hội nghị tổng kết")] string? Title = null,
    [Required, Items(1, LookupTable.MaxColumns)] IReadOnlyList<LookupColumnInput?>? Columns = null,
    [
        Required,
        Items(0, LookupTable.MaxRows),
        Items(1, LookupTable.MaxColumns, Depth = 1),
        PlainText(LookupTable.MaxCell, SeveralLines = true),
        Example("162-KH/TU")
    ]
        IReadOnlyList<IReadOnlyList<string?>?>? Rows = null,
    [PlainText(Article.MaxSummary, SeveralLines = true), Example("Tóm tắt.")] string? Summary = null
)
{
    /// <summary>Of a column, for programs.</summary>
    public const string ColumnName = $"^{ColumnLetters}$";

    private const string ColumnLetters = "[A-Za-z][A-Za-z0-9_-]*";

    // A table may be wrong in every cell; an editor mends a few at a time.
    private const int MaxMistakes = 20;

    /// <summary>What is wrong, field by field, up to a number of fields; null when nothing is.</summary>
    public IResult? Problem(HttpContext context, string slug)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Slug(slug);
        mistakes.Check(this);
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
            var name = Columns[c]?.Name;
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
            mistakes.Check(Columns[c] ?? new LookupColumnInput(), within: $"{field}.");
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

    [GeneratedRegex(@"\A" + ColumnLetters + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}

/// <summary>A column as an editor sends it.</summary>
/// <param name="Name">For programs; once in a table, whatever the case.</param>
/// <param name="Title">For people.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LookupColumnInput(
    [Required, MaxLength(LookupTable.MaxColumnName), RegularExpression(LookupInput.ColumnName), Example("number")]
        string? Name = null,
    [Required, PlainText(Article.MaxTitle), Example("Số ký hiệu")] string? Title = null
);
