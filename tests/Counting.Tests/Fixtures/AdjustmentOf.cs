using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Fixtures;

/// <summary>
/// Adjustments by one view, each under an id of its own; their day and week are those of the moment they are applied
/// at.
/// </summary>
internal static class AdjustmentOf
{
    private static int _ids;

    public static Adjustment Baseline(string? page, long views = 1) => Of(AdjustmentKind.Baseline, page, views);

    public static Adjustment Correction(string page, long views = 1) => Of(AdjustmentKind.Correction, page, views);

    private static Adjustment Of(AdjustmentKind kind, string? page, long views) =>
        new(
            kind,
            $"adjustment-of-the-tests-{Interlocked.Increment(ref _ids)}",
            page,
            0,
            0,
            new ViewTotals(views, views, views)
        );
}
