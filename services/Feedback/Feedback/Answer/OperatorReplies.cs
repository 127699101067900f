using PortalServices.Feedback.Personal;
using PortalServices.Feedback.Personal.Recognition;

namespace PortalServices.Feedback.Answer;

/// <summary>Feedback as operators see it.</summary>
/// <param name="Id">Names it at the operators' door.</param>
/// <param name="Receipt">Names it to its sender.</param>
/// <param name="Status">At present.</param>
/// <param name="FullName">As it was sent; empty once erased.</param>
/// <param name="Title">As it was sent; empty once erased.</param>
/// <param name="Content">As it was sent; empty once erased.</param>
/// <param name="Email">Where the sender is written to; null for nowhere.</param>
/// <param name="Phone">As it was sent; null for none.</param>
/// <param name="Page">Where the sender was; null for nothing.</param>
/// <param name="Category">The id of its heading; null for none.</param>
/// <param name="Language"><c>vi</c> or <c>en</c>: how the sender is written to.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="DueBy">The day by the site's clock until whose end it is to be answered.</param>
/// <param name="Overdue">It is open, and that day is over.</param>
/// <param name="AssignedTo">The operator who is to answer; null for nobody.</param>
/// <param name="Answer">Plain text; null while there is none.</param>
/// <param name="AnsweredAt">When it was answered or declined, UTC.</param>
/// <param name="DeclineReason">Why there is no answer; null otherwise.</param>
/// <param name="PublicTitle">What everybody can read; null unless published.</param>
/// <param name="PublicContent">What everybody can read; null unless published.</param>
/// <param name="PublicAnswer">What everybody can read; null unless published.</param>
/// <param name="PublishedAt">UTC; null unless published.</param>
/// <param name="ErasedAt">When its personal data were erased, UTC.</param>
/// <param name="Version">The number in its <c>ETag</c>.</param>
/// <param name="Suggestions">The personal data in <c>title</c>, <c>content</c> and <c>answer</c>, for whoever publishes
/// them; left out in lists.</param>
internal sealed record OperatorFeedback(
    Guid Id,
    string Receipt,
    FeedbackStatus Status,
    string FullName,
    string Title,
    string Content,
    string? Email,
    string? Phone,
    string? Page,
    string? Category,
    string Language,
    DateTime ReceivedAt,
    DateOnly DueBy,
    bool Overdue,
    string? AssignedTo,
    string? Answer,
    DateTime? AnsweredAt,
    string? DeclineReason,
    string? PublicTitle,
    string? PublicContent,
    string? PublicAnswer,
    DateTime? PublishedAt,
    DateTime? ErasedAt,
    long Version,
    IReadOnlyList<PersonalSuggestion>? Suggestions
)
{
    public static OperatorFeedback Of(
        FeedbackEntry entry,
        DateOnly today,
        IReadOnlyList<PersonalSuggestion>? suggestions = null
    ) =>
        new(
            entry.Id,
            entry.Receipt,
            entry.Status,
            entry.FullName,
            entry.Title,
            entry.Content,
            entry.Email,
            entry.Phone,
            entry.Page,
            entry.Category,
            entry.Language,
            Instants.Of(entry.ReceivedAt),
            entry.DueBy,
            entry.IsOpen && entry.DueBy < today,
            entry.AssignedTo,
            entry.Answer,
            At(entry.AnsweredAt),
            entry.DeclineReason,
            entry.PublicTitle,
            entry.PublicContent,
            entry.PublicAnswer,
            At(entry.PublishedAt),
            At(entry.ErasedAt),
            entry.Version,
            suggestions
        );

    private static DateTime? At(long? milliseconds) => milliseconds is { } at ? Instants.Of(at) : null;
}

/// <summary>A text that can be published.</summary>
internal enum PublishedText
{
    Title,
    Content,
    Answer,
}

/// <summary>Personal data in one of the three texts.</summary>
/// <param name="Field">The text that it stands in.</param>
/// <param name="Start">Where it begins, in UTF-16 code units from the beginning of the text, as strings are indexed in
/// JavaScript, Java and C#.</param>
/// <param name="Length">How long it is, in UTF-16 code units.</param>
/// <param name="Kind">What it says of somebody.</param>
/// <param name="Hidden">It is certain: where <c>publish</c> is not given this text, <c>[…]</c> takes its place. Else it
/// is likely, and is published unless the text is given without it.</param>
internal sealed record PersonalSuggestion(
    PublishedText Field,
    int Start,
    int Length,
    PersonalDataKind Kind,
    bool Hidden
)
{
    public static IReadOnlyList<PersonalSuggestion> AllOf(FeedbackEntry entry) =>
        [
            .. Of(PublishedText.Title, entry.Title, entry),
            .. Of(PublishedText.Content, entry.Content, entry),
            .. Of(PublishedText.Answer, entry.Answer ?? "", entry),
        ];

    private static IEnumerable<PersonalSuggestion> Of(PublishedText field, string text, FeedbackEntry entry) =>
        PersonalData
            .Find(text, entry)
            .Select(span => new PersonalSuggestion(field, span.Start, span.Length, span.Kind, span.IsCertain));
}

/// <summary>A step of the audit.</summary>
/// <param name="Feedback">The feedback's id; null for what is of none in particular.</param>
/// <param name="At">UTC.</param>
/// <param name="By">Who.</param>
/// <param name="Step">What.</param>
/// <param name="From">The status before.</param>
/// <param name="To">The status after.</param>
/// <param name="Text">A note, a reason, an answer, a name; null once erased.</param>
internal sealed record StepReply(
    Guid? Feedback,
    DateTime At,
    string By,
    StepKind Step,
    FeedbackStatus? From,
    FeedbackStatus? To,
    string? Text
)
{
    public static StepReply Of(FeedbackStep step) =>
        new(step.FeedbackId, Instants.Of(step.At), step.By, step.Kind, step.From, step.To, step.Text);
}

/// <summary>How much was erased.</summary>
/// <param name="Erased">Of so much feedback.</param>
internal sealed record ErasedReply(int Erased);
