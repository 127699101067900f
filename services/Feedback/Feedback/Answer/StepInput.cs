using System.Text.Json.Serialization;

namespace PortalServices.Feedback.Answer;

/// <summary>An answer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AnswerInput(string? Text = null);

/// <summary>A note of operators for operators.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NoteInput(string? Text = null);

/// <summary>Why something is done.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReasonInput(string? Reason = null);

/// <summary>Who is to answer; null for nobody.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AssignInput(string? To = null);

/// <summary>
/// What everybody is to read; what is left out is taken from the feedback, with personal data hidden.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PublishInput(string? Title = null, string? Content = null, string? Answer = null);

/// <summary>Which personal data are kept long enough.</summary>
/// <param name="OlderThanDays">Of feedback that came earlier; 1 to 36,500.</param>
/// <param name="Reason">Why.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RetentionInput(int OlderThanDays = 0, string? Reason = null);
