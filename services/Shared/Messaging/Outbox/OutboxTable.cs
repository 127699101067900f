using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;

namespace PortalServices.Messaging.Outbox;

/// <summary>
/// The commands on an outbox. Several publishers may share one: each claims what it publishes for a while.
/// </summary>
internal static class OutboxTable
{
    /// <summary>
    /// Claims messages that are due, the oldest first: nobody else sees them before <paramref name="until"/>, when
    /// those that are still there are due again.
    /// </summary>
    public static async Task<List<OutboxMessage>> ClaimAsync(
        DbContext database,
        long now,
        long until,
        int most,
        CancellationToken cancel
    )
    {
        var claimed = await ClaimedRows.ClaimAsync<OutboxMessage>(database, now, until, most, "\"Id\"", cancel: cancel);
        claimed.Sort((a, b) => string.CompareOrdinal(a.Id.ToString(), b.Id.ToString()));
        return claimed;
    }

    /// <summary>Deletes what was published.</summary>
    public static Task DeleteAsync(DbContext database, IReadOnlyCollection<Guid> published, CancellationToken cancel) =>
        database.Set<OutboxMessage>().Where(message => published.Contains(message.Id)).ExecuteDeleteAsync(cancel);

    /// <summary>Puts off what could not be published.</summary>
    public static Task PutOffAsync(
        DbContext database,
        IReadOnlyCollection<Guid> ids,
        long until,
        CancellationToken cancel
    ) =>
        database
            .Set<OutboxMessage>()
            .Where(message => ids.Contains(message.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(message => message.DueAt, until), cancel);

    /// <summary>How many wait, and since when the oldest does (milliseconds since 1970 UTC; 0 for none).</summary>
    public static async Task<(int Waiting, long OldestAt)> LookAsync(DbContext database, CancellationToken cancel)
    {
        var messages = database.Set<OutboxMessage>().AsNoTracking();
        var waiting = await messages.CountAsync(cancel);
        var oldest =
            waiting == 0
                ? Guid.Empty
                : await messages
                    .OrderBy(message => message.Id)
                    .Select(message => message.Id)
                    .FirstOrDefaultAsync(cancel);
        return (waiting, WrittenAt(oldest));
    }

    /// <summary>The first 48 bits of a UUID of version 7 (RFC 9562, section 5.7).</summary>
    private static long WrittenAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
    }
}
