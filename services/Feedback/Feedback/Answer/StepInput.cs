using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Answer;

/// <summary>An answer.</summary>
/// <param name="Text">Plain text, for the sender.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AnswerInput(
    [Required, PlainText(FeedbackEntry.MaxAnswer, SeveralLines = true), Example("Nhà trường thu theo quý.")]
        string? Text = null
);

/// <summary>A note of operators for operators.</summary>
/// <param name="Text">Plain text, for operators.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NoteInput(
    [Required, PlainText(5_000, SeveralLines = true), Example("Đã hỏi phòng tài vụ.")] string? Text = null
);

/// <summary>Why something is done.</summary>
/// <param name="Reason">Why. The sender reads that of declining. That of an erasure is kept for ever, so it names
/// nobody.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReasonInput(
    [Required, PlainText(FeedbackEntry.MaxReason, SeveralLines = true), Example("Không thuộc thẩm quyền.")]
        string? Reason = null
);

/// <summary>Who is to answer; null for nobody.</summary>
/// <param name="To">The name of the operator; left out for nobody.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AssignInput([PlainText(200, NotBlank = true), Example("an")] string? To = null);

/// <summary>
/// What everybody is to read; what is left out is taken from the feedback, with personal data hidden.
/// </summary>
/// <param name="Title">One line of plain text.</param>
/// <param name="Content">Plain text.</param>
/// <param name="Answer">Plain text.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PublishInput(
    [PlainText(FeedbackEntry.MaxTitle, NotBlank = true), Example("Hỏi về học phí")] string? Title = null,
    [PlainText(FeedbackEntry.MaxContent, NotBlank = true, SeveralLines = true), Example("Trường thu học phí thế nào?")]
        string? Content = null,
    [PlainText(FeedbackEntry.MaxAnswer, NotBlank = true, SeveralLines = true), Example("Nhà trường thu theo quý.")]
        string? Answer = null
);

/// <summary>Which personal data are kept long enough.</summary>
/// <param name="OlderThanDays">Of feedback that came earlier.</param>
/// <param name="Reason">Why; it is kept for ever, so it names nobody.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RetentionInput(
    [Required, WholeNumber(1, 36_500), Example(730)] int OlderThanDays = 0,
    [Required, PlainText(FeedbackEntry.MaxReason), Example("Không thuộc thẩm quyền.")] string? Reason = null
);
