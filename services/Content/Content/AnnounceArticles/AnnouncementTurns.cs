using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;

namespace PortalServices.Content.AnnounceArticles;

/// <summary>
/// Turns of announcing, in the database, so that of all replicas one at a time is at a site. A claim is a lease: it
/// ends by itself soon after its process has.
/// </summary>
internal sealed class AnnouncementTurns(ContentContext database)
{
    /// <summary>Between the end of a turn and the next one that nobody asked for.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>How long a claim holds unless it is renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    // Of replicas whose clocks are set.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Asks for turns that begin after this.</summary>
    public async Task RequestAsync(IEnumerable<string> sites, DateTimeOffset now, CancellationToken cancel)
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
    public Task<List<string>> DueAsync(DateTimeOffset now, CancellationToken cancel) =>
        Due(now).OrderBy(turn => turn.DueAt).ThenBy(turn => turn.Site).Select(turn => turn.Site).ToListAsync(cancel);

    /// <summary>Takes the turns of sites.</summary>
    /// <returns>Those that were due still, and that nobody else has.</returns>
    public async Task<HashSet<string>> ClaimAsync(
        IReadOnlyCollection<string> sites,
        Guid claim,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var until = (now + Lease).ToUnixTimeMilliseconds();
        await Due(now)
            .Where(turn => sites.Contains(turn.Site))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(turn => turn.Claim, claim)
                        .SetProperty(turn => turn.ClaimedUntil, until)
                        .SetProperty(turn => turn.RequestsTaken, turn => turn.Requests),
                cancel
            );
        return await Claimed(claim).Select(turn => turn.Site).ToHashSetAsync(StringComparer.Ordinal, cancel);
    }

    /// <summary>Renews a claim; false when it ran out and somebody else has the turns.</summary>
    public async Task<bool> RenewAsync(Guid claim, DateTimeOffset now, CancellationToken cancel)
    {
        var until = (now + Lease).ToUnixTimeMilliseconds();
        return await Claimed(claim).ExecuteUpdateAsync(set => set.SetProperty(turn => turn.ClaimedUntil, until), cancel)
            > 0;
    }

    /// <summary>
    /// Ends turns that are complete: the next ones are due in <see cref="Every"/>, or at once where they were asked for
    /// meanwhile.
    /// </summary>
    public Task CompleteAsync(IReadOnlyCollection<string> sites, Guid claim, DateTimeOffset now)
    {
        var next = (now + Every).ToUnixTimeMilliseconds();
        return EndAsync(
            Claimed(claim).Where(turn => sites.Contains(turn.Site)),
            turn => turn.Requests == turn.RequestsTaken ? next : turn.DueAt
        );
    }

    /// <summary>
    /// Gives turns back that are not complete. They stay due, but for one that failed, which lets the others go first.
    /// </summary>
    public Task ReleaseAsync(string? failed, Guid claim, DateTimeOffset next)
    {
        var dueAt = next.ToUnixTimeMilliseconds();
        return EndAsync(Claimed(claim), turn => turn.Site == failed ? dueAt : turn.DueAt);
    }

    private static Task<int> EndAsync(
        IQueryable<AnnouncementTurn> turns,
        Expression<Func<AnnouncementTurn, long>> dueAt
    ) =>
        turns.ExecuteUpdateAsync(
            set =>
                set.SetProperty(turn => turn.Claim, (Guid?)null)
                    .SetProperty(turn => turn.ClaimedUntil, 0)
                    .SetProperty(turn => turn.DueAt, dueAt),
            CancellationToken.None
        );

    // A time that lies further ahead than any can was written by a clock that was wrong.
    private IQueryable<AnnouncementTurn> Due(DateTimeOffset now)
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

    private IQueryable<AnnouncementTurn> Claimed(Guid claim) =>
        database.AnnouncementTurns.Where(turn => turn.Claim == claim);
}
