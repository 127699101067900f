using System.Globalization;
using System.Net;
using PortalServices.Model.Tests.Model;
using PortalServices.Testing.Portal;

namespace PortalServices.Model.Tests.Steps;

/// <summary>An operator corrects a page's number of a day, rightly or wrongly.</summary>
/// <param name="OfKnown">A page that has numbers, if there is one; else any.</param>
/// <param name="PageIndex">Which.</param>
/// <param name="Spelling">How it is spelt.</param>
/// <param name="DaysBack">Today, so many days ago, or tomorrow.</param>
/// <param name="Change">Views to add or to take away.</param>
/// <param name="WithKey">With an <c>Idempotency-Key</c>.</param>
internal sealed record Correct(bool OfKnown, int PageIndex, int Spelling, int DaysBack, long Change, bool WithKey)
    : Step
{
    private const long MaxChange = 1_000_000_000;

    public override async Task RunAsync(SiteRun run)
    {
        var known = Page.All.Where(each => run.Model.KnownPages.Contains(each.Path)).ToList();
        var page = OfKnown && known.Count > 0 ? known[PageIndex % known.Count] : Page.At(PageIndex);
        var (day, key) = (run.Model.Today.AddDays(-DaysBack), WithKey ? ViewCall.NewId() : null);
        var answer = await Corrections.SendAsync(run, page.SpeltAs(Spelling), day, Change, Corrections.Reason, key);
        var id =
            key
            ?? (answer.Reply.Status == HttpStatusCode.Created ? answer.Reply.Json.GetProperty("id").GetString()! : "");
        var correction = new Adjustment(
            Adjustment.Correction,
            id,
            page.Path,
            day,
            new Periods(Change, Change, Change),
            Corrections.Reason
        );
        var refusal =
            DaysBack is < 0 or > Corrections.MaxDaysBack ? "invalid_day"
            : Change is 0 or > MaxChange or < -MaxChange ? "invalid_change"
            : run.Model.Adjustments.Apply(correction, SiteRun.Operator);

        run.Coverage.Saw(refusal is null ? "corrections" : $"corrections refused: {refusal}");
        if (refusal is null)
        {
            answer.ExpectId(HttpStatusCode.Created, id);
        }
        else
        {
            answer.ExpectRefusal(refusal);
        }
    }
}

/// <summary>The key of an earlier correction once more, with the same content or with another.</summary>
internal sealed record CorrectAgain(int Which, bool Otherwise) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var corrections = run.Model.Adjustments.Applied.Where(adjustment => adjustment.IsCorrection).ToList();
        if (corrections.Count == 0)
        {
            return;
        }
        var correction = corrections[Which % corrections.Count];
        var change = Otherwise ? -correction.Views.Total : correction.Views.Total;
        var answer = await Corrections.SendAsync(
            run,
            correction.Page!,
            correction.Day,
            change,
            correction.Reason,
            correction.Id
        );

        run.Coverage.Saw("repeated corrections");
        if (correction.Day < run.Model.Today.AddDays(-Corrections.MaxDaysBack))
        {
            answer.ExpectRefusal("invalid_day");
        }
        else if (run.Model.Adjustments.IsUndone(correction))
        {
            answer.ExpectRefusal("already_undone");
        }
        else if (Otherwise)
        {
            answer.ExpectRefusal("idempotency_key_reused");
        }
        else
        {
            answer.ExpectId(HttpStatusCode.Created, correction.Id);
        }
    }
}

/// <summary>
/// A correction or baseline is taken back: one that is in force, one that was taken back before, or one that never was.
/// </summary>
internal sealed record Undo(int Which, bool WithReason) : Step
{
    public override async Task RunAsync(SiteRun run)
    {
        var all = run.Model.Adjustments.Applied;
        if (all.Count == 0)
        {
            var unknown = await run.OperateAsync("corrections/never-applied-at-all/undo", null, repeatable: true);
            run.Coverage.Saw("undos refused: unknown_correction");
            unknown.ExpectRefusal("unknown_correction");
            return;
        }
        var adjustment = all[Which % all.Count];
        var reason = WithReason ? "nhầm" : null;
        var answer = await run.OperateAsync(
            $"{adjustment.Kind}s/{adjustment.Id}/undo",
            reason is null ? null : new { reason },
            repeatable: true
        );
        var refusal = run.Model.Adjustments.Undo(adjustment, reason, SiteRun.Operator);

        run.Coverage.Saw(refusal is null ? "undos" : $"undos refused: {refusal}");
        if (refusal is not null)
        {
            answer.ExpectRefusal(refusal);
        }
        // Of a request that was sent twice the second may be told that the first has done it.
        else if (!answer.Repeated || answer.Reply.Code != "already_undone")
        {
            answer.ExpectId(HttpStatusCode.OK, adjustment.Id);
        }
    }
}

/// <summary>What operators send, and how they are answered.</summary>
internal static class Corrections
{
    public const string Reason = "đếm hai lần";

    public const int MaxDaysBack = 35;

    public static Task<Answer> SendAsync(
        SiteRun run,
        string page,
        DateOnly day,
        long change,
        string reason,
        string? key
    ) =>
        run.OperateAsync(
            "corrections",
            new
            {
                page,
                day = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                change,
                reason,
            },
            repeatable: key is not null,
            key
        );

    public static void ExpectId(this Answer answer, HttpStatusCode status, string id)
    {
        Assert.True(answer.Reply.Status == status, answer.Reply.ToString());
        Assert.Equal(id, answer.Reply.Json.GetProperty("id").GetString());
    }

    public static void ExpectRefusal(this Answer answer, string code)
    {
        Assert.True(answer.Reply.MediaType == "application/problem+json", $"{answer.Reply} instead of {code}");
        Assert.Equal(code, answer.Reply.Code);
    }
}
