using PortalServices.Counting.Model;

namespace PortalServices.Counting.RankPages;

/// <summary>Up to which state of a ledger all changes of its pages are known.</summary>
/// <param name="ReadUpTo">The state as of which all pages were gone through; null before that.</param>
/// <param name="OwnFrom">The first of this process' latest own commits that follow each other without a gap.</param>
/// <param name="OwnTo">The last of them.</param>
internal readonly record struct Coverage(LedgerVersion? ReadUpTo, LedgerVersion OwnFrom, LedgerVersion OwnTo)
{
    /// <summary>What was gone through, and own commits that join on to it; null when nothing was.</summary>
    public LedgerVersion? KnownUpTo =>
        ReadUpTo is { } read
            ? OwnFrom.Epoch == read.Epoch && OwnFrom.Commit <= read.Commit + 1 && OwnTo.CompareTo(read) > 0
                ? OwnTo
                : read
            : null;

    /// <summary>Whether nothing up to a state of the ledger is unknown.</summary>
    public bool Covers(LedgerVersion version) => KnownUpTo is { } known && version.CompareTo(known) <= 0;

    /// <summary>With an own commit, which continues the chain when no other lies between.</summary>
    /// <param name="version">Its state.</param>
    /// <param name="isRepeated">It was in before: others may have come since.</param>
    public Coverage WithOwn(LedgerVersion version, bool isRepeated) =>
        this with
        {
            OwnFrom = isRepeated || !version.Follows(OwnTo) ? version : OwnFrom,
            OwnTo = version,
        };
}
