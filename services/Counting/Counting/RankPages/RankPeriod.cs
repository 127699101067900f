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
    /// <summary>Reads <c>today</c>, <c>week</c> or <c>total</c>; null for another word.</summary>
    public static RankPeriod? Parse(string text) =>
        text switch
        {
            "today" => RankPeriod.Today,
            "week" => RankPeriod.Week,
            "total" => RankPeriod.Total,
            _ => null,
        };

    public static long Of(this RankPeriod period, ViewTotals views) =>
        period switch
        {
            RankPeriod.Today => views.Today,
            RankPeriod.Week => views.Week,
            _ => views.Total,
        };
}
