using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Model;

/// <summary>A baseline or a correction that was applied.</summary>
/// <param name="Kind"><c>baseline</c> or <c>correction</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Page">The page; null for a baseline of the site.</param>
/// <param name="Day">The date that it changes.</param>
/// <param name="Views">What it adds to that day, to the week of that day, and to the total.</param>
/// <param name="Reason">Why.</param>
internal sealed record Adjustment(string Kind, string Id, string? Page, DateOnly Day, Periods Views, string Reason)
{
    /// <summary>A correction.</summary>
    public const string Correction = "correction";

    /// <summary>A baseline.</summary>
    public const string Baseline = "baseline";

    /// <summary>Whether it is a correction.</summary>
    public bool IsCorrection => Kind == Correction;

    /// <summary>A correction changes its page and the site, a baseline only what it is of.</summary>
    public bool OfSite => IsCorrection || Page is null;
}
