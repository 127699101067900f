using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;

namespace PortalServices.Content.AnnounceArticles;

/// <summary>
/// Turns of announcing, in the database, so that of all replicas one at a time is at a site. A claim is a lease: it
/// ends by itself soon after its process has.
/// </summary>
internal static class AnnouncementTurns
{
    /// <summary>Between the end of a turn and the next one that nobody asked for.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>How long a claim holds unless it is renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    // Of replicas whose clocks are set.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Asks for turns that begin after this.</summary>
    public static async Task RequestAsync(
        ContentContext database,
        IEnumerable<string> sites,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        // In one order, so that two who ask at the same time never wait for each other.
        foreach (var site in sites.Order(StringComparer.Ordinal))
        {
            await database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "AnnouncementTurns" ("Site", "DueAt", "Requests", "RequestsTaken", "ClaimedUntil") VALUES ({site}, {now.ToUnixTimeMilliseconds()}, 1, 0, 0)
                ON CONFLICT ("Site") DO UPDATE SET "DueAt" = excluded."DueAt", "Requests" = "AnnouncementTurns"."Requests" + 1
                """,
                cancel
            );
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>The sites whose turn may begin, those that have waited longest first.</summary>
    public static Task<List<string>> DueAsync(ContentContext database, DateTimeOffset now, CancellationToken cancel) =>
        Due(database, now)
            .OrderBy(turn => turn.DueAt)
            .ThenBy(turn => turn.Site)
            .Select(turn => turn.Site)
            .ToListAsync(cancel);

    /// <summary>Takes the turns of sites.</summary>
    /// <returns>Those that were due still, and that nobody else has.</returns>
    public static async Task<HashSet<string>> ClaimAsync(
        ContentContext database,
        IReadOnlyCollection<string> sites,
        Guid claim,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var until = (now + Lease).ToUnixTimeMilliseconds();
        await Due(database, now)
            .Where(turn => sites.Contains(turn.Site))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(turn => turn.Claim, claim)
                        .SetProperty(turn => turn.ClaimedUntil, until)
                        .SetProperty(turn => turn.RequestsTaken, turn => turn.Requests),
                cancel
            );
        return await Claimed(database, claim).Select(turn => turn.Site).ToHashSetAsync(StringComparer.Ordinal, cancel);
    }

    /// <summary>Renews a claim; false when it ran out and somebody else has the turns.</summary>
    public static async Task<bool> RenewAsync(
        ContentContext database,
        Guid claim,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var until = (now + Lease).ToUnixTimeMilliseconds();
        return await Claimed(database, claim)
                .ExecuteUpdateAsync(set => set.SetProperty(turn => turn.ClaimedUntil, until), cancel) > 0;
    }

    /// <summary>
    /// Ends turns that are complete: the next ones are due in <see cref="Every"/>, or at once where they were asked for
    /// meanwhile.
    /// </summary>
    public static Task CompleteAsync(
        ContentContext database,
        IReadOnlyCollection<string> sites,
        Guid claim,
        DateTimeOffset now
    )
    {
        var next = (now + Every).ToUnixTimeMilliseconds();
        return Claimed(database, claim)
            .Where(turn => sites.Contains(turn.Site))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(turn => turn.Claim, (Guid?)null)
                        .SetProperty(turn => turn.ClaimedUntil, 0)
                        .SetProperty(
                            turn => turn.DueAt,
                            turn => turn.Requests == turn.RequestsTaken ? next : turn.DueAt
                        ),
                CancellationToken.None
            );
    }

    /// <summary>
    /// Gives turns back that are not complete. They stay due, but for one that failed, which lets the others go first.
    /// </summary>
    public static async Task ReleaseAsync(ContentContext database, string? failed, Guid claim, DateTimeOffset next)
    {
        var dueAt = next.ToUnixTimeMilliseconds();
        await Claimed(database, claim)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(turn => turn.Claim, (Guid?)null)
                        .SetProperty(turn => turn.ClaimedUntil, 0)
                        .SetProperty(turn => turn.DueAt, turn => turn.Site == failed ? dueAt : turn.DueAt),
                CancellationToken.None
            );
    }

    // A time that lies further ahead than any can was written by a clock that was wrong.
    private static IQueryable<AnnouncementTurn> Due(ContentContext database, DateTimeOffset now)
    {
        var (at, lastDue, lastClaim) = (
            now.ToUnixTimeMilliseconds(),
            (now + Every + ClockSkew).ToUnixTimeMilliseconds(),
            (now + Lease + ClockSkew).ToUnixTimeMilliseconds()
        );
        return database.AnnouncementTurns.Where(turn =>
            (turn.DueAt <= at || turn.DueAt > lastDue) && (turn.ClaimedUntil <= at || turn.ClaimedUntil > lastClaim)
        );
    }

    private static IQueryable<AnnouncementTurn> Claimed(ContentContext database, Guid claim) =>
        database.AnnouncementTurns.Where(turn => turn.Claim == claim);
}
