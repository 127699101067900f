using System.Net.Http.Json;
using PortalServices.Database;
using PortalServices.Feedback.Mail;

namespace PortalServices.Feedback.Tests.ApiDocument;

/// <summary>Replies of feedback are as documented: status, headers, media type, every field.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ReplyTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly object Why = new { reason = "Theo yêu cầu" };

    [Fact]
    public async Task Every_documented_reply_is_given_as_documented()
    {
        var session = await ComparedSession.StartAsync(await apps.OnAsync(DatabaseKind.Sqlite));

        var captcha = await GetCaptchasAsync(session);
        await SubmitFormsAsync(session, captcha);
        await SubmitJsonAsync(session, captcha);
        var answered = await AnswerAndPublishAsync(session);
        var declined = await DeclineAsync(session);
        await MarkAsSpamAsync(session);
        await AddMailsAsync(session.App, answered);
        await ReadAsOperatorAsync(session, answered, declined);
        await ReadPagesAsOperatorAsync(session, answered);
        await EraseAsync(session, declined);
        await EraseByAgeAsync(session);

        session.AssertAsDocumented();
        Assert.All(session.Unseen, each => Assert.Contains("/dead-letters/", each, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_submission_too_soon_after_the_captcha_is_given_the_documented_Retry_After()
    {
        await using var app = await apps.StartAsync(DatabaseKind.Sqlite, null, "--Captcha:FastestFill=00:00:30");
        var session = await ComparedSession.StartAsync(app);
        var reply = (await session.SubmitAsync()).IsProblem(400, "filled_too_fast");
        Assert.InRange(
            int.Parse(reply.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture),
            1,
            30
        );
        session.AssertAsDocumented();
    }

    [Fact]
    public async Task A_submission_that_lacks_required_work_is_given_the_documented_reply()
    {
        await using var app = await apps.StartAsync(DatabaseKind.Sqlite, null, "--Captcha:AddressSubmissionsPerHour=0");
        var session = await ComparedSession.StartAsync(app);
        (await session.SubmitAsync()).IsProblem(429, "captcha_work_required");
        session.AssertAsDocumented();
    }

    [Theory, EveryDatabase]
    public async Task Of_concurrent_steps_one_is_taken_and_the_others_are_given_the_current_version(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(n => app.StepAsync(feedback, "notes", new { text = $"Ghi chú {n}" }, "\"1\""))
        );
        Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(
            replies.Where(reply => reply.Status != 200),
            reply => Assert.Equal("\"2\"", reply.IsProblem(412, "version_conflict").Tag)
        );
    }

    /// <summary>Captchas and proofs of work; returns a captcha that is not used yet, with its answer.</summary>
    private static async Task<(string Id, string Answer)> GetCaptchasAsync(ComparedSession session)
    {
        await session.SendAsync(HttpMethod.Post, $"/api/captchas?site={session.Site}");
        await session.SendAsync(HttpMethod.Post, "/api/captchas?site=khong-co");
        var (id, answer) = await session.App.NewCaptchaAsync();
        string[] paths =
        [
            $"{id}/image.png",
            $"{id}/audio.wav?lang=vi",
            $"{id}/audio.wav?lang=fr",
            "khong-co/image.png",
            "khong-co/audio.wav",
        ];
        foreach (var path in paths)
        {
            await session.SendAsync(HttpMethod.Get, $"/api/captchas/{path}");
        }
        foreach (var path in (string[])["image.png", "audio.wav"])
        {
            await session.SendAsync(HttpMethod.Get, $"/api/captchas/{id}/{path}", null, ("Range", "bytes=0-1"));
        }
        await session.SendAsync(HttpMethod.Get, "/api/captchas/work.js");
        var script = await session.App.SendAsync(Door.Public, HttpMethod.Get, "/api/captchas/work.js", null);
        await session.SendAsync(HttpMethod.Get, "/api/captchas/work.js", null, ("If-None-Match", script.Tag!));
        await session.SendAsync(HttpMethod.Get, $"/api/sites/{session.Site}/captchas/work");
        await session.SendAsync(HttpMethod.Get, "/api/sites/khong-co/captchas/work");
        await session.SubmitWorkAsync();
        return (id, answer);
    }

    private static async Task SubmitFormsAsync(ComparedSession session, (string Id, string Answer) captcha)
    {
        (string, string)[] form =
        [
            ("fullName", "An"),
            ("title", "Góp ý"),
            ("content", "Một\r\nHai"),
            ("captcha.id", captcha.Id),
            ("captcha.answer", captcha.Answer),
            ("idempotencyKey", new('k', 20)),
            ("send", "Gửi"),
        ];
        await session.SubmitFormAsync(form);
        await session.SubmitFormAsync(form);
        await session.SubmitFormAsync([.. Enumerable.Range(0, 100).Select(n => ($"f{n}", "x"))]);
    }

    /// <param name="session">The session.</param>
    /// <param name="used">A captcha that a form was sent with.</param>
    private static async Task SubmitJsonAsync(ComparedSession session, (string Id, string Answer) used)
    {
        await session.SubmitAsync(new string('j', 20));
        await session.SubmitAsync(new string('j', 20), "Tiêu đề khác");
        await session.SubmitAsync(new string('n', 20), "");
        await session.SubmitAsync("short");
        await session.SubmitAsync(new string('c', 20), captcha: used);
        await session.SubmitAsync(new string('c', 20), captcha: ("khong-co", used.Answer));
        var wrong = await session.App.NewCaptchaAsync();
        await session.SubmitAsync(new string('c', 20), captcha: (wrong.Id, "WRONG"));
        await session.PostAsync(new StringContent("x"));
        await session.PostAsync(JsonContent.Create(new { fullName = "An" }));
        await session.PostAsync(
            JsonContent.Create(new { website = "https://spam.example" }),
            ("Idempotency-Key", new string('w', 20))
        );
    }

    private static async Task<SentFeedback> AnswerAndPublishAsync(ComparedSession session)
    {
        var feedback = await session.App.SendFeedbackAsync(session.Site, email: "an@example.vn", phone: "0912345678");
        await session.StepAsync(feedback, "start", null, null);
        await session.StepAsync(feedback, "start", null, "\"9\"");
        await session.StepAsync(feedback, "start");
        await session.StepAsync(feedback, "start");
        await session.StepAsync(feedback, "assign", new { to = "Bình" });
        await session.StepAsync(feedback, "assign", new { });
        await session.StepAsync(feedback, "category", new { category = "khong-co" });
        await session.StepAsync(feedback, "category", new { });
        await session.StepAsync(feedback, "category", new { category = "hoc-phi" });
        await session.StepAsync(feedback, "notes", new { text = "Đã hỏi." });
        await session.StepAsync(feedback, "notes", new { text = "" });
        await session.StepAsync(feedback, "answer", new { text = "Thu theo quý." });
        await session.StepAsync(feedback, "publish", new { title = new string('x', 300) });
        await session.StepAsync(feedback, "publish");
        await session.ReadAsync("feedback");
        await session.ReadAsync($"feedback/{feedback.Receipt}");
        await session.ReadAsync("feedback?q=thu&category=hoc-phi");
        await session.ReadAsync($"feedback?q={new string('x', 201)}");
        await session.ReadAsync("feedback/similar?title=hoc%20phi");
        await session.ReadAsync($"feedback/similar?title={new string('x', 201)}");
        await session.ReadAsync("feedback?page=0");
        await session.ReadAsync("feedback?after=x");
        await session.ReadAsync("feedback/khong-co");
        await session.StepAsync(feedback, "unpublish");
        await session.StepAsync(feedback, "reopen");
        return feedback;
    }

    private static async Task<SentFeedback> DeclineAsync(ComparedSession session)
    {
        var feedback = await session.App.SendFeedbackAsync(session.Site);
        await session.StepAsync(feedback, "decline", Why);
        await session.ReadAsync($"feedback/{feedback.Receipt}");
        return feedback;
    }

    private static async Task MarkAsSpamAsync(ComparedSession session)
    {
        var feedback = await session.App.SendFeedbackAsync(session.Site);
        await session.StepAsync(feedback, "spam");
        await session.ReadAsync($"feedback/{feedback.Receipt}");
    }

    /// <summary>A mail that failed, and one that was sent.</summary>
    private static Task<int> AddMailsAsync(FeedbackApp app, SentFeedback feedback) =>
        app.WithDatabaseAsync(database =>
        {
            foreach (var (to, done, failure) in new[] { ("", (long?)null, "550"), ("can-bo@example.vn", 1, null) })
            {
                database.Add(
                    new WaitingMail
                    {
                        Id = Guid.NewGuid(),
                        FeedbackId = feedback.Id,
                        Kind = to.Length == 0 ? MailKind.Receipt : MailKind.Arrived,
                        Of = 0,
                        To = to,
                        CreatedAt = 1,
                        DoneAt = done,
                        Failure = failure,
                    }
                );
            }
            return database.SaveChangesAsync(TestContext.Current.CancellationToken);
        });

    private static async Task ReadAsOperatorAsync(ComparedSession session, SentFeedback answered, SentFeedback declined)
    {
        string[] paths =
        [
            "feedback",
            "feedback?status=spam,received&overdue=false&sort=newest&q=hoc&pageSize=1",
            "feedback?status=x",
            "feedback?overdue=x",
            "feedback?sort=x",
            $"feedback/{answered.Id}",
            $"feedback/{declined.Id}",
            $"feedback/{Guid.NewGuid()}",
            $"feedback/{answered.Id}/steps",
            $"feedback/{answered.Id}/mails",
            $"feedback/{Guid.NewGuid()}/mails",
            $"feedback/{Guid.NewGuid()}/steps",
            "feedback/audit",
            "feedback/audit?page=0",
            "feedback/export.csv",
            "feedback/export.csv?status=x",
        ];
        foreach (var path in paths)
        {
            await session.ReadAsOperatorAsync(path);
        }
    }

    private static async Task ReadPagesAsOperatorAsync(ComparedSession session, SentFeedback answered)
    {
        foreach (var list in (string[])["feedback", "feedback/audit", $"feedback/{answered.Id}/steps"])
        {
            var first = await session.App.ReadAsync(session.Site, $"{list}?pageSize=1");
            await session.ReadAsOperatorAsync($"{list}?pageSize=1&after={first.Json.GetProperty("next").GetString()}");
            await session.ReadAsOperatorAsync($"{list}?after=x");
        }
    }

    private static async Task EraseAsync(ComparedSession session, SentFeedback feedback)
    {
        await session.StepAsync(feedback, "erase", Why);
        await session.StepAsync(feedback, "erase", Why);
        await session.StepAsync(feedback, "erase", new { });
        await session.StepAsync(feedback, "notes", new { text = "Muộn rồi." });
        await session.ReadAsync($"feedback/{feedback.Receipt}");
        await session.ReadAsOperatorAsync($"feedback/{feedback.Id}");
        await session.ReadAsOperatorAsync("feedback/audit");
    }

    private static async Task EraseByAgeAsync(ComparedSession session)
    {
        foreach (var days in (int[])[0, 1])
        {
            await session.CommandAsync("feedback/retention", new { olderThanDays = days, reason = "Hết hạn" });
        }
    }
}
