using PortalServices.ApiDocuments;
using PortalServices.Feedback.Captcha;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Submit;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;
using static PortalServices.Feedback.ApiDocument.SentFields;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>The routes that are open to all, as the document tells of them.</summary>
internal static class VisitorOperations
{
    public const string Captchas = "Captchas",
        Feedback = "Feedback";

    private const string OfCaptchas = "/api/captchas",
        OfWork = "/api/sites/{site}/captchas/work",
        OfFeedback = "/api/sites/{site}/feedback";

    // All sites share the captchas.
    private static readonly ProblemCode[] OfNoSite =
    [
        .. RouteProblems.Public.Where(problem => problem != CommonProblems.UnknownSite),
    ];

    private static readonly ProblemCode[] OfSubmissions =
    [
        .. RouteProblems.OfBodies,
        CommonProblems.InvalidRequest,
        CommonProblems.InvalidFields,
        FeedbackProblems.IdempotencyKeyRequired,
        CommonProblems.InvalidIdempotencyKey,
        CommonProblems.IdempotencyKeyReused,
        FeedbackProblems.InProgress,
        FeedbackProblems.CaptchaWrong,
        FeedbackProblems.CaptchaExpired,
        FeedbackProblems.CaptchaUsed,
        FeedbackProblems.CaptchaUnknown,
        FeedbackProblems.CaptchaWorkRequired,
        FeedbackProblems.CaptchaWorkTooCheap,
        FeedbackProblems.CaptchaUnavailable,
        FeedbackProblems.Automated,
        FeedbackProblems.TooFast,
        FeedbackProblems.FeedbackFull,
        MessagingProblems.OutboxFull,
        .. RouteProblems.Public,
    ];

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("POST", OfCaptchas, "makeCaptcha", "Makes a captcha.")
        {
            Description =
                "Where another service verifies (`Captcha:Verifier`), there is none to be made, and the answer is 404 `not_found`.",
            Tag = Captchas,
            Path = [],
            Query = [OfSite],
            Replies = [new(201, "A captcha.", typeof(CaptchaReply))],
            Problems = [CommonProblems.NotFound, .. RouteProblems.Public],
        },
        new(
            "GET",
            $"{OfCaptchas}/{{id}}/image.png",
            "readCaptchaImage",
            "Reads the captcha's image, the same at every time."
        )
        {
            Tag = Captchas,
            Path = [CaptchaId],
            Headers = [PartOfBytes],
            Replies = Parts("The image.", "image/png"),
            Problems =
            [
                FeedbackProblems.UnknownCaptcha,
                FeedbackProblems.CaptchaGone,
                FeedbackProblems.CaptchaBusy,
                .. OfNoSite,
            ],
        },
        new(
            "GET",
            $"{OfCaptchas}/{{id}}/audio.wav",
            "readCaptchaSound",
            "Reads the captcha's sound, for those who do not see the image; the same at every time."
        )
        {
            Tag = Captchas,
            Path = [CaptchaId],
            Query = [SoundLanguage],
            Headers = [PartOfBytes],
            Replies = Parts("The sound.", "audio/wav"),
            Problems =
            [
                CommonProblems.InvalidRequest,
                FeedbackProblems.UnknownCaptcha,
                FeedbackProblems.CaptchaGone,
                FeedbackProblems.CaptchaBusy,
                .. OfNoSite,
            ],
        },
        new(
            "GET",
            $"{OfCaptchas}/work.js",
            "readCaptchaWorkScript",
            "Reads the script that solves proof of work in a browser: `solveCaptchaWork(challenge)`."
        )
        {
            Tag = Captchas,
            Path = [],
            Headers = [IfNoneMatch],
            Replies =
            [
                new(200, "The script.") { TextType = "text/javascript", Headers = [ETag] },
                new(304, "It is what the caller holds.") { Headers = [ETag] },
            ],
            Problems = OfNoSite,
        },
        new("GET", OfWork, "makeCaptchaWork", "Makes a proof-of-work challenge, by version 1 of ALTCHA's protocol.")
        {
            Description =
                "`challenge` is the SHA-256 of `salt` and a number from 0 to `maxnumber` in decimal digits: whoever finds it may submit once, at this site, until `expires` (three minutes). "
                + "`maxnumber` rises with what the caller's address submits. Where another service verifies (`Captcha:Verifier`), the answer is 404 `not_found`.",
            Tag = Captchas,
            Path = [ApiFields.SiteId],
            Replies = [new(200, "A challenge.", typeof(WorkChallenge))],
            Problems = [CommonProblems.NotFound, .. RouteProblems.Public],
        },
        new("POST", OfFeedback, "sendFeedback", "Sends feedback.")
        {
            Description =
                "Fields are looked at first, so that a mistake costs no captcha. A wrong answer uses its captcha up: make another one, and keep the key. Sent again with the same key "
                + "and fields, it is the same feedback and is answered with the same receipt. Where much is submitted, the answer to an image or a sound alone is not enough (429 "
                + "`captcha_work_required`, and the answer stays good): send proof of work as well, or alone. `filled_too_fast` and `request_in_progress` carry `Retry-After`, too.",
            Tag = Feedback,
            Path = [ApiFields.SiteId],
            Headers = [IdempotencyKeyHeader],
            Body = new ApiBody(
                typeof(FeedbackInput),
                FullName.Required(),
                Title.Required(),
                Content.Required(),
                Email,
                Phone,
                Page,
                CaptchaOfJson.Required(),
                Website
            )
            {
                Form =
                [
                    FullName.Required(),
                    Title.Required(),
                    Content.Required(),
                    Email,
                    Phone,
                    Page,
                    CaptchaIdOfForm,
                    CaptchaAnswerOfForm,
                    CaptchaWorkOfForm,
                    IdempotencyKeyOfForm,
                    Website,
                ],
            },
            Replies =
            [
                new(201, "It is stored. To a JSON body.", typeof(FeedbackReceipt))
                {
                    Headers = [ApiFields.Location("Where its sender reads what has become of it.", Receipt)],
                },
                new(303, "It is stored. To a form.")
                {
                    Headers =
                    [
                        ApiFields.Location(
                            "The site's `receiptPage` with `receipt=` and the code, or where its sender reads what has become of it.",
                            Receipt
                        ),
                    ],
                },
            ],
            Problems = OfSubmissions,
            RetriedStatuses =
            [
                FeedbackProblems.TooFast.Status,
                FeedbackProblems.InProgress.Status,
                FeedbackProblems.CaptchaWorkRequired.Status,
            ],
        },
        new("GET", OfFeedback, "listPublishedFeedback", "Lists the feedback that was published, without personal data.")
        {
            Tag = Feedback,
            Path = [ApiFields.SiteId],
            Query = [ApiFields.Page, ApiFields.PageSize, After],
            Headers = [IfNoneMatch],
            Replies = Answers("A page of the list, the latest publication first.", typeof(PartOfList<PublicFeedback>)),
            Problems = [CommonProblems.InvalidPaging, FeedbackProblems.InvalidCursor, .. RouteProblems.Public],
        },
        new("GET", $"{OfFeedback}/{{receipt}}", "readOwnFeedback", "Reads what has become of feedback, for its sender.")
        {
            Tag = Feedback,
            Path = [ApiFields.SiteId, ReceiptOfSender],
            Replies = [new(200, "The feedback. Spam is told as declined.", typeof(OwnFeedback))],
            Problems = [FeedbackProblems.UnknownReceipt, .. RouteProblems.Public],
        },
    ];

    private static ApiReply[] Parts(string description, string type) =>
        [
            new(200, description) { BinaryType = type },
            new(206, "The part of it that was asked for.") { BinaryType = type },
        ];

    /// <summary>The answers of a list.</summary>
    public static ApiReply[] Answers(string description, Type type) =>
        [
            new(200, description, type) { Headers = [ETag] },
            new(304, "It is what the caller holds.") { Headers = [ETag] },
        ];
}
