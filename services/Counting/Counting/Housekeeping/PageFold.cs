using System.Globalization;

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
    public static bool IsCandidate(ReadOnlySpan<char> record, long silentSince)
    {
        var space = record.IndexOf(' ');
        if (space <= 0 || record.Contains('|'))
        {
            return false;
        }

        var day = record[(space + 1)..];
        day = day.IndexOf(' ') is > 0 and var end ? day[..end] : day;
        return long.TryParse(record[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            && total <= MaxViews
            && long.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && last < silentSince;
    }
}
