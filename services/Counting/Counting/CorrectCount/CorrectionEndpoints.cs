using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.CorrectCount;

/// <summary>
/// <c>POST corrections</c> and <c>POST corrections/{id}/undo</c>: an operator puts a page's number of a day right.
/// </summary>
internal static class CorrectionEndpoints
{
    /// <summary>How far back a day may be corrected.</summary>
    public const int MaxDaysBack = 35;

    private static OpenApiSchema AnId => ApiValue.Text("thang-11-tin-tuc-42", 16, 64, "^[A-Za-z0-9_-]{16,64}$");

    public static void MapCorrections(this IEndpointRouteBuilder site)
    {
        site.MapPost("/corrections", CorrectAsync)
            .Describe(
                "correct",
                "Puts a page's number of a day right: the day, the page and the totals change in one commit.",
                $"`day` is today or one of the {MaxDaysBack} days before."
            )
            .Takes(
                new ApiField(
                    IdempotencyKey.Header,
                    "The correction's id, so that a request that was not answered can be sent again; one is made up when it is left out.",
                    AnId
                )
            )
            .Reads<CorrectionRequest>()
            .Answers<AdjustmentReply>(
                "Applied, now or before under the same `Idempotency-Key`.",
                StatusCodes.Status201Created
            )
            .Fails(
                CountingProblems.InvalidPage,
                CountingProblems.InvalidDay,
                CountingProblems.InvalidChange,
                CountingProblems.InvalidReason,
                CommonProblems.InvalidIdempotencyKey,
                CountingProblems.UnknownPage,
                CountingProblems.NegativeCount,
                CountingProblems.CountTooLarge,
                CountingProblems.AuditFull,
                CountingProblems.AlreadyUndone,
                CommonProblems.IdempotencyKeyReused
            );
        site.MapUndo(AdjustmentKind.Correction, AnId);
    }

    private static async Task<IResult> CorrectAsync(
        HttpContext context,
        PerSite<SiteCalendar> calendars,
        PerSite<KeptTimeline> timelines,
        Adjustments adjustments,
        TimeProvider time
    )
    {
        var (site, request) = (context.Site(), context.Sent<CorrectionRequest>());
        var now = time.GetUtcNow();
        if (!PageIdentity.TryParse(request.Page ?? "", site, "", out var path, out _))
        {
            return Problem.Of(CountingProblems.InvalidPage);
        }

        var today = calendars.Of(site.Id).DateOf(SiteCalendar.MinuteOf(now));
        if (!WrittenValue.TryReadDay(request.Day, out var day) || day > today || day < today.AddDays(-MaxDaysBack))
        {
            return Problem.Of(
                CountingProblems.InvalidDay,
                detail: string.Create(
                    CultureInfo.InvariantCulture,
                    $"{today.AddDays(-MaxDaysBack):yyyy-MM-dd} / {today:yyyy-MM-dd}"
                )
            );
        }

        if (request.Change is not (>= -CorrectionRequest.MaxChange and <= CorrectionRequest.MaxChange and not 0))
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

        var buckets = (await timelines.Of(site.Id).GetAsync()).Of(day)[^1];
        var entry = new AuditEntry
        {
            Kind = "correction",
            Id = id,
            Page = path,
            Day = day,
            Change = request.Change,
            Reason = request.Reason,
            Who = context.Operator()!.Name,
            At = now.UtcDateTime,
            DayBucket = buckets.Day,
            WeekBucket = buckets.Week,
        };
        var (outcome, taken) = await adjustments.ApplyAsync(site.Id, entry);
        return outcome switch
        {
            AdjustmentOutcome.Applied => AdjustmentReplies.Created(id),
            AdjustmentOutcome.Present when taken!.AsksTheSame(entry) => AdjustmentReplies.Created(id),
            AdjustmentOutcome.Present => Problem.Of(CommonProblems.IdempotencyKeyReused),
            _ => AdjustmentReplies.Refusal(outcome, AdjustmentKind.Correction),
        };
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
/// <param name="Page">A page with numbers: a path, or the full address of one of the site's pages.</param>
/// <param name="Day">The site's date.</param>
/// <param name="Change">Views to add, below zero to take away; not 0.</param>
/// <param name="Reason">For the audit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CorrectionRequest(
    [Required, Example("/tin-tuc?ItemID=42")] string? Page,
    [Required, DataType(DataType.Date), Example("2026-11-25")] string? Day,
    [Required, WholeNumber(-CorrectionRequest.MaxChange, CorrectionRequest.MaxChange), Example(-3)] long? Change,
    [Required, MaxLength(AuditEntry.MaxReason), Example("Thử tải")] string? Reason
)
{
    public const long MaxChange = 1_000_000_000;
}
