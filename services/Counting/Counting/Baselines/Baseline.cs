using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Baselines;

/// <summary>
/// An old system's number, carried in once. Its total, and the parts of the day and week of its instant that the old
/// system had counted already, are shown with the counted views and never drawn as traffic.
/// </summary>
/// <param name="Id">Applied once under this name: 1 to 64 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>.</param>
/// <param name="Page">The page, or null for the site.</param>
/// <param name="Total">From 0 to 10¹³, and at least <paramref name="Week"/>.</param>
/// <param name="Week">Part of this week; at least <paramref name="Today"/>.</param>
/// <param name="Today">Part of this day.</param>
/// <param name="Reason">Why, for the audit: 1 to 500 characters.</param>
internal sealed record Baseline(string Id, string? Page, long Total, long Week, long Today, string Reason)
{
    /// <summary>What is wrong with it, or null.</summary>
    public string? Fault() =>
        Id.Length is < 1 or > 64 || !Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? $"id '{Id}' is not 1 to 64 letters, digits, _ . or -"
        : Today < 0 || Week < Today || Total < Week || Total > Adjustment.MaxViews
            ? $"{Id}: 0 ≤ today ≤ week ≤ total ≤ {Adjustment.MaxViews} does not hold"
        : !AuditEntry.IsReason(Reason) ? $"{Id}: reason is not 1 to 500 characters"
        : null;

    /// <summary>The entry of the audit: who, when, why, what.</summary>
    public AuditEntry Audit(string who, DateTimeOffset at, TimeBuckets instant) =>
        new()
        {
            Kind = "baseline",
            Id = Id,
            Page = Page,
            Total = Total,
            Week = Week,
            Today = Today,
            Reason = Reason,
            Who = who,
            At = at.UtcDateTime,
            DayBucket = instant.Day,
            WeekBucket = instant.Week,
        };
}
