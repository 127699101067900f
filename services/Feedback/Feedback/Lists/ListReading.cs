using Microsoft.EntityFrameworkCore;

namespace PortalServices.Feedback.Lists;

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
    /// <summary>What comes after a place in an order by instant and id, the latest first.</summary>
    /// <remarks>
    /// The first condition is what an index can be searched by; the second is for what is of the same instant.
    /// </remarks>
    public static IQueryable<ListKey> After(this IQueryable<ListKey> keys, ListCursor cursor)
    {
        var (at, id) = (cursor.At, cursor.Id);
        return keys.Where(key => key.At <= at && (key.At < at || key.Id < id));
    }

    /// <summary>The latest first.</summary>
    public static IQueryable<ListKey> Latest(this IQueryable<ListKey> keys) =>
        keys.OrderByDescending(key => key.At).ThenByDescending(key => key.Id);

    /// <summary>A part of a list that one index has in its order.</summary>
    public static Task<PartOfList<TItem>> ReadAsync<TRow, TItem>(
        IQueryable<ListKey> keys,
        Func<List<Guid>, IQueryable<TRow>> rows,
        Func<TRow, Guid> idOf,
        Func<TRow, TItem> show,
        ListOrder order,
        ListPart part,
        CancellationToken cancel
    )
    {
        var place = part.After is { } cursor ? keys.After(cursor) : keys;
        return ReadAsync(
            place.Latest().Skip(part.Skip),
            () => keys.CountAsync(cancel),
            rows,
            idOf,
            show,
            order,
            part,
            cancel
        );
    }

    /// <summary>A part of a list.</summary>
    /// <param name="keys">From where the part begins, in their order.</param>
    /// <param name="count">How many there are in all.</param>
    /// <param name="rows">The items of some ids.</param>
    /// <param name="idOf">An item's id.</param>
    /// <param name="show">An item as it is answered.</param>
    /// <param name="order">The order that the list is in.</param>
    /// <param name="part">The part.</param>
    /// <param name="cancel">Given up.</param>
    public static async Task<PartOfList<TItem>> ReadAsync<TRow, TItem>(
        IQueryable<ListKey> keys,
        Func<Task<int>> count,
        Func<List<Guid>, IQueryable<TRow>> rows,
        Func<TRow, Guid> idOf,
        Func<TRow, TItem> show,
        ListOrder order,
        ListPart part,
        CancellationToken cancel
    )
    {
        var size = part.Paging.Size;
        // One more than is shown says whether anything comes after it.
        var found = await keys.Take(size + 1).ToListAsync(cancel);
        var shown = found.Take(size).ToList();
        var ids = shown.Select(key => key.Id).ToList();
        var byId = ids.Count == 0 ? [] : (await rows(ids).ToListAsync(cancel)).ToDictionary(idOf);
        var last = found.Count > size ? shown[^1] : null;
        return new PartOfList<TItem>(
            [.. ids.Where(byId.ContainsKey).Select(id => show(byId[id]))],
            part.After is null ? await count() : null,
            part.After is null ? part.Paging.Page : null,
            size,
            last is null ? null : new ListCursor(order, last.Urgency, last.At, last.Id).ToString()
        );
    }
}
