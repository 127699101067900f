namespace PortalServices.Content.Tests.Lookups;

/// <summary>Lookup tables that are refused.</summary>
internal static class WrongTables
{
    private static readonly object[] OneColumn = [Column("a", "A")];
    private static readonly string[][] OneRow =
    [
        ["x"],
    ];
    private static readonly string[][] NoRows = [];

    /// <summary>Tables by what is wrong with them, each with the names of the wrong fields.</summary>
    public static IReadOnlyDictionary<string, (object Table, string[] WrongFields)> All { get; } =
        new Dictionary<string, (object, string[])>
        {
            ["no title"] = (Table(null, OneColumn, OneRow), ["title"]),
            ["summary too long"] = (Table("x", OneColumn, OneRow, new string('x', 1_001)), ["summary"]),
            ["no columns"] = (Table("x", [], NoRows), ["columns"]),
            ["columns missing"] = (Table("x", null, NoRows), ["columns"]),
            ["rows missing"] = (Table("x", OneColumn, null), ["rows"]),
            ["too many columns"] = (
                Table("x", [.. Enumerable.Range(0, 13).Select(n => Column($"a{n}", "A"))], NoRows),
                ["columns"]
            ),
            ["column name begins with a digit"] = (Table("x", [Column("1", "A")], OneRow), ["columns[0].name"]),
            ["column without title"] = (Table("x", [Column("a", "")], OneRow), ["columns[0].title"]),
            ["column names differ in case only"] = (
                Table(
                    "x",
                    [Column("a", "A"), Column("A", "B")],
                    [
                        ["", ""],
                    ]
                ),
                ["columns[1].name"]
            ),
            ["rows of another length"] = (
                Table(
                    "x",
                    OneColumn,
                    [
                        ["x"],
                        [],
                        ["x", "y"],
                    ]
                ),
                ["rows[1]", "rows[2]"]
            ),
            ["rows that are null"] = (
                """{"title":"x","columns":[{"name":"a","title":"A"}],"rows":[[null],null]}""",
                ["rows[0]", "rows[1]"]
            ),
            ["column that is null"] = (
                """{"title":"x","columns":[null],"rows":[]}""",
                ["columns[0].name", "columns[0].title"]
            ),
            ["cell too long"] = (
                Table(
                    "x",
                    OneColumn,
                    [
                        [new string('x', 2_001)],
                    ]
                ),
                ["rows[0][0]"]
            ),
            ["control character in a cell"] = (
                Table(
                    "x",
                    OneColumn,
                    [
                        ["x\u0001"],
                    ]
                ),
                ["rows[0][0]"]
            ),
            ["too many rows"] = (Table("x", OneColumn, [.. Enumerable.Repeat(OneRow[0], 5_001)]), ["rows"]),
        };

    private static object Column(string name, string title) => new { name, title };

    /// <summary>A table without the fields that are null.</summary>
    private static Dictionary<string, object> Table(
        string? title,
        object[]? columns,
        string[][]? rows,
        string? summary = null
    ) =>
        new (string Name, object? Value)[]
        {
            ("title", title),
            ("columns", columns),
            ("rows", rows),
            ("summary", summary),
        }
            .Where(field => field.Value is not null)
            .ToDictionary(field => field.Name, field => field.Value!);
}
