namespace PortalServices.Feedback;

/// <summary>Failures of feedback.</summary>
public static class FeedbackProblems
{
    /// <summary>
    /// Feedback without an idempotency key: send the header <c>Idempotency-Key</c>, or the field <c>idempotencyKey</c>
    /// of a form.
    /// </summary>
    public static readonly ProblemCode IdempotencyKeyRequired = new(
        "idempotency_key_required",
        400,
        "Send an Idempotency-Key of 16 to 64 letters, digits, \"_\" or \"-\".",
        "Cần gửi Idempotency-Key gồm 16 đến 64 chữ cái, chữ số, \"_\" hoặc \"-\"."
    );

    /// <summary>The same feedback is being taken at this moment; send it again after <c>Retry-After</c>.</summary>
    public static readonly ProblemCode InProgress = new(
        "request_in_progress",
        409,
        "This feedback is being processed. Please try again in a moment.",
        "Ý kiến này đang được xử lý. Vui lòng thử lại sau giây lát."
    );

    /// <summary>
    /// The answer to the captcha is wrong; it cannot be answered again, so a new one is needed. The key may be used
    /// again.
    /// </summary>
    public static readonly ProblemCode CaptchaWrong = new(
        "captcha_wrong",
        400,
        "The verification code is wrong. Please enter the new code.",
        "Mã xác nhận không đúng. Vui lòng nhập mã mới."
    );

    /// <summary>The captcha has expired; a new one is needed.</summary>
    public static readonly ProblemCode CaptchaExpired = new(
        "captcha_expired",
        400,
        "The verification code has expired. Please enter the new code.",
        "Mã xác nhận đã hết hạn. Vui lòng nhập mã mới."
    );

    /// <summary>The captcha was answered before, rightly or not; a new one is needed.</summary>
    public static readonly ProblemCode CaptchaUsed = new(
        "captcha_used",
        400,
        "The verification code was used already. Please enter the new code.",
        "Mã xác nhận đã được sử dụng. Vui lòng nhập mã mới."
    );

    /// <summary>The captcha is none of this portal's.</summary>
    public static readonly ProblemCode UnknownCaptcha = new(
        "unknown_captcha",
        404,
        "There is no such verification code.",
        "Không có mã xác nhận này."
    );

    /// <summary>A submission names a captcha that is none of this portal's; a new one is needed.</summary>
    public static readonly ProblemCode CaptchaUnknown = new(
        "captcha_unknown",
        400,
        "The verification code is not valid. Please enter the new code.",
        "Mã xác nhận không hợp lệ. Vui lòng nhập mã mới."
    );

    /// <summary>The captcha's image or sound is asked for after it has expired.</summary>
    public static readonly ProblemCode CaptchaGone = new(
        "captcha_gone",
        410,
        "The verification code has expired.",
        "Mã xác nhận đã hết hạn."
    );

    /// <summary>
    /// So much is submitted by this address, or to this site, that the answer to an image or a sound is not enough, and
    /// was not looked at: send proof of work (<c>captcha.work</c>), or come again after <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode CaptchaWorkRequired = new(
        "captcha_work_required",
        429,
        "Too much feedback is being sent. Your browser must do some work first; without scripts, please try again later.",
        "Hiện có quá nhiều ý kiến được gửi. Trình duyệt cần tính toán trước khi gửi; nếu không dùng JavaScript, vui lòng thử lại sau."
    );

    /// <summary>
    /// More has been submitted since this proof-of-work challenge was made, and more work is needed by now; ask for a
    /// new one.
    /// </summary>
    public static readonly ProblemCode CaptchaWorkTooCheap = new(
        "captcha_work_too_cheap",
        400,
        "The browser must do more work before this is sent. Please try again.",
        "Trình duyệt cần tính toán thêm trước khi gửi. Vui lòng thử lại."
    );

    /// <summary>
    /// The verifier of captchas does not answer; nothing was taken. Try again after <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode CaptchaUnavailable = new(
        "captcha_unavailable",
        503,
        "The verification code cannot be checked at the moment. Please try again.",
        "Hiện chưa thể kiểm tra mã xác nhận. Vui lòng thử lại."
    );

    /// <summary>
    /// Too many images and sounds are being drawn at this moment; try again after <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode CaptchaBusy = new(
        "captcha_busy",
        503,
        "Too many verification codes are being drawn. Please try again.",
        "Đang có quá nhiều mã xác nhận được tạo. Vui lòng thử lại."
    );

    /// <summary>A field that people do not see is filled in.</summary>
    public static readonly ProblemCode Automated = new(
        "automated_submission",
        400,
        "This looks like an automated submission. Leave the field \"website\" empty.",
        "Nội dung này có vẻ được gửi tự động. Hãy để trống trường \"website\"."
    );

    /// <summary>
    /// It was sent sooner after its captcha than anybody can type; the captcha is still good, so send it again after
    /// <c>Retry-After</c>.
    /// </summary>
    public static readonly ProblemCode TooFast = new(
        "filled_too_fast",
        400,
        "This was sent too fast. Please wait a moment and send it again.",
        "Bạn gửi quá nhanh. Vui lòng đợi giây lát rồi gửi lại."
    );

    /// <summary>
    /// So much feedback of the site waits to be looked at that no more is taken; an operator must see to it.
    /// </summary>
    public static readonly ProblemCode FeedbackFull = new(
        "feedback_full",
        503,
        "No more feedback can be taken at the moment. Please try again later.",
        "Hiện không thể tiếp nhận thêm ý kiến. Vui lòng thử lại sau."
    );

    /// <summary>Nobody has been given this receipt.</summary>
    public static readonly ProblemCode UnknownReceipt = new(
        "unknown_receipt",
        404,
        "There is no feedback with this code.",
        "Không có ý kiến nào với mã này."
    );

    /// <summary>There is no such feedback.</summary>
    public static readonly ProblemCode UnknownFeedback = new(
        "unknown_feedback",
        404,
        "There is no such feedback.",
        "Không có ý kiến này."
    );

    /// <summary>
    /// The personal data of the feedback were erased; no step is taken with it any more, but for taking back what was
    /// published.
    /// </summary>
    public static readonly ProblemCode Erased = new(
        "feedback_erased",
        409,
        "The texts of this feedback were erased. It is closed for good.",
        "Nội dung của ý kiến này đã được xóa. Ý kiến đã được đóng hẳn."
    );

    /// <summary>
    /// A status is none of <c>received</c>, <c>inProgress</c>, <c>answered</c>, <c>published</c>, <c>declined</c> and
    /// <c>spam</c>.
    /// </summary>
    public static readonly ProblemCode InvalidStatus = new(
        "invalid_status",
        400,
        "The status is one of \"received\", \"inProgress\", \"answered\", \"published\", \"declined\" and \"spam\".",
        "Trạng thái là một trong \"received\", \"inProgress\", \"answered\", \"published\", \"declined\" và \"spam\"."
    );

    /// <summary>
    /// <c>after</c> is no cursor that this list gave in this order as <c>next</c>, or a page is asked for by its number
    /// as well.
    /// </summary>
    public static readonly ProblemCode InvalidCursor = new(
        "invalid_cursor",
        400,
        "\"after\" is what this list has given as \"next\", without a page.",
        "\"after\" là giá trị \"next\" do chính danh sách này trả về, không kèm số trang."
    );
}
