using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PortalServices.Database;
using PortalServices.Feedback.Mail;
using PortalServices.Messaging.Bus;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Mail;

/// <summary>Who gets a mail, and who is spared one.</summary>
public sealed class NewMailTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const string Operator = "can.bo@portal.example",
        Sender = "nguoi.dan@example.vn";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Mails_go_while_no_event_can(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await FeedbackApp.StartAsync(
            await apps.CreateDatabaseAsync(kind),
            services => services.Replace(ServiceDescriptor.Singleton<IEventTransport>(new NoBus())),
            null,
            server.Settings
        );
        var feedback = await app.SendFeedbackAsync("trang-1", email: Sender);
        await app.StepAsync(feedback, "answer", new { text = "Trả lời." });
        await DoneAsync(app, feedback, 3);
        Assert.Equal(
            [Operator, Sender, Sender],
            server.Taken.SelectMany(mail => mail.To).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>The address in a form may be anybody's.</summary>
    [Theory, EveryDatabase]
    public async Task An_address_gets_a_set_number_of_receipts_a_day_however_it_is_written(DatabaseKind kind)
    {
        var clock = new SetClock(new DateTimeOffset(2026, 6, 8, 2, 0, 0, TimeSpan.Zero));
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(
            kind,
            clock,
            [.. server.Settings, "--Mail:MaxReceiptsPerRecipientAndDay=2"]
        );
        List<SentFeedback> sent = [];
        foreach (
            var (site, email) in new[]
            {
                ("trang-1", Sender),
                ("trang-2", "Nguoi.Dan@Example.vn"),
                ("trang-1", "nguoi.dan+a@example.vn"),
                ("trang-2", "NGUOI.DAN+b+c@example.vn"),
            }
        )
        {
            clock.Now += TimeSpan.FromSeconds(1);
            sent.Add(await app.SendFeedbackAsync(site, email: email));
        }

        var other = await app.SendFeedbackAsync("trang-1", email: "khac@example.vn");
        foreach (var feedback in sent.Append(other))
        {
            await DoneAsync(app, feedback, 2);
        }
        Assert.Equal(
            [null, null, Withheld, Withheld, null],
            await Task.WhenAll(sent.Append(other).Select(each => FailureAsync(app, each)))
        );
        Assert.Equal(3, server.Taken.Count(mail => mail.To[0] != Operator));

        // The answer is no receipt; and a day later there are receipts again.
        await app.StepAsync(sent[3], "answer", new { text = "Trả lời." });
        await DoneAsync(app, sent[3], 3);
        Assert.Contains(server.Taken, mail => mail.To[0] == "NGUOI.DAN+b+c@example.vn");
        clock.Now += TimeSpan.FromDays(1);
        var next = await app.SendFeedbackAsync("trang-1", email: Sender);
        await DoneAsync(app, next, 2);
        Assert.Null(await FailureAsync(app, next));
    }

    [Theory, EveryDatabase]
    public async Task What_is_spam_before_its_receipt_went_gets_none(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await server.GoAwayAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var spam = await app.SendFeedbackAsync("trang-1", email: Sender);
        await app.StepAsync(spam, "spam");
        // Both are ended without the server: one that was under way failed, and is looked at again.
        await DoneAsync(app, spam, 2);
        await server.ComeBackAsync();
        var other = await app.SendFeedbackAsync("trang-1", email: Sender);
        await DoneAsync(app, other, 2);
        Assert.Equal(2, server.Taken.Count);
        Assert.All(server.Taken, mail => Assert.Contains(other.Receipt, mail.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("550 5.1.1 <nguoi.dan@example.vn>: no such user", "550 5.1.1")]
    [InlineData("550 nguoi.dan is unknown", "550")]
    public async Task The_log_names_no_recipient_of_a_mail_that_is_refused(string refusal, string told)
    {
        using var journal = new Journal();
        await using var server = await MailServer.StartAsync();
        server.Reply = mail =>
            Task.FromResult(
                mail.To[0] == Sender
                    ? new SmtpServer.Protocol.SmtpResponse(
                        SmtpServer.Protocol.SmtpReplyCode.MailboxUnavailable,
                        refusal[4..]
                    )
                    : null
            );
        await using var app = await FeedbackApp.StartAsync(
            await apps.CreateDatabaseAsync(DatabaseKind.Sqlite),
            services => services.AddSingleton<ILoggerProvider>(journal),
            null,
            [.. server.Settings, "--Logging:LogLevel:PortalServices=Information"]
        );
        var feedback = await app.SendFeedbackAsync("trang-1", email: Sender);
        await DoneAsync(app, feedback, 2);
        Assert.Equal(refusal, await FailureAsync(app, feedback));
        Assert.Contains(
            journal.Entries,
            entry =>
                entry.Level == LogLevel.Error && entry.Text.EndsWith($"is given up: {told}", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            journal.Entries,
            entry => $"{entry.Text} {entry.Exception}".Contains("nguoi.dan", StringComparison.OrdinalIgnoreCase)
        );
    }

    /// <summary>As some servers do, this one repeats the recipient before it breaks off.</summary>
    [Fact]
    public async Task A_mail_on_which_the_server_breaks_off_holds_up_no_other_and_names_nobody()
    {
        using var journal = new Journal();
        await using var server = new BreakingMailServer(Sender);
        await using var app = await FeedbackApp.StartAsync(
            await apps.CreateDatabaseAsync(DatabaseKind.Sqlite),
            services => services.AddSingleton<ILoggerProvider>(journal),
            null,
            [.. server.Settings, "--Logging:LogLevel:PortalServices=Information"]
        );
        var broken = await app.SendFeedbackAsync("trang-1", email: Sender);
        await Eventually.HoldsAsync(async () => await FailureAsync(app, broken) is not null, "it was tried", Cancel);
        var other = await app.SendFeedbackAsync("trang-1", email: "khac@example.vn");
        await DoneAsync(app, other, 1);
        Assert.Equal(["khac@example.vn"], server.Taken);
        // Alone it goes on failing, and is told as a server that is away.
        await Eventually.HoldsAsync(
            () => app.Services.GetRequiredService<MailState>().Trouble is not null,
            "several in a row",
            Cancel
        );
        Assert.Equal(
            "the server broke off (SmtpProtocolException)",
            app.Services.GetRequiredService<MailState>().Trouble
        );
        Assert.Equal("the server broke off (SmtpProtocolException)", await FailureAsync(app, broken));
        Assert.Contains(
            journal.Entries,
            entry => entry.Text.Contains("cannot be used: the server broke off", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            journal.Entries,
            entry => $"{entry.Text} {entry.Exception}".Contains("nguoi.dan", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Theory]
    [InlineData("550 5.1.1 <nguoi.dan@example.vn>: no such user", "550 5.1.1")]
    [InlineData("550 nguoi.dan is unknown", "550")]
    [InlineData("450  4.2.2 full", "450  4.2.2")]
    [InlineData("the server broke off", null)]
    [InlineData("55012", null)]
    public void Of_a_reply_the_codes_are_kept(string reply, string? codes) =>
        Assert.Equal(codes, SmtpReply.CodesIn(reply));

    [Theory]
    [InlineData("an@example.vn", "an@example.vn")]
    [InlineData("An.Nguyen+tin@Example.VN", "an.nguyen@example.vn")]
    [InlineData("an.nguyen+tin@googlemail.com", "annguyen@gmail.com")]
    [InlineData("+an@example.vn", "+an@example.vn")]
    [InlineData(null, null)]
    public void One_mailbox_has_one_name(string? email, string? recipient) =>
        Assert.Equal(recipient, Recipient.Of(email));

    private const string Withheld = "The address has had its receipts of this day.";

    private static async Task<string?> FailureAsync(FeedbackApp app, SentFeedback feedback) =>
        (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/mails"))
            .Items.Single(mail => mail.GetProperty("kind").GetString() == "receipt")
            .TryGetProperty("failure", out var failure)
            ? failure.GetString()
            : null;

    private static Task DoneAsync(FeedbackApp app, SentFeedback feedback, int count) =>
        Eventually.HoldsAsync(
            () =>
                app.WithDatabaseAsync(async database =>
                    await database.Mails.CountAsync(
                        mail => mail.FeedbackId == feedback.Id && mail.DoneAt != null,
                        Cancel
                    ) == count
                ),
            $"{count} mails done",
            Cancel
        );

    private sealed class NoBus : IEventTransport
    {
        public Task PublishAsync(EventEnvelope envelope, CancellationToken cancel) =>
            throw new InvalidOperationException("There is no broker.");
    }
}
