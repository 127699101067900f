using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Model;

/// <summary>The baselines and corrections of a site, what was taken back of them, and the audit.</summary>
internal sealed class Adjustments(SiteModel model)
{
    private const long MaxViews = 10_000_000_000_000;

    private readonly List<Adjustment> _applied = [];
    private readonly HashSet<Adjustment> _undone = [];
    private readonly List<AuditItem> _audit = [];

    /// <summary>All that were ever applied, in this order.</summary>
    public IReadOnlyList<Adjustment> Applied => _applied;

    /// <summary>The audit, the newest first.</summary>
    public IEnumerable<AuditItem> Audit =>
        Enumerable
            .Reverse(_audit)
            .Select(item =>
                item with
                {
                    Undone =
                        item.Kind != "undo" && _undone.Any(undone => undone.Kind == item.Kind && undone.Id == item.Id),
                }
            );

    /// <summary>Whether it was taken back.</summary>
    public bool IsUndone(Adjustment adjustment) => _undone.Contains(adjustment);

    /// <summary>Whether a page ever had one.</summary>
    public bool Touched(string page) => _applied.Exists(adjustment => adjustment.Page == page);

    /// <summary>What they add to the site, or to a page, by now.</summary>
    public Periods Of(string? page)
    {
        var those = InForce.Where(adjustment => page is null ? adjustment.OfSite : adjustment.Page == page).ToList();
        return new Periods(
            those.Where(adjustment => adjustment.Day == model.Today).Sum(adjustment => adjustment.Views.Today),
            those
                .Where(adjustment => model.Zone.WeekOf(adjustment.Day) == model.ThisWeek)
                .Sum(adjustment => adjustment.Views.Week),
            those.Sum(adjustment => adjustment.Views.Total)
        );
    }

    /// <summary>What they add to a day of the site.</summary>
    public long OnDay(DateOnly day) =>
        InForce
            .Where(adjustment => adjustment.OfSite && adjustment.Day == day)
            .Sum(adjustment => adjustment.Views.Today);

    /// <summary>What corrections add to a day of the site.</summary>
    public long CorrectionsOn(DateOnly day) =>
        InForce
            .Where(adjustment => adjustment.IsCorrection && adjustment.Day == day)
            .Sum(adjustment => adjustment.Views.Today);

    /// <summary>Applies one; why not, or null.</summary>
    public string? Apply(Adjustment adjustment, string who)
    {
        if (adjustment.IsCorrection && !model.KnownPages.Contains(adjustment.Page!))
        {
            return "unknown_page";
        }
        if (Refusal(adjustment, 1) is { } refusal)
        {
            return refusal;
        }
        var before = Numbers(adjustment);
        _applied.Add(adjustment);
        _audit.Add(
            new AuditItem(_audit.Count + 1, adjustment.Kind, adjustment.Id, who, model.Now)
            {
                Reason = adjustment.Reason,
                Page = adjustment.Page,
                Day = adjustment.IsCorrection ? adjustment.Day : null,
                Change = adjustment.IsCorrection ? adjustment.Views.Total : null,
                Total = adjustment.IsCorrection ? null : adjustment.Views.Total,
                Week = adjustment.IsCorrection ? null : adjustment.Views.Week,
                Today = adjustment.IsCorrection ? null : adjustment.Views.Today,
                Before = before,
                After = Numbers(adjustment),
            }
        );
        return null;
    }

    /// <summary>Takes one back; why not, or null.</summary>
    public string? Undo(Adjustment adjustment, string? reason, string who)
    {
        if (IsUndone(adjustment))
        {
            return "already_undone";
        }
        if (Refusal(adjustment, -1) is { } refusal)
        {
            return refusal;
        }
        var before = Numbers(adjustment);
        _undone.Add(adjustment);
        _audit.Add(
            new AuditItem(_audit.Count + 1, "undo", adjustment.Id, who, model.Now)
            {
                Of = adjustment.Kind,
                Reason = reason,
                Page = adjustment.Page,
                Day = adjustment.IsCorrection ? adjustment.Day : null,
                Before = before,
                After = Numbers(adjustment),
            }
        );
        return null;
    }

    private IEnumerable<Adjustment> InForce => _applied.Where(adjustment => !_undone.Contains(adjustment));

    /// <summary>Whether a number that is shown would leave its bounds.</summary>
    private string? Refusal(Adjustment adjustment, int sign)
    {
        var then = Affected(adjustment).Select(number => number.Shown + (sign * number.By)).ToList();
        return then.Exists(number => number < 0) ? "negative_count"
            : then.Exists(number => number > MaxViews) ? "count_too_large"
            : null;
    }

    private IEnumerable<(long Shown, long By)> Affected(Adjustment adjustment)
    {
        var by = adjustment.Views;
        if (adjustment.OfSite)
        {
            yield return (model.ShownOn(adjustment.Day), by.Today);
            yield return (model.Shown().Total, by.Total);
        }
        if (adjustment.Page is null)
        {
            yield break;
        }
        var page = model.Shown(adjustment.Page);
        yield return (page.Total, by.Total);
        if (adjustment.Day == model.Today)
        {
            yield return (page.Today, by.Today);
        }
        if (model.Zone.WeekOf(adjustment.Day) == model.ThisWeek)
        {
            yield return (page.Week, by.Week);
        }
        // Nor may a page lose more of earlier days than it has of them.
        var (today, week) = (
            adjustment.Day == model.Today ? by.Today : 0,
            model.Zone.WeekOf(adjustment.Day) == model.ThisWeek ? by.Week : 0
        );
        yield return (page.Total - page.Week, by.Total - week);
        yield return (page.Week - page.Today, week - today);
    }

    private AuditNumbers Numbers(Adjustment adjustment) =>
        new(
            adjustment.OfSite ? model.ShownOn(adjustment.Day) : null,
            adjustment.OfSite ? model.Shown().Total : null,
            adjustment.Page is null ? null : model.Shown(adjustment.Page).Total
        );
}
