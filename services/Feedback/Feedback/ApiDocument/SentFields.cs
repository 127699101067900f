using Microsoft.OpenApi;
using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Captcha;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Submit;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>What clients of feedback send, each with its bounds, and the headers of what they get.</summary>
internal static class SentFields
{
    /// <summary>An example of where a sender reads what has become of feedback.</summary>
    public const string Receipt = "/api/sites/sonla/feedback/7KQ2-M0XA-T9RD";

    private const string AnId = "0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57",
        ACaptcha = "CfDJ8N2Uu1Zk3p9Q",
        AKey = "5f0c8e9a4b570190",
        KeyPattern = "^[A-Za-z0-9_-]{16,64}$";

    private const string AWork = "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwibnVtYmVyIjo0MjE3fQ==",
        WorkDescription =
            "The solution of a challenge of `captchas/work`, once: the JSON `{algorithm, challenge, number, salt, signature}` in Base64, as an ALTCHA widget sends it.";

    public static readonly ApiField IfNoneMatch = ApiFields.IfNoneMatch("\"5f0c8e9a4b570190d5f25c1e\"");

    public static readonly ApiField ETag = new(
        "ETag",
        "Covers all that is answered.",
        ApiValue.Text("\"5f0c8e9a4b570190d5f25c1e\"")
    );

    public static readonly ApiField FileName = new(
        "Content-Disposition",
        "What to call the file.",
        ApiValue.Text("attachment; filename=\"feedback-sonla-2026-11-26.csv\"")
    );

    public static readonly ApiField CaptchaId = new("id", "The captcha's id.", ApiValue.Text(ACaptcha));

    public static readonly ApiField OfSite = new(
        "site",
        "The site whose language its sound has; else `Accept-Language` says it.",
        ApiFields.SiteId.Schema
    );

    public static readonly ApiField SoundLanguage = new(
        "lang",
        "The language that it is spoken in; left out for that of `Accept-Language`.",
        ApiValue.OneOf([RequestLanguage.Vietnamese, RequestLanguage.English])
    );

    public static readonly ApiField IdempotencyKeyHeader = new(
        IdempotencyKey.Header,
        "The sender's own name for this feedback, under which it is taken once. A form may say `idempotencyKey` instead; one of them must be there.",
        ApiValue.Text(AKey, pattern: KeyPattern)
    );

    public static readonly ApiField FullName = new(
        "fullName",
        "One line of plain text.",
        ApiValue.Text("Nguyễn Văn An", 1, FeedbackEntry.MaxName)
    );

    public static readonly ApiField Title = new(
        "title",
        "One line of plain text.",
        ApiValue.Text("Hỏi về học phí", 1, FeedbackEntry.MaxTitle)
    );

    public static readonly ApiField Content = new(
        "content",
        "Plain text.",
        ApiValue.Text("Trường thu học phí thế nào?", 1, FeedbackEntry.MaxContent)
    );

    public static readonly ApiField Email = new(
        "email",
        "Where the sender is written to; left out for nowhere.",
        ApiValue.Text("an@example.vn", most: FeedbackEntry.MaxEmail)
    );

    public static readonly ApiField Phone = new(
        "phone",
        "8 to 15 digits, and what stands between them.",
        ApiValue.Text("0912 345 678", most: FeedbackEntry.MaxPhone)
    );

    public static readonly ApiField Page = new(
        "page",
        "Where the sender is: an http or https address, or a path that begins with `/`.",
        ApiValue.Text("/tuyen-sinh", most: FeedbackEntry.MaxPage)
    );

    public static readonly ApiField CaptchaOfJson = new(
        "captcha",
        "The captcha and what was typed, or proof of work; one of `answer` and `work` must be there. Of both, both must be right.",
        ApiValue.Record(
            new ApiField("id", "The captcha's id; another service's verification needs none.", ApiValue.Text(ACaptcha)),
            new ApiField(
                "answer",
                "What was typed, in any case, with spaces anywhere; or the token of another service.",
                ApiValue.Text("7HM4TW")
            ),
            new ApiField("work", WorkDescription, ApiValue.Text(AWork, most: WorkChallenges.MaxCharacters))
        )
    );

    public static readonly ApiField CaptchaIdOfForm = new(
        "captcha.id",
        "The captcha's id; another service's verification needs none.",
        ApiValue.Text(ACaptcha)
    );

