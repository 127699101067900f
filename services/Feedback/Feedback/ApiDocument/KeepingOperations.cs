using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Lists;
using PortalServices.ServiceDefaults;
using static PortalServices.Feedback.ApiDocument.OperatorRoute;
using static PortalServices.Feedback.ApiDocument.SentFields;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>The operators' routes of personal data: export, erasure, audit; as the document tells of them.</summary>
internal static class KeepingOperations
{
    public const string Tag = "Keeping feedback";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Read(
            Tag,
            "/export.csv",
            "exportFeedback",
            "Reads what the list shows for the same questions, all of it, for a spreadsheet. The export is audited."
        ) with
        {
            Query = [OfStatus, Overdue, OfOperator, Search, Sort],
            Replies =
            [
                new(200, "UTF-8 with a byte order mark; no cell is a formula; instants by the site's clock.")
                {
                    TextType = "text/csv",
                    Headers = [FileName],
                },
            ],
            Problems = OfQueries,
        },
        Change(
            Tag,
            "erase",
            "eraseFeedback",
            "Erases the personal data of feedback for ever: every text of it, those of its steps, and what was published."
        ) with
        {
            Description =
                "What stays is that there was feedback, when, what became of it, and the reason that is sent here. What was open is declined without a word; what was published is "
                + "answered. It is final, and can be repeated: what is erased already is answered as it is.",
            Body = new ApiBody(typeof(ReasonInput), Reason.Required()),
            Problems =
            [
                .. RouteProblems.OfBodies,
                CommonProblems.InvalidFields,
                .. OfChanges.Where(problem =>
                    problem != CommonProblems.IllegalState && problem != FeedbackProblems.Erased
                ),
            ],
        },
        Write(
            Tag,
            "/retention",
            "eraseOldFeedback",
            "Erases the personal data of everything that came so long ago and is no longer open. What is published stays published."
        ) with
        {
            Body = new ApiBody(typeof(RetentionInput), OlderThanDays.Required(), Reason.Required()),
            Replies = [new(200, "Done.", typeof(ErasedReply))],
            Problems = [.. RouteProblems.OfBodies, CommonProblems.InvalidFields, .. RouteProblems.OperatorsOfSite],
        },
        Read(
            Tag,
            "/audit",
            "auditFeedback",
            "Lists all that was done with the site's feedback, exports and erasures too."
        ) with
        {
            Query = [ApiFields.Page, ApiFields.PageSize, SentFields.After],
            Replies = Listing("A page of the steps, the latest first.", typeof(PartOfList<StepReply>)),
            Problems = [CommonProblems.InvalidPaging, FeedbackProblems.InvalidCursor, .. RouteProblems.OperatorsOfSite],
        },
    ];
}
