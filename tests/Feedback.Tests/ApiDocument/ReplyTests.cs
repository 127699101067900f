using System.Net.Http.Json;
using PortalServices.Database;
using PortalServices.Feedback.Mail;

namespace PortalServices.Feedback.Tests.ApiDocument;

/// <summary>What feedback answers is what the document tells: status, headers, media type, every field.</summary>
public sealed class ReplyTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly object Why = new { reason = "Theo yêu cầu" };

    [Fact]
    public async Task Every_answer_that_is_told_of_is_given_as_it_is_told()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        var told = await ComparisonAsync(app);

        await SendAsync(HttpMethod.Post, $"/api/captchas?site={site}");
        await SendAsync(HttpMethod.Post, "/api/captchas?site=khong-co");
        var (id, answer) = await app.NewCaptchaAsync();
        foreach (
            var path in (string[])
                [
                    $"{id}/image.png",
                    $"{id}/audio.wav?lang=vi",
                    $"{id}/audio.wav?lang=fr",
                    "khong-co/image.png",
                    "khong-co/audio.wav",
                ]
        )
        {
            await SendAsync(HttpMethod.Get, $"/api/captchas/{path}");
        }
        foreach (var path in (string[])["image.png", "audio.wav"])
        {
            await SendAsync(HttpMethod.Get, $"/api/captchas/{id}/{path}", null, ("Range", "bytes=0-1"));
        }
        await SendAsync(HttpMethod.Get, "/api/captchas/work.js");
        var script = await app.SendAsync(Door.Public, HttpMethod.Get, "/api/captchas/work.js", null);
        await SendAsync(HttpMethod.Get, "/api/captchas/work.js", null, ("If-None-Match", script.Tag!));
        await SendAsync(HttpMethod.Get, $"/api/sites/{site}/captchas/work");
        await SendAsync(HttpMethod.Get, "/api/sites/khong-co/captchas/work");
        told.Compare(HttpMethod.Post, $"/api/sites/{site}/feedback", await app.SubmitWorkAsync(site));

        (string, string)[] form =
        [
            ("fullName", "An"),
            ("title", "Góp ý"),
            ("content", "Một\r\nHai"),
            ("captcha.id", id),
            ("captcha.answer", answer),
            ("idempotencyKey", new('k', 20)),
            ("send", "Gửi"),
        ];
        await SubmitFormAsync(form);
        await SubmitFormAsync(form);
        await SubmitFormAsync([.. Enumerable.Range(0, 100).Select(n => ($"f{n}", "x"))]);
        await SubmitAsync(new string('j', 20));
        await SubmitAsync(new string('j', 20), "Tiêu đề khác");
        await SubmitAsync(new string('n', 20), "");
        await SubmitAsync("short");
        await SubmitAsync(new string('c', 20), captcha: (id, answer));
        await SubmitAsync(new string('c', 20), captcha: ("khong-co", answer));
        var wrong = await app.NewCaptchaAsync();
        await SubmitAsync(new string('c', 20), captcha: (wrong.Id, "WRONG"));
        await SendAsync(HttpMethod.Post, $"/api/sites/{site}/feedback", new StringContent("x"));
        await SendAsync(HttpMethod.Post, $"/api/sites/{site}/feedback", JsonContent.Create(new { fullName = "An" }));
        await SendAsync(
            HttpMethod.Post,
            $"/api/sites/{site}/feedback",
            JsonContent.Create(new { website = "https://spam.example" }),
            ("Idempotency-Key", new string('w', 20))
        );

        var (first, second, third) = (
            await app.SendFeedbackAsync(site, email: "an@example.vn", phone: "0912345678"),
            await app.SendFeedbackAsync(site),
            await app.SendFeedbackAsync(site)
        );
        await StepAsync(first, "start", null, null);
        await StepAsync(first, "start", null, "\"9\"");
        await StepAsync(first, "start");
        await StepAsync(first, "start");
        await StepAsync(first, "assign", new { to = "Bình" });
        await StepAsync(first, "assign", new { });
        await StepAsync(first, "notes", new { text = "Đã hỏi." });
        await StepAsync(first, "notes", new { text = "" });
        await StepAsync(first, "answer", new { text = "Thu theo quý." });
        await StepAsync(first, "publish", new { title = new string('x', 300) });
        await StepAsync(first, "publish");
        await ReadAsync("feedback");
        await ReadAsync($"feedback/{first.Receipt}");
        await ReadAsync("feedback?page=0");
        await ReadAsync("feedback?after=x");
        await ReadAsync("feedback/khong-co");
        await StepAsync(first, "unpublish");
        await StepAsync(first, "reopen");
        await StepAsync(second, "decline", Why);
        await ReadAsync($"feedback/{second.Receipt}");
        await StepAsync(third, "spam");
        await ReadAsync($"feedback/{third.Receipt}");

        await app.WithDatabaseAsync(database =>
        {
            foreach (var (to, done, failure) in new[] { ("", (long?)null, "550"), ("can-bo@example.vn", 1, null) })
            {
                database.Add(
                    new WaitingMail
                    {
                        Id = Guid.NewGuid(),
                        FeedbackId = first.Id,
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
        string[] read =
        [
            "feedback",
            "feedback?status=spam,received&overdue=false&sort=newest&q=hoc&pageSize=1",
            "feedback?status=x",
            "feedback?overdue=x",
            "feedback?sort=x",
            $"feedback/{first.Id}",
            $"feedback/{second.Id}",
            $"feedback/{Guid.NewGuid()}",
            $"feedback/{first.Id}/steps",
            $"feedback/{first.Id}/mails",
            $"feedback/{Guid.NewGuid()}/mails",
            $"feedback/{Guid.NewGuid()}/steps",
            "feedback/audit",
            "feedback/audit?page=0",
            "feedback/export.csv",
            "feedback/export.csv?status=x",
        ];
        foreach (var path in read)
        {
            await ReadAsOperatorAsync(path);
        }
        foreach (var list in (string[])["feedback", "feedback/audit", $"feedback/{first.Id}/steps"])
        {
            var next = (await app.ReadAsync(site, $"{list}?pageSize=1")).Json.GetProperty("next").GetString();
            await ReadAsOperatorAsync($"{list}?pageSize=1&after={next}");
            await ReadAsOperatorAsync($"{list}?after=x");
        }

        await StepAsync(second, "erase", Why);
        await StepAsync(second, "erase", Why);
        await StepAsync(second, "erase", new { });
        await StepAsync(second, "notes", new { text = "Muộn rồi." });
        await ReadAsync($"feedback/{second.Receipt}");
        await ReadAsOperatorAsync($"feedback/{second.Id}");
        await ReadAsOperatorAsync("feedback/audit");
        foreach (var days in (int[])[0, 1])
        {
            told.Compare(
                HttpMethod.Post,
                $"/api/operator/sites/{site}/feedback/retention",
                await app.CommandAsync(site, "feedback/retention", new { olderThanDays = days, reason = "Hết hạn" })
            );
        }

        Assert.True(told.Mistakes.Count == 0, string.Join('\n', told.Mistakes));
        Assert.All(told.Told.Unseen, each => Assert.Contains("/dead-letters/", each, StringComparison.Ordinal));

        async Task SendAsync(
            HttpMethod method,
            string path,
            HttpContent? content = null,
            params (string Name, string Value)[] headers
        ) => told.Compare(method, path, await app.SendAsync(Door.Public, method, path, content, headers));

        Task SubmitFormAsync((string Name, string Value)[] fields) =>
            SendAsync(
                HttpMethod.Post,
                $"/api/sites/{site}/feedback",
                new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)))
            );

        async Task SubmitAsync(string key, string title = "Học phí", (string? Id, string? Answer)? captcha = null) =>
            told.Compare(
                HttpMethod.Post,
                $"/api/sites/{site}/feedback",
                await app.SubmitAsync(site, key, title: title, captcha: captcha)
            );

        async Task StepAsync(SentFeedback feedback, string step, object? body = null, string? match = "*")
        {
            var path = $"feedback/{feedback.Id}/{step}";
            (string, string)[] headers = match is null ? [] : [("If-Match", match)];
            told.Compare(
                HttpMethod.Post,
                $"/api/operator/sites/{site}/{path}",
                await app.CommandAsync(site, path, body, headers)
            );
        }

        async Task ReadAsync(string path)
        {
            var whole = await app.GetAsync(site, path);
            told.Compare(HttpMethod.Get, $"/api/sites/{site}/{path}", whole);
            if (whole.Tag is { } tag)
            {
                await SendAsync(HttpMethod.Get, $"/api/sites/{site}/{path}", null, ("If-None-Match", tag));
            }
        }

        async Task ReadAsOperatorAsync(string path)
        {
            var whole = await app.ReadAsync(site, path);
            told.Compare(HttpMethod.Get, $"/api/operator/sites/{site}/{path}", whole);
            if (whole.Tag is { } tag)
            {
                told.Compare(
                    HttpMethod.Get,
                    $"/api/operator/sites/{site}/{path}",
                    await app.ReadAsync(site, path, ("If-None-Match", tag))
                );
            }
        }
    }

    [Fact]
    public async Task What_is_to_be_tried_again_after_a_while_is_told_with_the_while()
    {
        await using var app = await apps.StartAsync(DatabaseKind.Sqlite, null, "--Captcha:FastestFill=00:00:30");
        var (site, told) = (app.NewSite(), await ComparisonAsync(app));
        var reply = await app.SubmitAsync(site);
        told.Compare(HttpMethod.Post, $"/api/sites/{site}/feedback", reply.IsProblem(400, "filled_too_fast"));
        Assert.InRange(
            int.Parse(reply.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture),
            1,
            30
        );
        Assert.True(told.Mistakes.Count == 0, string.Join('\n', told.Mistakes));
    }

    [Fact]
    public async Task That_work_is_required_is_told_with_the_while_until_it_is_not()
    {
        await using var app = await apps.StartAsync(DatabaseKind.Sqlite, null, "--Captcha:AddressSubmissionsPerHour=0");
        var (site, told) = (app.NewSite(), await ComparisonAsync(app));
        told.Compare(
            HttpMethod.Post,
            $"/api/sites/{site}/feedback",
            (await app.SubmitAsync(site)).IsProblem(429, "captcha_work_required")
        );
        Assert.True(told.Mistakes.Count == 0, string.Join('\n', told.Mistakes));
    }

    [Theory, EveryDatabase]
    public async Task Of_steps_at_once_one_is_taken_and_the_others_are_told_the_present_version(DatabaseKind kind)
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

    private static async Task<Comparison> ComparisonAsync(FeedbackApp app) =>
        new(
            new ToldReplies((await app.SendAsync(Door.Operators, HttpMethod.Get, "/openapi/feedback.json", null)).Json)
        );

    /// <summary>Gathers where answers are not as they are told.</summary>
    private sealed record Comparison(ToldReplies Told)
    {
        public List<string> Mistakes { get; } = [];

        public void Compare(HttpMethod method, string path, AppReply reply) =>
            Mistakes.AddRange(Told.MistakesIn(method, path, reply));
    }
}
