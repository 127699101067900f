using PortalServices.Counting.Model;

namespace PortalServices.Counting.RankPages;

/// <summary>What pages are ranked by.</summary>
internal enum RankPeriod
{
    Today,
    Week,
    Total,
}

internal static class RankPeriods
{
    /// <summary>Reads <c>today</c>, <c>week</c> or <c>total</c>.</summary>
    public static bool TryParse(string text, out RankPeriod period)
    {
        (period, var known) = text switch
        {
            "today" => (RankPeriod.Today, true),
            "week" => (RankPeriod.Week, true),
            "total" => (RankPeriod.Total, true),
            _ => (default, false),
        };
        return known;
    }

    public static long Of(this RankPeriod period, ViewTotals views) =>
        period switch
        {
            RankPeriod.Today => views.Today,
            RankPeriod.Week => views.Week,
            _ => views.Total,
        };
}
