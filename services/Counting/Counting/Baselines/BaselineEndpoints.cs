using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Baselines;

/// <summary>
/// <c>POST baselines</c> and <c>POST baselines/{id}/undo</c>: an operator carries an old system's number in.
/// </summary>
internal static class BaselineEndpoints
{
    public static void MapBaselines(this IEndpointRouteBuilder site)
    {
        site.MapPost("/baselines", ApplyAsync)
            .Describe(
                "applyBaseline",
                "Imports a baseline from a previous counter; it is added to the counted views, and never to traffic.",
                $"0 ≤ `today` ≤ `week` ≤ `total`; `at` is up to {CorrectionEndpoints.MaxDaysBack} days ago."
            )
            .Reads<BaselineRequest>()
            .Answers<AdjustmentReply>("Applied.", StatusCodes.Status201Created)
            .Answers<AdjustmentReply>("The same was applied before.")
            .Fails(
                CountingProblems.InvalidPage,
                CountingProblems.InvalidReason,
                CountingProblems.InvalidInstant,
                CountingProblems.InvalidBaseline,
                CountingProblems.BaselineExists,
                CountingProblems.AlreadyUndone,
                CountingProblems.CountTooLarge,
                CountingProblems.AuditFull
            );
        site.MapUndo(AdjustmentKind.Baseline, ApiValue.Text("old-counter", 1, 64, BaselineRequest.Name));
    }

    private static async Task<IResult> ApplyAsync(
        HttpContext context,
        PerSite<SiteCalendar> calendars,
        Adjustments adjustments,
        TimeProvider time
    )
    {
        var (site, request) = (context.Site(), context.Sent<BaselineRequest>());
        string? page = null;
        if (request.Page is not null && !PageIdentity.TryParse(request.Page, site, "", out page, out _))
        {
            return Problem.Of(CountingProblems.InvalidPage);
        }
        if (!AuditEntry.IsReason(request.Reason))
        {
            return Problem.Of(CountingProblems.InvalidReason);
        }

        var now = time.GetUtcNow();
        var at = now;
        if (
            request.At is not null
            && !(
                Instant.TryParse(request.At, out at) && at <= now && at >= now.AddDays(-CorrectionEndpoints.MaxDaysBack)
            )
        )
        {
            return Problem.Of(CountingProblems.InvalidInstant, detail: "at");
        }
        var baseline = new Baseline(
            request.Id ?? "",
            page,
            request.Total ?? -1,
            request.Week ?? 0,
            request.Today ?? 0,
            request.Reason!
        );
        if (baseline.Fault() is { } fault)
        {
            return Problem.Of(CountingProblems.InvalidBaseline, detail: fault);
        }

        var buckets = calendars.Of(site.Id).Of(at);
        var entry = baseline.Audit(context.Operator()!.Name, now, buckets);
        var (outcome, taken) = await adjustments.ApplyAsync(site.Id, entry);
        return outcome switch
        {
            AdjustmentOutcome.Applied => AdjustmentReplies.Created(baseline.Id),
            AdjustmentOutcome.Present
                when taken!.AsksTheSame(entry) && (request.At is null || taken.DayBucket == entry.DayBucket) =>
                AdjustmentReplies.Done(baseline.Id),
            AdjustmentOutcome.Present => Problem.Of(CountingProblems.BaselineExists),
            _ => AdjustmentReplies.Refusal(outcome, AdjustmentKind.Baseline),
        };
    }
}

/// <summary>An old system's number.</summary>
/// <param name="Id">The baseline's id, under which it is applied once.</param>
/// <param name="Page">The page; left out for the site.</param>
/// <param name="Total">All that was counted there.</param>
/// <param name="Week">The part of it that was counted in the week of <c>at</c>; at least <c>today</c>.</param>
/// <param name="Today">The part of it that was counted on the day of <c>at</c>.</param>
/// <param name="At">When the old system stopped counting, with its zone; now when it is left out.</param>
/// <param name="Reason">For the audit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BaselineRequest(
    [Required, Length(1, 64), RegularExpression(BaselineRequest.Name), Example("old-counter")] string? Id,
    [MinLength(1), Example("/tin-tuc?ItemID=42")] string? Page,
    [Required, WholeNumber(0, Adjustment.MaxViews), Example(18_481_240)] long? Total,
    [WholeNumber(0, Adjustment.MaxViews), Example(96_101)] long? Week,
    [WholeNumber(0, Adjustment.MaxViews), Example(31_315)] long? Today,
    [DataType(DataType.DateTime), Example("2026-11-25T10:00:00+07:00")] string? At,
    [Required, MaxLength(AuditEntry.MaxReason), Example("Thử tải")] string? Reason
)
{
    public const string Name = "^[A-Za-z0-9_.-]{1,64}$";
}
