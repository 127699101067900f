using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Database;
using PortalServices.Feedback.Mail;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Mail;

/// <summary>
/// Operators are reminded two working days before feedback is due, by the site's clock, holidays left out.
/// </summary>
public sealed class DueReminderTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Across_Tet_the_reminder_comes_before_the_holidays(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        var database = await apps.CreateDatabaseAsync(kind);
        SentFeedback open;
        await using (var first = await StartedAtAsync("2026-01-27T09:00+07:00"))
        {
            // From a Tuesday fifteen working days, Tết from 16 to 20 February left out, lead to Tuesday, 24 February.
            open = await first.SendFeedbackAsync("trang-1");
            await first.StepAsync(await first.SendFeedbackAsync("trang-1"), "answer", new { text = "Trả lời." });
        }

        await using var app = await StartedAtAsync("2026-01-28T09:00+07:00");
        var next = await app.SendFeedbackAsync("trang-1");
        var other = await app.SendFeedbackAsync("trang-2");
        Assert.Equal(
            "2026-02-24",
            (await app.ReadAsync("trang-1", $"feedback/{open.Id}")).Json.GetProperty("dueBy").GetString()
        );

        // Two working days before it are Monday 23 and, before the holidays, Friday 13.
        Assert.Empty(await RemindedAsync("2026-02-12T23:59+07:00"));
        Assert.Empty(await RemindedAsync("2026-02-13T06:59+07:00"));
        Assert.Equal([open.Id], await RemindedAsync("2026-02-13T07:00+07:00"));
        // What is due a day later has the first working day after the holidays between.
        Assert.Equal([open.Id], await RemindedAsync("2026-02-22T23:59+07:00"));
        Assert.Equal([open.Id, next.Id], await RemindedAsync("2026-02-23T07:00+07:00"));
        // Each once, and of another site only when that is looked at.
        Assert.Equal([open.Id, next.Id], await RemindedAsync("2026-06-01T07:00+07:00"));
        Assert.Equal([open.Id, next.Id, other.Id], await RemindedAsync("2026-06-01T07:00+07:00", "trang-2"));

        Task<FeedbackApp> StartedAtAsync(string at) =>
            FeedbackApp.StartAsync(database, new FakeTimeProvider(At(at)), server.Settings);

        async Task<IEnumerable<Guid>> RemindedAsync(string at, string site = "trang-1")
        {
            var services = app.Services;
            var reminders = ActivatorUtilities.CreateInstance<DueReminders>(
                services,
                (TimeProvider)new FakeTimeProvider(At(at))
            );
            services.GetRequiredService<SiteList>().TryGet(site, out var known);
            await reminders.RemindAsync(known!, Cancel);
            return (
                await app.WithDatabaseAsync(database =>
                    database.Mails.Where(mail => mail.Kind == MailKind.DueSoon).ToListAsync(Cancel)
                )
            )
                .OrderBy(mail => mail.CreatedAt)
                .ThenBy(mail => mail.Id)
                .Select(mail => mail.FeedbackId);
        }
    }

    [Theory]
    [InlineData(
        DatabaseKind.Sqlite,
        "2026-03-19T07:00+07:00",
        "Sắp đến hạn trả lời",
        "Một ý kiến sắp đến hạn trả lời."
    )]
    [InlineData(
        DatabaseKind.PostgreSql,
        "2026-03-19T07:00+07:00",
        "Sắp đến hạn trả lời",
        "Một ý kiến sắp đến hạn trả lời."
    )]
    [InlineData(
        DatabaseKind.Sqlite,
        "2026-03-30T09:00+07:00",
        "Quá hạn trả lời",
        "Một ý kiến đã quá hạn mà chưa được trả lời."
    )]
    [InlineData(
        DatabaseKind.PostgreSql,
        "2026-03-30T09:00+07:00",
        "Quá hạn trả lời",
        "Một ý kiến đã quá hạn mà chưa được trả lời."
    )]
    public async Task Whoever_starts_later_reminds_of_what_is_due_or_overdue(
        DatabaseKind kind,
        string at,
        string subject,
        string text
    )
    {
        await using var server = await MailServer.StartAsync();
        var database = await apps.CreateDatabaseAsync(kind);
        SentFeedback feedback;
        await using (
            var app = await FeedbackApp.StartAsync(database, new FakeTimeProvider(At("2026-03-02T09:00+07:00")))
        )
        {
            feedback = await app.SendFeedbackAsync("trang-1");
            await app.StepAsync(feedback, "assign", new { to = "Cán bộ A" });
        }

        var time = new FakeTimeProvider(At(at));
        await using var later = await FeedbackApp.StartAsync(database, time, server.Settings);
        OfferedMail? reminder = null;
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                reminder = server.Taken.FirstOrDefault(mail =>
                    mail.Message.Subject!.Contains("hạn", StringComparison.Ordinal)
                );
                return reminder is not null;
            },
            "the reminder",
            Cancel
        );
        Assert.Equal(
            ($"[Trang số 1] {subject}: {feedback.Receipt} (23/03/2026)", "can.bo@portal.example"),
            (reminder!.Message.Subject, reminder.To.Single())
        );
        Assert.StartsWith($"{text}\n\nTiêu đề: Học phí\n", reminder.Text, StringComparison.Ordinal);
        Assert.Contains("Người xử lý: Cán bộ A", reminder.Text, StringComparison.Ordinal);
    }

    private static DateTimeOffset At(string instant) =>
        DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
