using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.CorrectCount;

/// <summary>
/// <c>POST corrections</c> and <c>POST corrections/{id}/undo</c>: an operator puts a page's number of a day right.
/// </summary>
internal static class CorrectionEndpoints
{
    /// <summary>How far back a day may be corrected.</summary>
    public const int MaxDaysBack = 35;

    public const long MaxChange = 1_000_000_000;

    public static void MapCorrections(this IEndpointRouteBuilder site)
    {
        site.MapPost("/corrections", CorrectAsync);
        site.MapPost(
            "/corrections/{id}/undo",
            (string site, string id, HttpContext context, SiteList sites, Adjustments adjustments) =>
                AdjustmentReplies.UndoAsync(AdjustmentKind.Correction, site, id, context, sites, adjustments)
        );
    }

    private static async Task<IResult> CorrectAsync(
        string site,
        HttpContext context,
        SiteList sites,
        PerSite<SiteCalendar> calendars,
        PerSite<KeptTimeline> timelines,
        Adjustments adjustments,
        TimeProvider time
    )
    {
        if (!sites.TryGet(site, out var known))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        var (request, problem) = await OperatorBody.ReadAsync(
            context.Request,
            CorrectionJson.Readable.CorrectionRequest
        );
        if (request is null)
        {
            return problem!;
        }

        var now = time.GetUtcNow();
        if (!PageIdentity.TryParse(request.Page ?? "", known, "", out var path, out _))
        {
            return Problem.Of(CountingProblems.InvalidPage);
        }

        var today = calendars.Of(site).DateOf(SiteCalendar.MinuteOf(now));
        if (
            !DateOnly.TryParseExact(
                request.Day,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
            || day > today
            || day < today.AddDays(-MaxDaysBack)
        )
        {
            return Problem.Of(
                CountingProblems.InvalidDay,
                detail: string.Create(
                    CultureInfo.InvariantCulture,
                    $"{today.AddDays(-MaxDaysBack):yyyy-MM-dd} / {today:yyyy-MM-dd}"
                )
            );
        }

        if (request.Change is not (>= -MaxChange and <= MaxChange and not 0))
        {
            return Problem.Of(CountingProblems.InvalidChange);
        }

        if (!AuditEntry.IsReason(request.Reason))
        {
            return Problem.Of(CountingProblems.InvalidReason);
        }

        if (!TryReadId(context.Request, out var id))
        {
            return Problem.Of(CommonProblems.InvalidIdempotencyKey);
        }

        try
        {
            var buckets = (await timelines.Of(site).GetAsync()).Of(day)[^1];
            var change = request.Change.Value;
            var entry = new AuditEntry
            {
                Kind = "correction",
                Id = id,
                Page = path,
                Day = day,
                Change = change,
                Reason = request.Reason,
                Who = context.Operator()!.Name,
                At = now.UtcDateTime,
                DayBucket = buckets.Day,
                WeekBucket = buckets.Week,
            };
            var adjustment = new Adjustment(
                AdjustmentKind.Correction,
                id,
                path,
                buckets.Day,
                buckets.Week,
                new ViewTotals(change, change, change)
            );
            var (outcome, taken) = await adjustments.ApplyAsync(site, adjustment, entry);
            return outcome switch
            {
                AdjustmentOutcome.Applied => AdjustmentReplies.Created(id),
                AdjustmentOutcome.Present when taken!.AsksTheSame(entry) => AdjustmentReplies.Created(id),
                AdjustmentOutcome.Present => Problem.Of(CommonProblems.IdempotencyKeyReused),
                _ => AdjustmentReplies.Refusal(outcome, AdjustmentKind.Correction),
            };
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return StoreFailure.Reply();
        }
    }

    /// <summary>
    /// The caller's own key, so that it can repeat a request that was not answered; else one that nobody has.
    /// </summary>
    private static bool TryReadId(HttpRequest request, out string id)
    {
        var given = request.Headers[IdempotencyKey.Header];
        id = given.Count == 0 ? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)) : given.ToString();
        return IdempotencyKey.IsValid(id);
    }
}

/// <summary>What an operator asks to be corrected.</summary>
/// <param name="Page">A page with numbers.</param>
/// <param name="Day">The site's date, <c>2026-11-25</c>; today or one of the 35 days before.</param>
/// <param name="Change">Views to add, below zero to take away; at most 10⁹.</param>
/// <param name="Reason">For the audit, 1 to 500 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CorrectionRequest(string? Page, string? Day, long? Change, string? Reason);
