using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace PortalServices.Feedback.Export;

/// <summary>
/// Writes a table as CSV (RFC 4180) for spreadsheets: UTF-8 with a byte order mark, and no cell that a spreadsheet
/// takes for a formula: one that begins like it gets an apostrophe in front
/// (https://owasp.org/www-community/attacks/CSV_Injection), the full-width and small forms of those signs included.
/// </summary>
internal sealed class CsvTable : IAsyncDisposable
{
    private const string FormulaStarts = "=+-@\t\r\n＝＋－＠﹦﹢﹣﹫−";

    private readonly CsvWriter _csv;

    public CsvTable(Stream to) =>
        _csv = new CsvWriter(
            new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                NewLine = "\r\n",
                // Every cell: where a spreadsheet expects semicolons or tabs, an unquoted one may part a text.
                ShouldQuote = _ => true,
            }
        );

    public async Task WriteRowAsync(params IEnumerable<string?> cells)
    {
        foreach (var cell in cells)
        {
            _csv.WriteField(Harmless(cell ?? ""));
        }
        await _csv.NextRecordAsync();
    }

    public Task FlushAsync() => _csv.FlushAsync();

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    /// <summary>The text, as text.</summary>
    public static string Harmless(string cell) =>
        FormulaStarts.Contains(cell.FirstOrDefault(unit => FormulaStarts.Contains(unit) || !IsUnseen(unit)))
            ? "'" + cell
            : cell;

    // What one spreadsheet or the other drops before it looks.
    private static bool IsUnseen(char character) =>
        character == '\u2800'
        || char.GetUnicodeCategory(character)
            is UnicodeCategory.SpaceSeparator
                or UnicodeCategory.Format
                or UnicodeCategory.Control
                or UnicodeCategory.NonSpacingMark;
}
