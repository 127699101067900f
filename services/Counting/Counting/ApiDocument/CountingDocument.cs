using PortalServices.ApiDocuments;
using PortalServices.Counting.Bots;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.Messaging;

namespace PortalServices.Counting.ApiDocument;

/// <summary>
/// The API document of counting, <c>/openapi/counting.json</c>. Its approved text is docs/openapi/counting.json, so a
/// change of the API shows in review.
/// </summary>
internal static class CountingDocument
{
    public const string Name = "counting";

    private static readonly string[] Kinds = ["baseline", "correction"];

    public static ApiDescription Description { get; } =
        new(
            Name,
            "Counting",
            "Page views, visitors and online of public portals. What the numbers mean, and what a reply promises, is in docs/counting.md; all problem codes are in docs/errors.md."
        )
        {
            Tags =
            [
                (PublicOperations.Views, "What a page sends."),
                (PublicOperations.Numbers, "What a page shows."),
                (
                    OperatorOperations.Adjusting,
                    "Changes of what is shown, kept apart from what was counted, audited, and to be undone. At the operators' door only."
                ),
                (OperatorOperations.Watching, "What operators watch. At the operators' door only."),
                (DeadLetterOperations.Tag, DeadLetterOperations.About),
            ],
            Operations = [.. PublicOperations.All, .. OperatorOperations.All, .. DeadLetterOperations.Of(Name)],
            Words =
            [
                (nameof(ViewReply), "reason", ["duplicate", "bot", "optedOut"]),
                (nameof(TopPagesReply), "period", ["today", "week", "total"]),
                (nameof(TrafficReply), "step", ["minute", "hour", "day"]),
                (nameof(BotDay), "reasons", BotReasons.All.Select(reason => reason.StoredName())),
                (nameof(AuditItem), "kind", [.. Kinds, "undo", "storeLoss", "visitorSecret"]),
                (nameof(AuditItem), "of", Kinds),
            ],
        };
}
