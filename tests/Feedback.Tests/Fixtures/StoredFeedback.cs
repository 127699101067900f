using System.Globalization;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>Feedback to be put into the database directly, where a test needs much of it.</summary>
internal static class StoredFeedback
{
    /// <summary>The one of a number, received so many seconds after an instant.</summary>
    public static FeedbackEntry Of(
        string site,
        int number,
        DateTimeOffset from,
        FeedbackStatus status = FeedbackStatus.Received,
        int dueAfter = 0
    )
    {
        var entry = new FeedbackEntry
        {
            Id = Guid.CreateVersion7(from),
            Site = site,
            Receipt = ReceiptCode.New(),
            IdempotencyKey = Guid.NewGuid().ToString(),
            Fingerprint = "",
            Language = "vi",
            FullName = "Nguyễn Văn An",
            Title = string.Create(CultureInfo.InvariantCulture, $"Số {number}"),
            Content = "Trường thu học phí thế nào?",
            ReceivedAt = from.AddSeconds(number).ToUnixTimeMilliseconds(),
            DueBy = new DateOnly(2026, 6, 29).AddDays(dueAfter),
            Version = 1,
        };
        entry.Become(status);
        FeedbackWords.Put(entry);
        return entry;
    }
}