    public static readonly ApiField CaptchaAnswerOfForm = new(
        "captcha.answer",
        "What was typed, in any case, with spaces anywhere; or the token of another service. This or `altcha` must be there.",
        ApiValue.Text("7HM4TW")
    );

    public static readonly ApiField CaptchaWorkOfForm = new(
        "altcha",
        WorkDescription,
        ApiValue.Text(AWork, most: WorkChallenges.MaxCharacters)
    );

    public static readonly ApiField PartOfBytes = new(
        "Range",
        "A part of it; one that it does not have is answered with the whole.",
        ApiValue.Text("bytes=0-1")
    );

    public static readonly ApiField IdempotencyKeyOfForm = new(
        "idempotencyKey",
        "As the header, for pages that cannot send one.",
        ApiValue.Text(AKey, pattern: KeyPattern)
    );

    public static readonly ApiField Website = new(
        "website",
        "Hidden from people, for programs to fill in; must be empty.",
        ApiValue.Text("", most: 0)
    );

    public static readonly ApiField ReceiptOfSender = new(
        "receipt",
        "The code, in capital or small letters, with or without hyphens.",
        ApiValue.Text("7KQ2-M0XA-T9RD")
    );

    public static readonly ApiField FeedbackId = new(
        "id",
        "The feedback's id.",
        new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Format = "uuid",
            Examples = [AnId],
        }
    );

    public static readonly ApiField OfStatus = new(
        "status",
        "Only feedback in one of these states, parted by commas: `received`, `inProgress`, `answered`, `published`, `declined`, `spam`.",
        ApiValue.Text("received,inProgress")
    );

    public static readonly ApiField Overdue = new(
        "overdue",
        "Only what is open and past its due day, or only the rest.",
        new OpenApiSchema { Type = JsonSchemaType.Boolean, Examples = [true] }
    );

    public static readonly ApiField OfOperator = new(
        "assignedTo",
        "Only what this operator is to answer.",
        ApiValue.Text("an")
    );

    public static readonly ApiField Search = new(
        "q",
        "Words that must all be there, in any spelling: receipt, name, e-mail address, telephone, title, content, answer.",
        ApiValue.Text("hoc phi", most: FeedbackList.MaxSearch)
    );

    public static readonly ApiField Sort = new("sort", "The order.", ApiValue.OneOf(["dueBy", "newest"], "dueBy"));

    public static readonly ApiField After = new(
        "after",
        "What comes after another part of the list: its `next`, as it is, with the same filters and order. What comes or goes meanwhile moves nothing. Without `page`; nothing is counted.",
        ApiValue.Text(
            new ListCursor(ListOrder.Newest, 0, 1_781_000_000_000, Guid.Parse(AnId)).ToString(),
            most: ListCursor.Length
        )
    );

    public static readonly ApiField To = new(
        "to",
        "The name of the operator; left out for nobody.",
        ApiValue.Text("an", most: FeedbackOperatorEndpoints.MaxOperator)
    );

    public static readonly ApiField Answer = new(
        "text",
        "Plain text, for the sender.",
        ApiValue.Text("Nhà trường thu theo quý.", 1, FeedbackEntry.MaxAnswer)
    );

    public static readonly ApiField Note = new(
        "text",
        "Plain text, for operators.",
        ApiValue.Text("Đã hỏi phòng tài vụ.", 1, FeedbackOperatorEndpoints.MaxNote)
    );

    public static readonly ApiField Reason = new(
        "reason",
        "Why. The sender reads that of declining. That of an erasure is kept for ever, so it names nobody.",
        ApiValue.Text("Không thuộc thẩm quyền.", 1, FeedbackEntry.MaxReason)
    );

    public static readonly ApiField PublicTitle = new(
        "title",
        "One line of plain text.",
        ApiValue.Text("Hỏi về học phí", most: FeedbackEntry.MaxTitle)
    );

    public static readonly ApiField PublicContent = new(
        "content",
        "Plain text.",
        ApiValue.Text("Trường thu học phí thế nào?", most: FeedbackEntry.MaxContent)
    );

    public static readonly ApiField PublicAnswer = new(
        "answer",
        "Plain text.",
        ApiValue.Text("Nhà trường thu theo quý.", most: FeedbackEntry.MaxAnswer)
    );

    public static readonly ApiField OlderThanDays = new(
        "olderThanDays",
        "Of feedback that came earlier.",
        ApiValue.WholeNumber(730, 1, 36_500)
    );
}
