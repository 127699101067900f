using Microsoft.EntityFrameworkCore;

namespace PortalServices.Feedback.Lists;

/// <summary>A row that lists have.</summary>
internal interface IListed
{
    Guid Id { get; }
}

/// <summary>
/// What a list is ordered by, of one item. An index has all of it, so that what is passed over is never read whole.
/// </summary>
internal sealed class ListKey
{
    public Guid Id { get; init; }

    /// <summary>0 in lists that are not ordered by it.</summary>
    public int Urgency { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long At { get; init; }
}

/// <summary>Reads parts of lists: the keys in their order first, then the items that are shown.</summary>
internal static class ListReading
{
    /// <summary>The latest first.</summary>
    public static IQueryable<ListKey> Latest(this IQueryable<ListKey> keys) =>
        keys.OrderByDescending(key => key.At).ThenByDescending(key => key.Id);

    /// <summary>A part of a list whose keys one index has in its order, by instant and id, the latest first.</summary>
    public static Task<PartOfList<TItem>> ReadAsync<TRow, TItem>(
        this ListPart part,
        IQueryable<ListKey> keys,
        IQueryable<TRow> rows,
        Func<TRow, TItem> show,
        CancellationToken cancel
    )
        where TRow : class, IListed
    {
        var from = keys;
        if (part.After is { At: var at, Id: var id })
        {
            // The first condition is what an index can be searched by; the second is for what is of the same instant.
            from = keys.Where(key => key.At <= at && (key.At < at || key.Id < id));
        }
        return part.ReadAsync(from.Latest(), () => keys.CountAsync(cancel), rows, show, cancel);
    }

    /// <summary>A part of a list.</summary>
    /// <param name="part">The part.</param>
    /// <param name="keys">From the cursor on, in their order.</param>
    /// <param name="count">How many there are in all.</param>
    /// <param name="rows">Where the items are.</param>
    /// <param name="show">An item as it is answered.</param>
    /// <param name="cancel">Given up.</param>
    public static async Task<PartOfList<TItem>> ReadAsync<TRow, TItem>(
        this ListPart part,
        IQueryable<ListKey> keys,
        Func<Task<int>> count,
        IQueryable<TRow> rows,
        Func<TRow, TItem> show,
        CancellationToken cancel
    )
        where TRow : class, IListed
    {
        var size = part.Paging.Size;
        // One more than is shown says whether anything comes after it.
        var found = await keys.Skip(part.Skip).Take(size + 1).ToListAsync(cancel);
        var ids = found.Take(size).Select(key => key.Id).ToList();
        var byId =
            ids.Count == 0
                ? []
                : await rows.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancel);
        return new PartOfList<TItem>(
            [.. ids.Where(byId.ContainsKey).Select(id => show(byId[id]))],
            part.After is null ? await count() : null,
            part.After is null ? part.Paging.Page : null,
            size,
            found.Count > size && found[size - 1] is var last
                ? new ListCursor(part.Order, last.Urgency, last.At, last.Id).ToString()
                : null
        );
    }
}
