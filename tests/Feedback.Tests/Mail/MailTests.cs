using Microsoft.EntityFrameworkCore;
using MimeKit;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Feedback.Mail;
using PortalServices.Messaging.Outbox;
using PortalServices.Testing;
using SmtpServer.Protocol;

namespace PortalServices.Feedback.Tests.Mail;

/// <summary>
/// Operators are told of what has come; senders have their receipt and their answer. Nothing is lost while the mail
/// server is away, and nothing goes twice.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class MailTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const string Operator = "can.bo@portal.example",
        Sender = "nguoi.dan@example.vn";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Operators_are_told_and_the_sender_has_the_receipt(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync(
            "trang-1",
            title: "Học phí lớp 10",
            content: "Nội dung riêng",
            email: Sender,
            phone: "0912 345 678"
        );

        var told = await TakenAsync(server, Operator);
        Assert.Equal($"[Trang số 1] Ý kiến mới {feedback.Receipt}: Học phí lớp 10", told.Message.Subject);
        // A mailbox is no place for personal data.
        Assert.All(
            ["Nguyễn Văn An", "Nội dung riêng", Sender, "0912"],
            own => Assert.DoesNotContain(own, told.Message.ToString() + told.Text, StringComparison.Ordinal)
        );

        var receipt = await TakenAsync(server, Sender);
        Assert.Equal($"[Trang số 1] Đã tiếp nhận ý kiến {feedback.Receipt}", receipt.Message.Subject);
        Assert.Contains(
            $"https://portal.example/api/sites/trang-1/feedback/{feedback.Receipt}",
            receipt.Text,
            StringComparison.Ordinal
        );
        // The address may be anybody's: what was typed is not sent to it.
        Assert.All(
            ["Nguyễn Văn An", "Học phí", "Nội dung riêng"],
            own => Assert.DoesNotContain(own, receipt.Message.Subject + receipt.Text, StringComparison.Ordinal)
        );

        Assert.Equal(
            ("Trang số 1", "gopy@portal.example"),
            (
                Assert.IsType<MailboxAddress>(receipt.Message.From.Single()).Name,
                ((MailboxAddress)receipt.Message.From.Single()).Address
            )
        );
        Assert.Equal(
            ("auto-generated", "All", "vi"),
            (
                receipt.Message.Headers["Auto-Submitted"],
                receipt.Message.Headers["X-Auto-Response-Suppress"],
                receipt.Message.Body!.Headers["Content-Language"]
            )
        );
        Assert.EndsWith("@portal.example", receipt.Message.MessageId, StringComparison.Ordinal);
        await AllDoneAsync(app, feedback, 2);
        Assert.Equal(2, server.Taken.Count);
    }

    [Theory, EveryDatabase]
    public async Task The_answer_goes_to_the_sender_in_the_language_of_the_form_and_again_when_it_is_another(
        DatabaseKind kind
    )
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync(
            "trang-1",
            fullName: "Mary",
            title: "Fees",
            email: Sender,
            language: "en"
        );
        Assert.StartsWith(
            "[Trang số 1] We have received your feedback",
            (await TakenAsync(server, Sender)).Message.Subject,
            StringComparison.Ordinal
        );

        await app.StepAsync(feedback, "answer", new { text = "Every quarter.\nThank you." });
        var answer = await TakenAsync(server, Sender, 2);
        Assert.StartsWith("[Trang số 1] Answer to your feedback", answer.Message.Subject, StringComparison.Ordinal);
        Assert.Contains(
            "Dear Mary,\n\nTrang số 1 answers your feedback \"Fees\":\n\nEvery quarter.\nThank you.\n",
            answer.Text,
            StringComparison.Ordinal
        );

        await app.StepAsync(feedback, "reopen");
        await app.StepAsync(feedback, "decline", new { reason = "Asked before." });
        var declined = await TakenAsync(server, Sender, 3);
        Assert.Contains(
            "will not answer your feedback \"Fees\":\n\nAsked before.",
            declined.Text,
            StringComparison.Ordinal
        );
        Assert.Equal(4, server.Taken.Select(mail => mail.Message.MessageId).Distinct().Count());
    }

    [Theory, EveryDatabase]
    public async Task Who_leaves_no_address_is_not_written_to(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync("trang-1");
        await app.StepAsync(feedback, "answer", new { text = "Trả lời." });
        await EventsDoneAsync(app);
        await AllDoneAsync(app, feedback, 1);
        Assert.Equal([Operator], server.Taken.Single().To);
    }

    [Theory, EveryDatabase]
    public async Task An_event_that_comes_again_writes_nothing_again(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync("trang-1", email: Sender);
        await AllDoneAsync(app, feedback, 2);
        for (var n = 0; n < 3; n++)
        {
            await app.TellAsync(
                new FeedbackReceived
                {
                    Site = "trang-1",
                    Feedback = feedback.Id,
                    ReceivedAt = DateTime.UnixEpoch,
                    DueBy = new DateOnly(2026, 1, 1),
                }
            );
        }
        await app.StepAsync(feedback, "answer", new { text = "Trả lời." });
        for (var n = 0; n < 3; n++)
        {
            await app.TellAsync(
                new FeedbackAnswered
                {
                    Site = "trang-1",
                    Feedback = feedback.Id,
                    Status = "answered",
                    Version = 2,
                }
            );
        }
        await AllDoneAsync(app, feedback, 3);
        Assert.Equal(3, server.Taken.Count);
    }

    [Theory, EveryDatabase]
    public async Task While_the_server_is_away_mails_wait_and_feedback_is_taken(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        await server.GoAwayAsync();
        List<SentFeedback> sent = [];
        for (var n = 0; n < 10; n++)
        {
            sent.Add(await app.SendFeedbackAsync("trang-1", email: $"{n}.{Sender}"));
        }
        await Eventually.HoldsAsync(
            async () => (await HealthAsync(app)).StartsWith("degraded Mails wait: ", StringComparison.Ordinal),
            "the trouble is told",
            Cancel
        );
        Assert.Empty(server.Taken);

        await server.ComeBackAsync();
        foreach (var feedback in sent)
        {
            await AllDoneAsync(app, feedback, 2);
        }
        Assert.Equal(
            sent.Select(each => each.Receipt).Concat(sent.Select(each => each.Receipt)).Order(StringComparer.Ordinal),
            server
                .Taken.Select(mail =>
                    sent.Single(each => mail.Message.Subject!.Contains(each.Receipt, StringComparison.Ordinal)).Receipt
                )
                .Order(StringComparer.Ordinal)
        );
        await Eventually.HoldsAsync(
            async () => await HealthAsync(app) == "healthy Mails are sent.",
            "all is well",
            Cancel
        );
    }

    [Theory, EveryDatabase]
    public async Task What_is_not_taken_now_goes_later(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        var refusals = 0;
        server.Reply = _ =>
            Task.FromResult(
                Interlocked.Increment(ref refusals) <= 3 ? new SmtpResponse((SmtpReplyCode)451, "later") : null
            );
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync("trang-1");
        var mail = Assert.Single(await AllDoneAsync(app, feedback, 1));
        Assert.Equal((4, true), (mail.GetProperty("attempts").GetInt32(), !mail.TryGetProperty("failure", out _)));
        Assert.Single(server.Taken);
    }

    [Theory, EveryDatabase]
    public async Task What_is_refused_for_good_is_given_up_told_and_holds_up_no_other(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        server.Unknown[Sender] = true;
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var refused = await app.SendFeedbackAsync("trang-1", email: Sender);
        var other = await app.SendFeedbackAsync("trang-1", email: "khac@example.vn");
        await AllDoneAsync(app, other, 2);
        var mails = await AllDoneAsync(app, refused, 2);
        var receipt = mails.Single(mail => mail.GetProperty("kind").GetString() == "receipt");
        Assert.StartsWith("550 ", receipt.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, receipt.GetProperty("attempts").GetInt32());
        Assert.Equal(3, server.Taken.Count);
        Assert.StartsWith("healthy", await HealthAsync(app), StringComparison.Ordinal);

        // The address is personal data, and the refusal may name it; that it was refused stays.
        await app.StepAsync(refused, "erase", new { reason = "Theo yêu cầu." });
        Assert.Equal(
            ["550"],
            (await app.ReadAsync("trang-1", $"feedback/{refused.Id}/mails"))
                .Items.Where(mail => mail.TryGetProperty("failure", out _))
                .Select(mail => mail.GetProperty("failure").GetString())
        );
    }

    [Theory, EveryDatabase]
    public async Task What_is_too_old_is_given_up(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        server.Reply = _ => Task.FromResult<SmtpResponse?>(new SmtpResponse((SmtpReplyCode)451, "never"));
        await using var app = await apps.StartAsync(kind, null, [.. server.Settings, "--Mail:GiveUpAfter=00:00:01"]);
        var mail = Assert.Single(await AllDoneAsync(app, await app.SendFeedbackAsync("trang-1"), 1));
        Assert.Equal("451 never", mail.GetProperty("failure").GetString());
        Assert.Empty(server.Taken);
    }

    [Theory, EveryDatabase]
    public async Task A_mail_whose_sender_was_killed_before_it_was_written_down_goes_again_under_the_same_id(
        DatabaseKind kind
    )
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync("trang-1");
        await AllDoneAsync(app, feedback, 1);
        // As the kill leaves it: claimed, and the claim has ended.
        await app.WithDatabaseAsync(database =>
            database.Mails.ExecuteUpdateAsync(
                set => set.SetProperty(mail => mail.DoneAt, (long?)null).SetProperty(mail => mail.DueAt, 0),
                Cancel
            )
        );
        await AllDoneAsync(app, feedback, 1);
        Assert.Equal(2, server.Taken.Count);
        Assert.Single(server.Taken.Select(mail => mail.Message.MessageId).Distinct());
    }

    [Theory, EveryDatabase]
    public async Task Several_senders_send_each_mail_once(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        var database = await apps.CreateDatabaseAsync(kind);
        await using var first = await FeedbackApp.StartAsync(database, null, server.Settings);
        await using var second = await FeedbackApp.StartAsync(database, null, server.Settings);
        List<SentFeedback> sent = [];
        for (var n = 0; n < 20; n++)
        {
            sent.Add(await (n % 2 == 0 ? first : second).SendFeedbackAsync("trang-1", email: $"{n}.{Sender}"));
        }
        foreach (var feedback in sent)
        {
            await AllDoneAsync(first, feedback, 2);
        }
        Assert.Equal(40, server.Taken.Count);
        Assert.Equal(40, server.Taken.Select(mail => mail.Message.MessageId).Distinct().Count());
    }

    [Theory, EveryDatabase]
    public async Task A_server_that_does_not_answer_is_away_and_its_mail_goes_once_it_does(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        var hanging = new TaskCompletionSource<SmtpResponse?>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Reply = _ => hanging.Task;
        await using var app = await apps.StartAsync(kind, null, [.. server.Settings, "--Mail:Timeout=00:00:00.300"]);
        var feedback = await app.SendFeedbackAsync("trang-1");
        await Eventually.HoldsAsync(
            async () => await HealthAsync(app) == "degraded Mails wait: no answer in time",
            "the trouble is told",
            Cancel
        );
        server.Reply = _ => Task.FromResult<SmtpResponse?>(null);
        await AllDoneAsync(app, feedback, 1);
        Assert.Single(server.Taken);
        // Only now does the server come to the first; that it had not been given up there, nobody could know.
        hanging.SetResult(new SmtpResponse((SmtpReplyCode)451, "too late"));
    }

    [Theory, EveryDatabase]
    public async Task A_wrong_account_is_the_settings_trouble_and_no_mail_is_given_up_for_it(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await server.GoAwayAsync();
        server.Account = ("portal", "đúng");
        await server.ComeBackAsync();
        var database = await apps.CreateDatabaseAsync(kind);
        SentFeedback feedback;
        await using (
            var app = await FeedbackApp.StartAsync(
                database,
                null,
                [.. server.Settings, "--Mail:UserName=portal", "--Mail:Password=sai"]
            )
        )
        {
            feedback = await app.SendFeedbackAsync("trang-1");
            await Eventually.HoldsAsync(
                async () => (await HealthAsync(app)).StartsWith("degraded", StringComparison.Ordinal),
                "the trouble is told",
                Cancel
            );
            Assert.Empty(server.Taken);
        }

        await using var right = await FeedbackApp.StartAsync(
            database,
            null,
            [.. server.Settings, "--Mail:UserName=portal", "--Mail:Password=đúng"]
        );
        await AllDoneAsync(right, feedback, 1);
        Assert.Single(server.Taken);
    }

    [Theory, EveryDatabase]
    public async Task What_is_no_longer_so_is_not_sent(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await server.GoAwayAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var spam = await app.SendFeedbackAsync("trang-1");
        var erased = await app.SendFeedbackAsync("trang-1", email: Sender);
        var answered = await app.SendFeedbackAsync("trang-1", email: Sender);
        await app.StepAsync(spam, "spam");
        await app.StepAsync(answered, "answer", new { text = "Thứ nhất." });
        await app.StepAsync(answered, "reopen");
        await app.StepAsync(answered, "answer", new { text = "Thứ hai." });
        await EventsDoneAsync(app);
        await app.StepAsync(erased, "erase", new { reason = "Theo yêu cầu." });
        await server.ComeBackAsync();

        await AllDoneAsync(app, spam, 1);
        await AllDoneAsync(app, answered, 4);
        Assert.Empty((await app.ReadAsync("trang-1", $"feedback/{erased.Id}/mails")).Items);
        Assert.Equal(3, server.Taken.Count);
        Assert.All(
            server.Taken,
            mail => Assert.Contains(answered.Receipt, mail.Message.Subject, StringComparison.Ordinal)
        );
        Assert.Contains(
            "Thứ hai.",
            server.Taken.Single(mail => mail.Message.Subject!.Contains("Trả lời", StringComparison.Ordinal)).Text,
            StringComparison.Ordinal
        );
    }

    [Theory, EveryDatabase]
    public async Task No_text_of_a_sender_becomes_a_header_or_a_recipient(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await server.GoAwayAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        (await app.SubmitAsync("trang-1", title: "a\r\nBcc: nan.nhan@example.vn", email: Sender)).IsProblem(
            400,
            "invalid_fields"
        );
        (await app.SubmitAsync("trang-1", email: "a@example.vn\r\nBcc: nan.nhan@example.vn")).IsProblem(
            400,
            "invalid_fields"
        );
        (await app.SubmitAsync("trang-1", email: "a@example.vn,nan.nhan@example.vn")).IsProblem(400, "invalid_fields");
        (await app.SubmitAsync("trang-1", fullName: "An\nBcc: nan.nhan@example.vn")).IsProblem(400, "invalid_fields");

        // And should one ever come to the store:
        var feedback = await app.SendFeedbackAsync("trang-1", email: Sender);
        await app.WithDatabaseAsync(database =>
            database.Entries.ExecuteUpdateAsync(
                set =>
                    set.SetProperty(entry => entry.Title, "a\r\nBcc: nan.nhan@example.vn\r\n\r\nb")
                        .SetProperty(entry => entry.FullName, "An\r\nBcc: nan.nhan@example.vn"),
                Cancel
            )
        );
        await app.StepAsync(feedback, "answer", new { text = ".\r\nRCPT TO:<nan.nhan@example.vn>" });
        await EventsDoneAsync(app);
        await server.ComeBackAsync();
        await AllDoneAsync(app, feedback, 3);
        Assert.Equal(
            [Operator, Sender, Sender],
            server.Taken.SelectMany(mail => mail.To).Order(StringComparer.Ordinal)
        );
        Assert.All(server.Taken, mail => Assert.DoesNotContain('\n', mail.Message.Subject!));
        Assert.All(
            server.Taken,
            mail => Assert.Equal((0, 0, 1), (mail.Message.Bcc.Count, mail.Message.Cc.Count, mail.Message.To.Count))
        );
    }

    [Fact]
    public async Task Without_a_server_nobody_is_written_to_and_health_says_so()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var feedback = await app.SendFeedbackAsync(site, email: Sender);
        await app.StepAsync(feedback, "answer", new { text = "Trả lời." });
        await EventsDoneAsync(app);
        Assert.Empty((await app.ReadAsync(site, $"feedback/{feedback.Id}/mails")).Items);
        Assert.Equal("healthy No mail server is set: nobody is written to.", await HealthAsync(app));
    }

    [Fact]
    public async Task The_mails_of_feedback_are_listed_for_operators_of_its_site_only()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/mails")).Is(System.Net.HttpStatusCode.OK);
        (await app.ReadAsync(app.NewSite(), $"feedback/{feedback.Id}/mails")).IsProblem(404, "unknown_feedback");
        (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/mails?page=0")).IsProblem(400, "invalid_paging");
    }

    /// <summary>The mail, counted from 1, that an address was sent.</summary>
    private static async Task<OfferedMail> TakenAsync(MailServer server, string to, int number = 1)
    {
        await Eventually.HoldsAsync(() => Of().Count >= number, $"mail {number} to {to}", Cancel);
        return Of()[number - 1];

        List<OfferedMail> Of() => [.. server.Taken.Where(mail => mail.To.Contains(to))];
    }

    /// <summary>Waits until so many mails about feedback are there and none waits any more.</summary>
    [Theory, EveryDatabase]
    public async Task A_mail_that_cannot_be_written_waits_and_holds_up_no_other(DatabaseKind kind)
    {
        await using var server = await MailServer.StartAsync();
        await using var app = await apps.StartAsync(kind, null, server.Settings);
        var feedback = await app.SendFeedbackAsync("trang-1", email: Sender);
        await TakenAsync(server, Sender);
        // As a later version leaves one of a kind of its own.
        await app.WithDatabaseAsync(database =>
            MailQueue.AddAsync(
                database,
                feedback.Id,
                (MailKind)99,
                0,
                Operator,
                TimeProvider.System.GetUtcNow(),
                Cancel
            )
        );
        await Eventually.HoldsAsync(
            () =>
                app.WithDatabaseAsync(database =>
                    database.Mails.AnyAsync(
                        mail =>
                            mail.Kind == (MailKind)99
                            && mail.Attempts > 1
                            && mail.DoneAt == null
                            && mail.Failure!.Contains("There is no mail of kind 99"),
                        Cancel
                    )
                ),
            "it is tried again",
            Cancel
        );
        var other = await app.SendFeedbackAsync("trang-2", email: Sender);
        await AllDoneAsync(app, other, 2);
        Assert.DoesNotContain("sending mails", await new BackgroundWork(app.Services).FailingAsync());
    }

    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> AllDoneAsync(
        FeedbackApp app,
        SentFeedback feedback,
        int count
    ) =>
        await Eventually.BecomesAsync(
            async () => (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/mails")).Items,
            mails => mails.Count == count && mails.All(mail => mail.TryGetProperty("doneAt", out _)),
            $"{count} mails done",
            Cancel
        );

    /// <summary>Waits until every event has taken effect.</summary>
    private static Task EventsDoneAsync(FeedbackApp app) =>
        Eventually.HoldsAsync(
            () => app.WithDatabaseAsync(async database => !await database.Set<OutboxMessage>().AnyAsync(Cancel)),
            "every event has taken effect",
            Cancel
        );

    private static async Task<string> HealthAsync(FeedbackApp app)
    {
        var check = (await app.SendAsync(Door.Probe, HttpMethod.Get, "/health/ready", null))
            .Json.GetProperty("checks")
            .GetProperty("feedbackMail");
        return $"{check.GetProperty("status").GetString()} {check.GetProperty("description").GetString()}";
    }
}
