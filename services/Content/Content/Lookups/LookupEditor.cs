using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.Lookups;

/// <summary>
/// Changes of lookup tables: a table is replaced whole, with its words for the search, in one transaction. Its version
/// is moved on first, so that of two who replace a table at the same time the second waits, and is then refused.
/// </summary>
internal sealed class LookupEditor(ContentContext database, TimeProvider time)
{
    /// <summary>What is searched together.</summary>
    public static string ScopeOf(LookupTable table) => table.Id.ToString("N");

    /// <summary>Makes a table.</summary>
    /// <exception cref="DbUpdateException">A <see cref="UniqueViolation"/>: somebody else has made it
    /// since.</exception>
    public async Task CreateAsync(string site, string slug, LookupInput input, CancellationToken cancel)
    {
        var table = new LookupTable
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Site = site,
            Slug = slug,
            Title = "",
            Columns = "",
        };
        database.Add(table);
        Apply(table, input);
        Add(table, input);
        await database.SaveChangesAsync(cancel);
    }

    /// <summary>Replaces a table that was read in this context.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    public async Task ReplaceAsync(LookupTable table, LookupInput input, CancellationToken cancel)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        Apply(table, input);
        await database.SaveChangesAsync(cancel);
        await EmptyAsync(table, cancel);
        Add(table, input);
        await database.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Deletes a table that was read in this context.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    public async Task DeleteAsync(LookupTable table, CancellationToken cancel)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        table.Version++;
        await database.SaveChangesAsync(cancel);
        await EmptyAsync(table, cancel);
        database.Remove(table);
        await database.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static void Apply(LookupTable table, LookupInput input)
    {
        table.Title = input.Title!.Trim().Normalize();
        table.Summary = input.Summary?.Trim().Normalize() ?? "";
        table.Columns = JsonSerializer.Serialize(
            input.Columns!.Select(column => new LookupColumn(column!.Name!, column.Title!.Trim().Normalize())),
            PortalJson.Options
        );
        table.Version++;
    }

    private void Add(LookupTable table, LookupInput input) =>
        AddRows(
            table,
            input.Rows!.Select(row => row!.Select(cell => cell!.Trim().Normalize()).ToArray()),
            _ => Guid.CreateVersion7(time.GetUtcNow())
        );

    /// <summary>Adds rows to a table, with their words for the search, to what is saved next.</summary>
    public void AddRows(LookupTable table, IEnumerable<IReadOnlyList<string>> rows, Func<int, Guid> idOf)
    {
        foreach (var (place, cells) in rows.Index())
        {
            var row = new LookupRow
            {
                Id = idOf(place),
                TableId = table.Id,
                Place = place,
                Cells = JsonSerializer.Serialize(cells, PortalJson.Options),
            };
            database.Add(row);
            database.Add(SearchIndex.DocumentOf(table.Site, ScopeOf(table), row.Id, LookupRow.SearchedText(cells)));
        }
    }

    // Words before rows: the rows tell whose they are.
    private async Task EmptyAsync(LookupTable table, CancellationToken cancel)
    {
        var rows = database.LookupRows.Where(row => row.TableId == table.Id);
        await database
            .SearchDocuments.Where(document => rows.Select(row => row.Id).Contains(document.Subject))
            .ExecuteDeleteAsync(cancel);
        await rows.ExecuteDeleteAsync(cancel);
    }
}
