using PortalServices.ApiDocuments;
using PortalServices.Counting.Baselines;
using PortalServices.Counting.Bots;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.Http;
using PortalServices.Counting.ReportStoreLoss;
using PortalServices.ServiceDefaults;
using static PortalServices.Counting.ApiDocument.CountingFields;

namespace PortalServices.Counting.ApiDocument;

/// <summary>The operators' routes, as the document tells of them.</summary>
internal static class OperatorOperations
{
    public const string Adjusting = "Corrections and baselines",
        Watching = "Audit and bots";
    private const string AtSite = "/api/operator/sites/{site}",
        MayRead = "counting.read",
        MayWrite = "counting.write";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Write(
            "corrections",
            "correct",
            "Puts a page's number of a day right: the day, the page and the totals change in one commit."
        ) with
        {
            Headers = [CountingFields.IdempotencyKey],
            Body = new ApiBody(
                typeof(CorrectionRequest),
                Page.Required(),
                Day.Required(),
                Change.Required(),
                Reason.Required()
            ),
            Replies = [new(201, "Applied, now or before under the same `Idempotency-Key`.", typeof(AdjustmentReply))],
            Problems =
            [
                .. RouteProblems.OfBodies,
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
                CommonProblems.IdempotencyKeyReused,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Undo(
            "corrections",
            "undoCorrection",
            "Takes a correction back.",
            CorrectionId,
            CountingProblems.UnknownCorrection
        ),
        Write(
            "baselines",
            "applyBaseline",
            "Carries an old system's number in; it is shown with the counted views and never drawn as traffic."
        ) with
        {
            Description = "0 ≤ `today` ≤ `week` ≤ `total`.",
            Body = new ApiBody(
                typeof(BaselineRequest),
                BaselineId.Required(),
                OfPage,
                Total.Required(),
                Week,
                Today,
                At,
                Reason.Required()
            ),
            Replies =
            [
                new(201, "Applied.", typeof(AdjustmentReply)),
                new(200, "The same was applied before.", typeof(AdjustmentReply)),
            ],
            Problems =
            [
                .. RouteProblems.OfBodies,
                CountingProblems.InvalidPage,
                CountingProblems.InvalidReason,
                CountingProblems.InvalidInstant,
                CountingProblems.InvalidBaseline,
                CountingProblems.BaselineExists,
                CountingProblems.AlreadyUndone,
                CountingProblems.CountTooLarge,
                CountingProblems.AuditFull,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Undo("baselines", "undoBaseline", "Takes a baseline back.", BaselineId, CountingProblems.UnknownBaseline),
        Read("audit", "readAudit", "Reads who changed what, when and why, the newest first.") with
        {
            Query = [AuditPage, PageSize],
            Replies = PublicOperations.Answers("A page of the audit.", typeof(AuditReply)),
            Problems = [CountingProblems.InvalidLimit, .. RouteProblems.OperatorsOfSite],
        },
        Read("store-loss", "readStoreLoss", "Reads whether the store lost views that it had acknowledged.") with
        {
            Description = "A loss stays until an operator acknowledges it; then the last one is told with who did.",
            Replies = PublicOperations.Answers("What was expected, and what was found.", typeof(StoreLossReply)),
            Problems = [.. RouteProblems.OperatorsOfSite],
        },
        Write(
            "store-loss/acknowledge",
            "acknowledgeStoreLoss",
            "Acknowledges that the store lost views: `storeLoss` is told no more."
        ) with
        {
            Tag = Watching,
            Body = new ApiBody(typeof(AcknowledgeRequest), Reason.Required()),
            Replies =
            [
                new(200, "Acknowledged, now or before.", typeof(StoreLossReply)) { Headers = [CountingFields.ETag] },
            ],
            Problems =
            [
                .. RouteProblems.OfBodies,
                CountingProblems.InvalidReason,
                CountingProblems.NoStoreLoss,
                CountingProblems.AuditFull,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Read(
            "bots",
            "readBots",
            "Reads the views of bots by day of the site and reason; they are in no other number."
        ) with
        {
            Query = [FromDay, ToDay],
            Replies = PublicOperations.Answers("Every day of the span, in order.", typeof(BotsReply)),
            Problems =
            [
                CountingProblems.InvalidDay,
                CountingProblems.InvalidSpan,
                CountingProblems.TooManyItems,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
    ];

    private static ApiOperation Undo(string route, string id, string summary, ApiField named, ProblemCode unknown) =>
        Write($"{route}/{{id}}/undo", id, summary) with
        {
            Path = [ApiFields.SiteId, named],
            Body = new ApiBody(typeof(UndoRequest), Reason) { IsOptional = true },
            Replies = [new(200, "Taken back.", typeof(AdjustmentReply))],
            Problems =
            [
                .. RouteProblems.OfBodies,
                CountingProblems.InvalidReason,
                unknown,
                CountingProblems.AlreadyUndone,
                CountingProblems.NegativeCount,
                CountingProblems.CountTooLarge,
                CountingProblems.AuditFull,
                .. RouteProblems.OperatorsOfSite,
            ],
        };

    private static ApiOperation Write(string route, string id, string summary) =>
        new("POST", $"{AtSite}/{route}", id, summary)
        {
            Tag = Adjusting,
            Scope = MayWrite,
            Path = [ApiFields.SiteId],
            Replies = [],
            Problems = [],
        };

    private static ApiOperation Read(string route, string id, string summary) =>
        new("GET", $"{AtSite}/{route}", id, summary)
        {
            Tag = Watching,
            Scope = MayRead,
            Path = [ApiFields.SiteId],
            Headers = [IfNoneMatch],
            Replies = [],
            Problems = [],
        };
}
