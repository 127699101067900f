using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Http.Json;

namespace PortalServices.Counting.CorrectCount;

/// <summary>What corrections and baselines have in common in their answers, and how one is taken back.</summary>
internal static class AdjustmentReplies
{
    /// <summary>
    /// <c>POST baselines/{id}/undo</c> and <c>POST corrections/{id}/undo</c>. The body may be empty, or give the reason.
    /// </summary>
    /// <param name="site">The operators' routes of a site.</param>
    /// <param name="kind">What is taken back.</param>
    /// <param name="ids">The form of its ids.</param>
    public static void MapUndo(this IEndpointRouteBuilder site, AdjustmentKind kind, OpenApiSchema ids)
    {
        var (name, operation, unknown) =
            kind == AdjustmentKind.Correction
                ? ("correction", "undoCorrection", CountingProblems.UnknownCorrection)
                : ("baseline", "undoBaseline", CountingProblems.UnknownBaseline);
        site.MapPost(
                $"/{name}s/{{id}}/undo",
                (string id, HttpContext context, Adjustments adjustments) => UndoAsync(kind, id, context, adjustments)
            )
            .Describe(operation, $"Takes a {name} back.")
            .Takes(new ApiField("id", $"The {name}'s id.", ids))
            .Reads(whenEmpty: new UndoRequest(null))
            .Answers<AdjustmentReply>("Taken back.")
            .Fails(
                CountingProblems.InvalidReason,
                CountingProblems.AlreadyUndone,
                CountingProblems.NegativeCount,
                CountingProblems.CountTooLarge,
                CountingProblems.AuditFull,
                unknown
            );
    }

    private static async Task<IResult> UndoAsync(
        AdjustmentKind kind,
        string id,
        HttpContext context,
        Adjustments adjustments
    )
    {
        var reason = context.Sent<UndoRequest>().Reason;
        if (reason is not null && !AuditEntry.IsReason(reason))
        {
            return Problem.Of(CountingProblems.InvalidReason);
        }

        var outcome = await adjustments.UndoAsync(context.Site().Id, kind, id, context.Operator()!.Name, reason);
        return outcome == AdjustmentOutcome.Applied ? Done(id) : Refusal(outcome, kind);
    }

    public static IResult Created(string id) => Done(id, StatusCodes.Status201Created);

    public static IResult Done(string id, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(new AdjustmentReply(id), PortalJson.Replies, statusCode: status);

    public static IResult Refusal(AdjustmentOutcome outcome, AdjustmentKind kind) =>
        outcome switch
        {
            AdjustmentOutcome.UnknownId => Problem.Of(
                kind == AdjustmentKind.Correction
                    ? CountingProblems.UnknownCorrection
                    : CountingProblems.UnknownBaseline
            ),
            AdjustmentOutcome.Undone => Problem.Of(CountingProblems.AlreadyUndone),
            AdjustmentOutcome.Full => Problem.Of(CountingProblems.AuditFull),
            AdjustmentOutcome.UnknownPage => Problem.Of(CountingProblems.UnknownPage),
            AdjustmentOutcome.Negative => Problem.Of(CountingProblems.NegativeCount),
            AdjustmentOutcome.TooLarge => Problem.Of(CountingProblems.CountTooLarge),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not a refusal"),
        };
}

/// <summary>The id of what was applied or taken back.</summary>
internal sealed record AdjustmentReply(string Id);

/// <summary>Why a baseline or correction is taken back; may be left out.</summary>
/// <param name="Reason">For the audit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UndoRequest([Length(1, AuditEntry.MaxReason), Example("Thử tải")] string? Reason);
