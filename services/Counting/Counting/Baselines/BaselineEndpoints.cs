using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.Baselines;

/// <summary>
/// <c>POST baselines</c> and <c>POST baselines/{id}/undo</c>: an operator carries an old system's number in.
/// </summary>
internal static class BaselineEndpoints
{
    public static void MapBaselines(this IEndpointRouteBuilder site)
    {
        site.MapPost("/baselines", ApplyAsync);
        site.MapPost(
            "/baselines/{id}/undo",
            (string site, string id, HttpContext context, SiteList sites, Adjustments adjustments) =>
                AdjustmentReplies.UndoAsync(AdjustmentKind.Baseline, site, id, context, sites, adjustments)
        );
    }

    private static async Task<IResult> ApplyAsync(
        string site,
        HttpContext context,
        SiteList sites,
        PerSite<SiteCalendar> calendars,
        Adjustments adjustments,
        TimeProvider time
    )
    {
        if (!sites.TryGet(site, out var known))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        var (request, problem) = await OperatorBody.ReadAsync(context.Request, BaselineJson.Readable.BaselineRequest);
        if (request is null)
        {
            return problem!;
        }

        string? page = null;
        if (request.Page is not null && !PageIdentity.TryParse(request.Page, known, "", out page, out _))
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

        var buckets = calendars.Of(site).Of(at);
        var entry = baseline.Audit(context.Operator()!.Name, now, buckets);
        try
        {
            var (outcome, taken) = await adjustments.ApplyAsync(site, baseline.At(buckets), entry);
            return outcome switch
            {
                AdjustmentOutcome.Applied => AdjustmentReplies.Created(baseline.Id),
                AdjustmentOutcome.Present
                    when taken!.AsksTheSame(entry) && (request.At is null || taken.DayBucket == entry.DayBucket) =>
                    TypedResults.Json(new AdjustmentReply(baseline.Id), CorrectionJson.Readable.AdjustmentReply),
                AdjustmentOutcome.Present => Problem.Of(CountingProblems.BaselineExists),
                _ => AdjustmentReplies.Refusal(outcome, AdjustmentKind.Baseline),
            };
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return StoreFailure.Reply();
        }
    }
}

/// <summary>An old system's number.</summary>
/// <param name="Id">Applied once under this name: 1 to 64 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>.</param>
/// <param name="Page">The page; left out for the site.</param>
/// <param name="Total">All that was counted there.</param>
/// <param name="Week">The part of it that was counted in the week of <paramref name="At"/>.</param>
/// <param name="Today">The part of it that was counted on the day of <paramref name="At"/>.</param>
/// <param name="At">When the old system stopped counting: an instant with its zone, up to 35 days ago; now when it is
/// left out.</param>
/// <param name="Reason">For the audit, 1 to 500 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BaselineRequest(
    string? Id,
    string? Page,
    long? Total,
    long? Week,
    long? Today,
    string? At,
    string? Reason
);

[JsonSerializable(typeof(BaselineRequest))]
internal sealed partial class BaselineJson : JsonSerializerContext
{
    public static BaselineJson Readable { get; } = new(CountingJson.Options());
}
