using PortalServices.Content.Search;

namespace PortalServices.Content.Lookups;

/// <summary>A table that visitors look things up in: documents, contacts.</summary>
internal sealed class LookupTable : IVersioned
{
    public const int MaxColumns = 12,
        MaxRows = 5_000,
        MaxCell = 2_000,
        MaxColumnName = 64;

    public required Guid Id { get; init; }

    public required string Site { get; init; }

    public required string Slug { get; init; }

    public required string Title { get; set; }

    public string Summary { get; set; } = "";

    /// <summary>The columns, JSON: <c>[{"name":…,"title":…}]</c>.</summary>
    public required string Columns { get; set; }

    public long Version { get; set; }
}

/// <summary>A row of a <see cref="LookupTable"/>.</summary>
internal sealed class LookupRow
{
    public required Guid Id { get; init; }

    public required Guid TableId { get; init; }

    /// <summary>Its place in the table, from 0 on.</summary>
    public required int Place { get; init; }

    /// <summary>The cells, JSON: an array of texts, one for each column.</summary>
    public required string Cells { get; init; }

    /// <summary>What is searched of a row: every cell; the first is its title.</summary>
    public static SearchedText SearchedText(IReadOnlyList<string> cells) => new(cells[0], string.Join(" · ", cells));
}
