using PortalServices.ApiDocuments;
using PortalServices.Feedback.Captcha;
using PortalServices.Feedback.Submit;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;
using static PortalServices.Feedback.ApiDocument.SentFields;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>The routes that are open to all, as the document tells of them.</summary>
internal static class VisitorOperations
{
    public const string Captchas = "Captchas", Feedback = "Feedback";

    private const string OfCaptchas = "/api/captchas", OfFeedback = "/api/sites/{site}/feedback";

    // All sites share the captchas.
    private static readonly ProblemCode[] OfNoSite = [.. RouteProblems.Public.Where(problem => problem != CommonProblems.UnknownSite)];

    private static readonly ProblemCode[] OfSubmissions =
    [
        .. RouteProblems.OfBodies, CommonProblems.InvalidRequest, CommonProblems.InvalidFields, FeedbackProblems.IdempotencyKeyRequired, CommonProblems.InvalidIdempotencyKey,
        CommonProblems.IdempotencyKeyReused, FeedbackProblems.InProgress, FeedbackProblems.CaptchaWrong, FeedbackProblems.CaptchaExpired, FeedbackProblems.CaptchaUsed,
        FeedbackProblems.CaptchaUnknown, FeedbackProblems.CaptchaUnavailable, FeedbackProblems.Automated, FeedbackProblems.TooFast, FeedbackProblems.FeedbackFull,
        MessagingProblems.OutboxFull, .. RouteProblems.Public,
    ];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("POST", OfCaptchas, "makeCaptcha", "Makes a captcha.")
        {
            Description = "Where another service verifies (`Captcha:Verifier`), there is none to be made, and the answer is 404 `not_found`.",
            Tag = Captchas,
            Path = [],
            Query = [OfSite],
            Replies = [new(201, "A captcha.", typeof(CaptchaReply))],
            Problems = [CommonProblems.NotFound, .. RouteProblems.Public],
        },
        new("GET", $"{OfCaptchas}/{{id}}/image.png", "readCaptchaImage", "Reads the captcha's image, the same at every time.")
        {
            Tag = Captchas,
            Path = [CaptchaId],
            Replies = [new(200, "The image.") { BinaryType = "image/png" }],
            Problems = [FeedbackProblems.UnknownCaptcha, FeedbackProblems.CaptchaGone, FeedbackProblems.CaptchaBusy, .. OfNoSite],
        },
        new("GET", $"{OfCaptchas}/{{id}}/audio.wav", "readCaptchaSound", "Reads the captcha's sound, for those who do not see the image; the same at every time.")
        {
            Tag = Captchas,
            Path = [CaptchaId],
            Query = [SoundLanguage],
            Replies = [new(200, "The sound.") { BinaryType = "audio/wav" }],
            Problems = [CommonProblems.InvalidRequest, FeedbackProblems.UnknownCaptcha, FeedbackProblems.CaptchaGone, FeedbackProblems.CaptchaBusy, .. OfNoSite],
        },
        new("POST", OfFeedback, "sendFeedback", "Sends feedback.")
        {
            Description =
                "Fields are looked at first, so that a mistake costs no captcha. A wrong answer uses its captcha up: make another one, and keep the key. Sent again with the same key "
                + "and fields, it is the same feedback and is answered with the same receipt. `filled_too_fast` and `request_in_progress` carry `Retry-After`, too.",
            Tag = Feedback,
            Path = [ApiFields.SiteId],
            Headers = [IdempotencyKeyHeader],
            Body = new ApiBody(typeof(FeedbackInput), FullName.Required(), Title.Required(), Content.Required(), Email, Phone, Page, CaptchaOfJson.Required(), Website)
            {
                Form = [FullName.Required(), Title.Required(), Content.Required(), Email, Phone, Page, CaptchaIdOfForm, CaptchaAnswerOfForm.Required(), IdempotencyKeyOfForm, Website],
            },
            Replies =
            [
                new(201, "It is stored. To a JSON body.", typeof(FeedbackReceipt)) { Headers = [ApiFields.Location("Where its sender reads what has become of it.", Receipt)] },
                new(303, "It is stored. To a form.") { Headers = [ApiFields.Location("The site's `receiptPage` with `receipt=` and the code, or where its sender reads what has become of it.", Receipt)] },
            ],
            Problems = OfSubmissions,
            RetriedStatuses = [FeedbackProblems.TooFast.Status, FeedbackProblems.InProgress.Status],
        },
        new("GET", OfFeedback, "listPublishedFeedback", "Lists the feedback that was published, without personal data.")
        {
            Tag = Feedback,
            Path = [ApiFields.SiteId],
            Query = [ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = Answers("A page of the list, the latest publication first.", typeof(Listed<PublicFeedback>)),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.Public],
        },
        new("GET", $"{OfFeedback}/{{receipt}}", "readOwnFeedback", "Reads what has become of feedback, for its sender.")
        {
            Tag = Feedback,
            Path = [ApiFields.SiteId, ReceiptOfSender],
            Replies = [new(200, "The feedback. Spam is told as declined.", typeof(OwnFeedback))],
            Problems = [FeedbackProblems.UnknownReceipt, .. RouteProblems.Public],
        },
    ];

    /// <summary>The answers of a list.</summary>
    public static ApiReply[] Answers(string description, Type type) =>
        [new(200, description, type) { Headers = [ETag] }, new(304, "It is what the caller holds.") { Headers = [ETag] }];
}
