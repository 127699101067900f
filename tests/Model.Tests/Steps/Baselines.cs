using System.Net;
using PortalServices.Model.Tests.Fixtures;
using PortalServices.Model.Tests.Model;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Steps;

/// <summary>An old system's number is carried in: of the site, or of a page.</summary>
/// <param name="PageIndex">The page, or null for the site.</param>
/// <param name="Today">Its part of the day.</param>
/// <param name="EarlierInWeek">What the week has beside that; below zero: a baseline that contradicts itself.</param>
/// <param name="Earlier">What there was before.</param>
/// <param name="HoursAgo">When the old system stopped counting.</param>
internal sealed record ApplyBaseline(int? PageIndex, long Today, long EarlierInWeek, long Earlier, int HoursAgo) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var page = PageIndex is { } index ? Page.At(index).Path : null;
        var at = run.Model.Now.AddHours(-HoursAgo);
        var views = new Periods(Today, Today + EarlierInWeek, Today + EarlierInWeek + Earlier);
        var baseline = new Adjustment(
            Adjustment.Baseline,
            ViewCall.NewId(),
            page,
            run.Model.Zone.DateOf(at),
            views,
            "số cũ"
        );
        var answer = await Baselines.SendAsync(run, baseline, views, HoursAgo == 0 ? null : ClockedPortal.Instant(at));
        var refusal = EarlierInWeek < 0 ? "invalid_baseline" : run.Model.Adjustments.Apply(baseline, SiteRun.Operator);

        run.Coverage.Saw(refusal is null ? "baselines" : $"baselines refused: {refusal}");
        if (refusal is not null)
        {
            answer.ExpectRefusal(refusal);
            return;
        }
        if (page is not null)
        {
            run.Model.Know(page);
        }
        // Of a request that was sent twice the second may find the first.
        answer.ExpectId(
            answer.Repeated && answer.Reply.Status == HttpStatusCode.OK ? HttpStatusCode.OK : HttpStatusCode.Created,
            baseline.Id
        );
    }
}

/// <summary>The id of an earlier baseline once more, with the same content or with another.</summary>
internal sealed record ApplyBaselineAgain(int Which, bool Otherwise) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var baselines = run.Model.Adjustments.Applied.Where(adjustment => !adjustment.IsCorrection).ToList();
        if (baselines.Count == 0)
        {
            return;
        }
        var baseline = baselines[Which % baselines.Count];
        var views = Otherwise ? baseline.Views with { Total = baseline.Views.Total + 1 } : baseline.Views;
        var answer = await Baselines.SendAsync(run, baseline, views, null);

        run.Coverage.Saw("repeated baselines");
        if (run.Model.Adjustments.IsUndone(baseline))
        {
            answer.ExpectRefusal("already_undone");
        }
        else if (Otherwise)
        {
            answer.ExpectRefusal("baseline_exists");
        }
        else
        {
            answer.ExpectId(HttpStatusCode.OK, baseline.Id);
        }
    }
}

internal static class Baselines
{
    public static Task<Answer> SendAsync(SiteRun run, Adjustment baseline, Periods views, string? at) =>
        run.OperateAsync(
            "baselines",
            new
            {
                id = baseline.Id,
                page = baseline.Page,
                total = views.Total,
                week = views.Week,
                today = views.Today,
                at,
                reason = baseline.Reason,
            },
            repeatable: true
        );
}
