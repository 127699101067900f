namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Which pages may be folded into "other": few views, none for long, and nobody ever said that the page matters. The
/// ledger decides by the same rule again when it folds them.
/// </summary>
internal static class PageFold
{
    /// <summary>Most views of a page that is folded.</summary>
    public const int MaxViews = 10;

    /// <summary>How many days a page must have been without a view.</summary>
    public const int SilentDays = 30;

    /// <summary>Whether a page's record may be folded.</summary>
    /// <param name="record">As in the ledger; one with a baseline, a correction or a publication has more parts than
    /// the first.</param>
    /// <param name="silentSince">Bucket name of a day: it must have had no view from then on.</param>
    public static bool IsCandidate(ReadOnlySpan<char> record, long silentSince) =>
        record.IndexOf(' ') is > 0 and var space
        && !record.Contains('|')
        && LedgerSweep.Number(record[..space]) is { } total
        && total <= MaxViews
        && LedgerSweep.Number(LedgerSweep.Word(record[(space + 1)..], ' ')) is { } last
        && last < silentSince;
}
