using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.CorrectCount;

/// <summary>What corrections and baselines have in common in their answers, and how one is taken back.</summary>
internal static class AdjustmentReplies
{
    /// <summary>Documents <see cref="UndoAsync"/>.</summary>
    public static RouteHandlerBuilder Undoes(this RouteHandlerBuilder route) =>
        route
            .TakesBody<UndoRequest>(isOptional: true)
            .Answers<AdjustmentReply>("Taken back.")
            .Fails(
                CountingProblems.InvalidReason,
                CountingProblems.AlreadyUndone,
                CountingProblems.NegativeCount,
                CountingProblems.CountTooLarge,
                CountingProblems.AuditFull
            );

    /// <summary>Takes a baseline or a correction back. The body may be empty, or give the reason.</summary>
    public static async Task<IResult> UndoAsync(
        AdjustmentKind kind,
        string site,
        string id,
        HttpContext context,
        SiteList sites,
        Adjustments adjustments
    )
    {
        if (!sites.TryGet(site, out _))
        {
            return Problem.Of(CommonProblems.UnknownSite);
        }

        var (request, problem) = await OperatorBody.ReadAsync(
            context.Request,
            CorrectionJson.Readable.UndoRequest,
            whenEmpty: new UndoRequest(null)
        );
        if (request is null)
        {
            return problem!;
        }

        if (request.Reason is not null && !AuditEntry.IsReason(request.Reason))
        {
            return Problem.Of(CountingProblems.InvalidReason);
        }

        try
        {
            var outcome = await adjustments.UndoAsync(site, kind, id, context.Operator()!.Name, request.Reason);
            return outcome == AdjustmentOutcome.Applied
                ? TypedResults.Json(new AdjustmentReply(id), CorrectionJson.Readable.AdjustmentReply)
                : Refusal(outcome, kind);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            return StoreFailure.Reply();
        }
    }

    public static IResult Created(string id) =>
        TypedResults.Json(
            new AdjustmentReply(id),
            CorrectionJson.Readable.AdjustmentReply,
            statusCode: StatusCodes.Status201Created
        );

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

[JsonSerializable(typeof(CorrectionRequest))]
[JsonSerializable(typeof(UndoRequest))]
[JsonSerializable(typeof(AdjustmentReply))]
[JsonSerializable(typeof(AuditReply))]
internal sealed partial class CorrectionJson : JsonSerializerContext
{
    public static CorrectionJson Readable { get; } = new(CountingJson.Options());
}
