using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Lookups;

/// <summary>Reads lookup tables.</summary>
internal sealed class LookupQueries(ContentContext database)
{
    private const int MaxTries = 5;

    /// <summary>
    /// A table with a part of its rows, or of those that a search finds, and how many these are; null for no such
    /// table.
    /// </summary>
    public async Task<LookupPart?> ReadAsync(
        string site,
        string slug,
        SearchQuery? search,
        int skip,
        int take,
        CancellationToken cancel
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var table = await database
                .LookupTables.AsNoTracking()
                .FirstOrDefaultAsync(each => each.Site == site && each.Slug == slug, cancel);
            if (table is null)
            {
                return null;
            }
            var (rows, total) = await RowsAsync(table, search, skip, take, cancel);
            // Rows of one version never stand under the columns of another: a table that was replaced meanwhile is read
            // again.
            if (
                attempt == MaxTries
                || await database.LookupTables.AnyAsync(
                    each => each.Id == table.Id && each.Version == table.Version,
                    cancel
                )
            )
            {
                return new LookupPart(table, rows, total);
            }
        }
    }

    private async Task<(IReadOnlyList<string[]> Rows, int Total)> RowsAsync(
        LookupTable table,
        SearchQuery? search,
        int skip,
        int take,
        CancellationToken cancel
    )
    {
        // Nothing is found by punctuation.
        if (search is { IsEmpty: true })
        {
            return ([], 0);
        }
        var rows = database.LookupRows.Where(row => row.TableId == table.Id);
        var ranked = search is null
            ? rows.Select(row => new { row, Rank = 0 })
            : SearchIndex
                .Find(database, table.Site, LookupEditor.ScopeOf(table), search)
                .Join(rows, found => found.Subject, row => row.Id, (found, row) => new { row, found.Rank });
        var cells = await ranked
            .OrderBy(each => each.Rank)
            .ThenBy(each => each.row.Place)
            .Select(each => each.row.Cells)
            .Skip(skip)
            .Take(take)
            .ToListAsync(cancel);
        return (
            [.. cells.Select(each => JsonSerializer.Deserialize<string[]>(each, PortalJson.Options)!)],
            await ranked.CountAsync(cancel)
        );
    }
}

/// <summary>A table with the cells of some of its rows, and how many rows there are in all.</summary>
internal sealed record LookupPart(LookupTable Table, IReadOnlyList<string[]> Rows, int Total);
