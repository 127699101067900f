using PortalServices.ApiDocuments;
using PortalServices.Messaging;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>
/// The API document of feedback, <c>/openapi/feedback.json</c>. Its approved text is docs/openapi/feedback.json, so a
/// change of the API shows in review.
/// </summary>
internal static class FeedbackDocument
{
    public static ApiDescription Description { get; } =
        new(
            FeedbackService.Name,
            "Feedback",
            "Feedback of visitors behind a captcha, and what operators make of it. How it goes from one state to the next, and what is promised, is in docs/feedback.md; "
                + "all problem codes are in docs/errors.md."
        )
        {
            Tags =
            [
                (
                    VisitorOperations.Captchas,
                    "Something to read or to hear that programs find hard; each may be answered once."
                ),
                (VisitorOperations.Feedback, "Send it, ask by receipt what has become of it, read what was published."),
                (
                    AnsweringOperations.Tag,
                    "What came in, and every step from reading to answering. At the operators' door only."
                ),
                (KeepingOperations.Tag, "Export, erasure, audit. At the operators' door only."),
                (DeadLetterOperations.Tag, DeadLetterOperations.About),
            ],
            Operations =
            [
                .. VisitorOperations.All,
                .. AnsweringOperations.All,
                .. KeepingOperations.All,
                .. DeadLetterOperations.Of(FeedbackService.Name),
            ],
        };
}
