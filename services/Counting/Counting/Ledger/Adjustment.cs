using PortalServices.Counting.Model;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// A change of what is shown that is not a counted view: it is kept apart from them, audited, and can be taken back.
/// </summary>
/// <param name="Kind">Baseline or correction.</param>
/// <param name="Id">Applied once under this name.</param>
/// <param name="Path">The page, or null for a baseline of the site.</param>
/// <param name="Day">Bucket name of the day that it changes.</param>
/// <param name="Week">Bucket name of the week that it changes.</param>
/// <param name="Views">What it adds to that day (<c>Today</c>), that week and the total; below zero to take
/// away.</param>
internal sealed record Adjustment(AdjustmentKind Kind, string Id, string? Path, long Day, long Week, ViewTotals Views)
{
    /// <summary>
    /// Most views that a number may show: the ledger's arithmetic is exact up to there on every store, and far beyond.
    /// </summary>
    public const long MaxViews = 10_000_000_000_000;

    /// <summary>What takes it back.</summary>
    public Adjustment Opposite() => this with { Views = new ViewTotals(-Views.Today, -Views.Week, -Views.Total) };
}

/// <summary>Why a number is adjusted. The names are kept in the store.</summary>
internal enum AdjustmentKind
{
    /// <summary>An old system's number is carried in.</summary>
    Baseline,

    /// <summary>An operator puts a page's number of a day right.</summary>
    Correction,
}

/// <summary>What became of an adjustment. Only <see cref="Applied"/> changes anything.</summary>
internal enum AdjustmentOutcome
{
    Applied,

    /// <summary>Its id was applied before.</summary>
    Present,

    /// <summary>To be taken back, and was never applied.</summary>
    UnknownId,

    /// <summary>Applied, and taken back.</summary>
    Undone,

    /// <summary>The audit has no room for another entry.</summary>
    Full,

    /// <summary>A correction of a page that has no numbers.</summary>
    UnknownPage,

    /// <summary>Something would be shown as less than nothing.</summary>
    Negative,

    /// <summary>Something would be shown as more than <see cref="Adjustment.MaxViews"/>.</summary>
    TooLarge,
}
