using System.Globalization;
using PortalServices.Feedback.Deadlines;

namespace PortalServices.Feedback.Mail;

/// <summary>What is written, in Vietnamese or English.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text.</param>
internal sealed record MailText(string Subject, string Body)
{
    /// <summary>
    /// To operators. It has the title and no other word of the sender's: a mailbox is no place for personal data.
    /// </summary>
    public static MailText Arrived(Site site, FeedbackEntry entry) =>
        site.Language == RequestLanguage.English
            ? new(
                $"[{site.Name}] New feedback {entry.Receipt}: {entry.Title}",
                $"""
                New feedback has come to {site.Name}.

                Title: {entry.Title}
                Receipt: {entry.Receipt}
                Received: {EnglishInstant(site, entry.ReceivedAt)}
                To be answered by: {EnglishDay(entry.DueBy)}
                """
            )
            : new(
                $"[{site.Name}] Ý kiến mới {entry.Receipt}: {entry.Title}",
                $"""
                {site.Name} vừa nhận được một ý kiến mới.

                Tiêu đề: {entry.Title}
                Mã tra cứu: {entry.Receipt}
                Tiếp nhận: {Instant(site, entry.ReceivedAt)}
                Hạn trả lời: {Day(entry.DueBy)}
                """
            );

    /// <summary>To operators.</summary>
    /// <param name="site">The site.</param>
    /// <param name="entry">The feedback.</param>
    /// <param name="today">By the site's clock.</param>
    public static MailText DueSoon(Site site, FeedbackEntry entry, DateOnly today)
    {
        var isOverdue = entry.DueBy < today;
        return site.Language == RequestLanguage.English
            ? new(
                $"[{site.Name}] {(isOverdue ? "Overdue" : "Due soon")}: {entry.Receipt} ({EnglishDay(entry.DueBy)})",
                $"""
                {(
                    isOverdue
                        ? "Feedback should have been answered and still waits."
                        : "Feedback is to be answered soon."
                )}

                Title: {entry.Title}
                Receipt: {entry.Receipt}
                To be answered by: {EnglishDay(entry.DueBy)}
                Assigned to: {entry.AssignedTo ?? "nobody"}
                """
            )
            : new(
                $"[{site.Name}] {(isOverdue ? "Quá hạn trả lời" : "Sắp đến hạn trả lời")}: {entry.Receipt} ({Day(entry.DueBy)})",
                $"""
                {(isOverdue ? "Một ý kiến đã quá hạn mà chưa được trả lời." : "Một ý kiến sắp đến hạn trả lời.")}

                Tiêu đề: {entry.Title}
                Mã tra cứu: {entry.Receipt}
                Hạn trả lời: {Day(entry.DueBy)}
                Người xử lý: {entry.AssignedTo ?? "chưa phân công"}
                """
            );
    }

    /// <summary>
    /// To the sender. Nothing that the sender typed is in it: the address is not known to be theirs, and must not be
    /// written to with texts of others.
    /// </summary>
    public static MailText Receipt(Site site, FeedbackEntry entry, string? page) =>
        entry.Language == RequestLanguage.English
            ? new(
                $"[{site.Name}] We have received your feedback {entry.Receipt}",
                $"""
                Thank you. {site.Name} has received your feedback.

                Receipt: {entry.Receipt}
                Received: {EnglishInstant(site, entry.ReceivedAt)}
                You will have an answer by: {EnglishDay(entry.DueBy)}
                {(
                    page is null
                        ? "Please keep the receipt: with it you can ask what has become of your feedback."
                        : $"What has become of it: {page}"
                )}

                This message was sent automatically. If you have not written to us, please ignore it.
                """
            )
            : new(
                $"[{site.Name}] Đã tiếp nhận ý kiến {entry.Receipt}",
                $"""
                Kính gửi Quý vị,

                {site.Name} đã tiếp nhận ý kiến của Quý vị.

                Mã tra cứu: {entry.Receipt}
                Tiếp nhận: {Instant(site, entry.ReceivedAt)}
                Hạn trả lời: {Day(entry.DueBy)}
                {(
                    page is null
                        ? "Quý vị vui lòng giữ mã tra cứu để theo dõi việc xử lý ý kiến."
                        : $"Theo dõi việc xử lý: {page}"
                )}

                Thư này được gửi tự động. Nếu Quý vị không gửi ý kiến, vui lòng bỏ qua thư này.
                """
            );

    /// <summary>To the sender: the answer, or why there is none.</summary>
    public static MailText Answer(Site site, FeedbackEntry entry, string? page)
    {
        var isDeclined = entry.Status == FeedbackStatus.Declined;
        var text = (isDeclined ? entry.DeclineReason : entry.Answer) ?? "";
        return entry.Language == RequestLanguage.English
            ? new(
                $"[{site.Name}] {(isDeclined ? "About your feedback" : "Answer to your feedback")} {entry.Receipt}",
                $"""
                Dear {entry.FullName},

                {(
                    isDeclined
                        ? $"{site.Name} will not answer your feedback \"{entry.Title}\":"
                        : $"{site.Name} answers your feedback \"{entry.Title}\":"
                )}

                {text}

                Receipt: {entry.Receipt}{(page is null ? "" : $"\n{page}")}
                """
            )
            : new(
                $"[{site.Name}] {(isDeclined ? "Về ý kiến" : "Trả lời ý kiến")} {entry.Receipt}",
                $"""
                Kính gửi {entry.FullName},

                {(
                    isDeclined
                        ? $"{site.Name} không trả lời ý kiến “{entry.Title}” của Quý vị với lý do:"
                        : $"{site.Name} trả lời ý kiến “{entry.Title}” của Quý vị:"
                )}

                {text}

                Mã tra cứu: {entry.Receipt}{(page is null ? "" : $"\n{page}")}
                """
            );
    }

    private static string Day(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);

    // The order of figures differs between countries; the name of a month does not.
    private static string EnglishDay(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Instant(Site site, long at) =>
        Local(site, at).ToString("HH:mm dd/MM/yyyy", CultureInfo.InvariantCulture);

    private static string EnglishInstant(Site site, long at) =>
        Local(site, at).ToString("HH:mm, d MMMM yyyy", CultureInfo.InvariantCulture);

    private static DateTimeOffset Local(Site site, long at) => site.Local(DateTimeOffset.FromUnixTimeMilliseconds(at));
}
