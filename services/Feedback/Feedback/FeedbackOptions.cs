using System.ComponentModel.DataAnnotations;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Feedback;

/// <summary>Settings of feedback, section <c>Feedback</c>.</summary>
public sealed class FeedbackOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Feedback";

    /// <summary>Within how many working days feedback is to be answered.</summary>
    [Range(1, 365)]
    public int AnswerWithinWorkingDays { get; set; } = 15;

    /// <summary>
    /// The folder with the holidays, a file <c>2027.json</c> for each year; by default <c>holidays</c> in the seeds'
    /// folder.
    /// </summary>
    public string? Holidays { get; set; }

    /// <summary>
    /// How much feedback of a site may wait for somebody to look at it; past it, more is refused with 503
    /// <c>feedback_full</c>.
    /// </summary>
    [Range(1, 10_000_000)]
    [RenamedFrom("MostUnread")]
    public int MaxUnread { get; set; } = 100_000;

    /// <summary>
    /// After how many days the personal data of what is answered, declined or spam are erased; 0 is never.
    /// </summary>
    [Range(0, 36_500)]
    public int KeepPersonalDataDays { get; set; }
}
