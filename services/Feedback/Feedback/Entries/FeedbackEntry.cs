using PortalServices.Contracts;
using PortalServices.Feedback.Lists;

namespace PortalServices.Feedback.Entries;

/// <summary>What has become of feedback.</summary>
internal enum FeedbackStatus
{
    /// <summary>Nobody has looked at it yet.</summary>
    Received,

    /// <summary>Somebody works on it.</summary>
    InProgress,

    /// <summary>The sender can read the answer.</summary>
    Answered,

    /// <summary>Everybody can read question and answer, without personal data.</summary>
    Published,

    /// <summary>There will be no answer; the sender can read why.</summary>
    Declined,

    /// <summary>It is none.</summary>
    Spam,
}

/// <summary>Feedback of a visitor with what operators have made of it.</summary>
internal sealed class FeedbackEntry : IListed
{
    public const int MaxName = 100,
        MaxTitle = 200,
        MaxContent = 5_000,
        MaxEmail = 254,
        MaxPhone = 30,
        MaxPage = 2_048,
        MaxCategory = 32,
        MaxAnswer = 20_000,
        MaxReason = 1_000;

    /// <summary>The <see cref="Urgency"/> of what is not open.</summary>
    public const int NotUrgent = int.MaxValue;

    public required Guid Id { get; init; }

    public required string Site { get; init; }

    /// <summary>Names it to its sender: <see cref="Submit.ReceiptCode"/>.</summary>
    public required string Receipt { get; init; }

    /// <summary>The sender's name for the request that brought it.</summary>
    public required string IdempotencyKey { get; set; }

    /// <summary>Of the fields, without the captcha; empty once they are erased.</summary>
    public required string Fingerprint { get; set; }

    /// <summary><c>vi</c> or <c>en</c>: how the sender is written to.</summary>
    public required string Language { get; init; }

    public required string FullName { get; set; }

    public required string Title { get; set; }

    public required string Content { get; set; }

    public string? Email { get; set; }

    /// <summary>Who is behind the address, by <see cref="Mail.Recipient"/>; null for nobody.</summary>
    public string? Recipient { get; set; }

    public string? Phone { get; set; }

    /// <summary>Where the sender was.</summary>
    public string? Page { get; set; }

    /// <summary>
    /// The id of the heading that it is under; null for none. It may be one that the site had once.
    /// </summary>
    public string? Category { get; set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The day by the site's clock until whose end it is to be answered.</summary>
    public required DateOnly DueBy { get; init; }

    /// <summary>For the order of lists: what is open by its due day, everything else after it.</summary>
    public int Urgency { get; private set; }

    public FeedbackStatus Status { get; private set; }

    /// <summary>The operator who is to answer.</summary>
    public string? AssignedTo { get; set; }

    public string? Answer { get; set; }

    /// <summary>When it was answered, or declined.</summary>
    public long? AnsweredAt { get; set; }

    public string? DeclineReason { get; set; }

    /// <summary>The three texts that everybody can read, without personal data; null unless published.</summary>
    public string? PublicTitle { get; set; }

    public string? PublicContent { get; set; }

    public string? PublicAnswer { get; set; }

    public long? PublishedAt { get; set; }

    /// <summary>When its personal data were erased.</summary>
    public long? ErasedAt { get; set; }

    /// <summary>The folded words of everything that operators search in; empty once erased.</summary>
    public string Words { get; set; } = "";

    /// <summary>The folded words of the three texts that everybody can read; null unless published.</summary>
    public string? PublicWords { get; set; }

    /// <summary>
    /// The same for the index, by <see cref="Submit.FeedbackWords"/>; null until they are made, of what an earlier version has
    /// stored.
    /// </summary>
    public string? WordHashes { get; set; }

    public long Version { get; set; }

    public bool IsOpen => IsOpenAs(Status);

    /// <summary>Moves it on, with the order of lists.</summary>
    public void Become(FeedbackStatus status)
    {
        Status = status;
        Urgency = IsOpenAs(status) ? DueBy.DayNumber : NotUrgent;
    }

    /// <summary>Takes back what everybody could read.</summary>
    public void Unpublish() => (PublicTitle, PublicContent, PublicAnswer, PublishedAt) = (null, null, null, null);

    /// <summary>The event that it was answered or declined, with the version that says so.</summary>
    public FeedbackAnswered ToAnswered() =>
        new()
        {
            Site = Site,
            Feedback = Id,
            Status = Status == FeedbackStatus.Declined ? "declined" : "answered",
            Version = Version,
        };

    /// <summary>Whether it waits for an answer in this status.</summary>
    public static bool IsOpenAs(FeedbackStatus status) =>
        status is FeedbackStatus.Received or FeedbackStatus.InProgress;
}
