using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Mail;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;
using static PortalServices.Feedback.ApiDocument.OperatorRoute;
using static PortalServices.Feedback.ApiDocument.SentFields;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>The operators' routes from reading to answering, as the document tells of them.</summary>
internal static class AnsweringOperations
{
    public const string Tag = "Answering feedback";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Read(Tag, "", "listAllFeedback", "Lists feedback in any state, or what a search finds.") with
        {
            Query = [OfStatus, Overdue, OfOperator, Search, Sort, ApiFields.Page, ApiFields.PageSize, After],
            Replies = Listing(
                "A page of the list: what is open by its due day, then the rest; or the newest first.",
                typeof(PartOfList<HandledFeedback>)
            ),
            Problems = [CommonProblems.InvalidPaging, FeedbackProblems.InvalidCursor, .. OfQueries],
        },
        Read(Tag, "/{id:guid}", "readAnyFeedback", "Reads feedback whole.") with
        {
            Path = [ApiFields.SiteId, FeedbackId],
            Replies = [Versioned("The feedback.")],
            Problems = [FeedbackProblems.UnknownFeedback, .. RouteProblems.OperatorsOfSite],
        },
        Read(Tag, "/{id:guid}/steps", "listFeedbackSteps", "Lists what was done with feedback, by whom and when.") with
        {
            Path = [ApiFields.SiteId, FeedbackId],
            Query = [ApiFields.Page, ApiFields.PageSize, After],
            Replies = Listing("A page of the steps, the latest first.", typeof(PartOfList<StepReply>)),
            Problems =
            [
                CommonProblems.InvalidPaging,
                FeedbackProblems.InvalidCursor,
                FeedbackProblems.UnknownFeedback,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Read(
            Tag,
            "/{id:guid}/mails",
            "listFeedbackMails",
            "Lists the mails about feedback: what waits, what the mail server took, what was given up and why."
        ) with
        {
            Path = [ApiFields.SiteId, FeedbackId],
            Query = [ApiFields.Page, ApiFields.PageSize],
            Replies = Listing("A page of the mails, the latest first.", typeof(PagedList<MailReply>)),
            Problems =
            [
                CommonProblems.InvalidPaging,
                FeedbackProblems.UnknownFeedback,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Step(
            "start",
            "startFeedback",
            "Takes received feedback up; it is the caller's, unless it is somebody's already."
        ),
        Told("assign", "assignFeedback", "Says who is to answer.", new ApiBody(typeof(AssignInput), To)) with
        {
            Problems = OfStaying,
        },
        Told(
            "notes",
            "noteOnFeedback",
            "Adds a note, for operators only.",
            new ApiBody(typeof(NoteInput), Note.Required())
        ),
        Announced(
            "answer",
            "answerFeedback",
            "Answers feedback that is received or in progress.",
            new ApiBody(typeof(AnswerInput), SentFields.Answer.Required())
        ),
        Told(
            "publish",
            "publishFeedback",
            "Publishes answered feedback: everybody can read the three texts.",
            new ApiBody(typeof(PublishInput), PublicTitle, PublicContent, PublicAnswer) { IsOptional = true }
        ) with
        {
            Description =
                "A text that is left out is the feedback's own, with what is certainly personal hidden. What is only likely is marked in `suggestions` of the feedback, by `start` and "
                + "`length` in UTF-16 code units of the text, and is published as it stands: read it, and send the text without it. Texts that are sent are published as they are, and kept in the audit.",
        },
        Step("unpublish", "unpublishFeedback", "Takes published feedback back; it is answered."),
        Announced(
            "decline",
            "declineFeedback",
            "Declines feedback that is received or in progress: its sender reads why.",
            new ApiBody(typeof(ReasonInput), Reason.Required())
        ),
        Step(
            "spam",
            "markFeedbackAsSpam",
            "Marks feedback that is received or in progress as spam; its sender reads that it is declined."
        ),
        Step(
            "reopen",
            "reopenFeedback",
            "Opens it again: answered or declined feedback is in progress, spam is received."
        ),
    ];

    private static ProblemCode[] OfStaying => [.. OfTexts.Where(problem => problem != CommonProblems.IllegalState)];

    private static ProblemCode[] OfTexts => [.. RouteProblems.OfBodies, CommonProblems.InvalidFields, .. OfChanges];

    private static ApiOperation Step(string step, string id, string summary) =>
        Change(Tag, step, id, summary) with
        {
            Problems = OfChanges,
        };

    private static ApiOperation Told(string step, string id, string summary, ApiBody body) =>
        Change(Tag, step, id, summary) with
        {
            Body = body,
            Problems = OfTexts,
        };

    private static ApiOperation Announced(string step, string id, string summary, ApiBody body) =>
        Told(step, id, summary, body) with
        {
            Problems = [MessagingProblems.OutboxFull, .. OfTexts],
        };
}
