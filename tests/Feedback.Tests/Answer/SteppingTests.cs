using System.Net;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Answer;

/// <summary>Steps by operators who have read what they change, and the trail they leave.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class SteppingTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly DateTimeOffset Morning = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    [Theory, EveryDatabase]
    public async Task A_step_says_which_version_was_read(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        var path = $"feedback/{feedback.Id}";
        var read = (await app.ReadAsync(feedback.Site, path)).Is(HttpStatusCode.OK);
        Assert.Equal("\"1\"", read.Tag);
        foreach (
            var (step, body) in new (string, object?)[]
            {
                ("start", null),
                ("assign", new { to = "Bình" }),
                ("notes", new { text = "Gọi lại." }),
                ("answer", new { text = "A" }),
                ("erase", new { reason = "Theo yêu cầu." }),
            }
        )
        {
            (await app.CommandAsync(feedback.Site, $"{path}/{step}", body)).IsProblem(428, "if_match_required");
            (await app.StepAsync(feedback, step, body, "\"7\"")).IsProblem(412, "version_conflict");
        }

        Assert.Equal(read.Text, (await app.ReadAsync(feedback.Site, path)).Text);
        var started = (await app.StepAsync(feedback, "start", ifMatch: read.Tag)).Is(HttpStatusCode.OK);
        Assert.Equal("\"2\"", started.Tag);
        Assert.Equal(
            "\"2\"",
            (await app.StepAsync(feedback, "answer", new { text = "A" }, read.Tag))
                .IsProblem(412, "version_conflict")
                .Tag
        );
        (await app.StepAsync(feedback, "answer", new { text = "A" }, started.Tag)).Is(HttpStatusCode.OK);
        (await app.StepAsync(feedback, "publish", ifMatch: "*")).Is(HttpStatusCode.OK);
    }

    [Theory, EveryDatabase(Differs = true)]
    public async Task Of_operators_who_answer_at_once_one_does_and_the_others_are_told(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        for (var round = 0; round < 3; round++)
        {
            var feedback = await app.SendFeedbackAsync(app.NewSite());
            var replies = await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(n => app.StepAsync(feedback, "answer", new { text = $"Trả lời {n}" }, "\"1\""))
            );
            var taken = Assert.Single(replies, reply => reply.Status == 200);
            Assert.All(replies.Where(reply => reply != taken), reply => reply.IsProblem(412, "version_conflict"));
            Assert.Equal(taken.Text, (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}")).Text);
            var steps = await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps");
            Assert.Equal(["answered", "received"], steps.Each("step"));
            Assert.Equal(taken.Json.GetProperty("answer").GetString(), steps.Items[0].GetProperty("text").GetString());
        }
    }

    [Theory, EveryDatabase]
    public async Task Every_step_is_in_the_audit_with_who_when_and_what(DatabaseKind kind)
    {
        var clock = new SetClock(Morning);
        await using var app = await apps.StartAsync(kind, clock);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        foreach (
            var (step, body) in new (string, object?)[]
            {
                ("start", null),
                ("assign", new { to = "Bình" }),
                ("notes", new { text = "Gọi lại." }),
                ("answer", new { text = "Thu theo quý." }),
                ("publish", null),
                ("unpublish", null),
                ("reopen", null),
                ("decline", new { reason = "Trùng." }),
                ("reopen", null),
                ("spam", null),
                ("assign", new { to = (string?)null }),
            }
        )
        {
            clock.Now += TimeSpan.FromMinutes(1);
            (await app.StepAsync(feedback, step, body)).Is(HttpStatusCode.OK);
        }

        // The newest first.
        var told = new (int, string?, string?, string?, string?, string?)[]
        {
            (11, FeedbackApp.Officer, "assigned", "spam", "spam", null),
            (10, FeedbackApp.Officer, "markedSpam", "inProgress", "spam", null),
            (9, FeedbackApp.Officer, "reopened", "declined", "inProgress", null),
            (8, FeedbackApp.Officer, "declined", "inProgress", "declined", "Trùng."),
            (7, FeedbackApp.Officer, "reopened", "answered", "inProgress", null),
            (6, FeedbackApp.Officer, "unpublished", "published", "answered", null),
            (5, FeedbackApp.Officer, "published", "answered", "published", null),
            (4, FeedbackApp.Officer, "answered", "inProgress", "answered", "Thu theo quý."),
            (3, FeedbackApp.Officer, "noted", "inProgress", "inProgress", "Gọi lại."),
            (2, FeedbackApp.Officer, "assigned", "inProgress", "inProgress", "Bình"),
            (1, FeedbackApp.Officer, "started", "received", "inProgress", null),
            (0, "visitor", "received", null, "received", null),
        };
        var steps = await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps");
        Assert.Equal(told, Read(steps));
        Assert.Equal(
            told[4..6],
            Read(await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}/steps?pageSize=2&page=3"))
        );
        var audit = await app.ReadAsync(feedback.Site, "feedback/audit");
        Assert.Equal(steps.Text, audit.Text);
        Assert.All(audit.Items, item => Assert.Equal(feedback.Id, item.GetProperty("feedback").GetGuid()));
        Assert.Empty((await app.ReadAsync(app.NewSite(), "feedback/audit")).Items);

        static IEnumerable<(int, string?, string?, string?, string?, string?)> Read(AppReply reply) =>
            reply.Items.Select(item =>
            {
                string? Of(string field) => item.TryGetProperty(field, out var value) ? value.GetString() : null;
                return (
                    (int)(item.GetProperty("at").GetDateTimeOffset() - Morning).TotalMinutes,
                    Of("by"),
                    Of("step"),
                    Of("from"),
                    Of("to"),
                    Of("text")
                );
            });
    }

    [Theory, EveryDatabase]
    public async Task Who_starts_is_to_answer_unless_somebody_was_named_before(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var (first, second) = (await app.SendFeedbackAsync(site), await app.SendFeedbackAsync(site));
        await app.StepAsync(second, "assign", new { to = "Bình" });
        Assert.Equal(
            FeedbackApp.Officer,
            (await app.StepAsync(first, "start")).Json.GetProperty("assignedTo").GetString()
        );
        Assert.Equal("Bình", (await app.StepAsync(second, "start")).Json.GetProperty("assignedTo").GetString());
    }

    [Theory, EveryDatabase]
    public async Task Of_another_site_there_is_none(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var elsewhere = await app.SendFeedbackAsync(app.NewSite()) with { Site = app.NewSite() };
        (await app.ReadAsync(elsewhere.Site, $"feedback/{elsewhere.Id}")).IsProblem(404, "unknown_feedback");
        (await app.ReadAsync(elsewhere.Site, $"feedback/{elsewhere.Id}/steps")).IsProblem(404, "unknown_feedback");
        (await app.StepAsync(elsewhere, "start", ifMatch: "*")).IsProblem(404, "unknown_feedback");
        (await app.StepAsync(elsewhere, "erase", new { reason = "x" }, "*")).IsProblem(404, "unknown_feedback");
        (await app.GetAsync(elsewhere.Site, $"feedback/{elsewhere.Receipt}")).IsProblem(404, "unknown_receipt");
    }

    [Fact]
    public async Task Texts_have_their_bounds()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await RefusedAsync("answer", new { text = " " }, "text");
        await RefusedAsync("answer", new { text = new string('x', 20_001) }, "text");
        await RefusedAsync("notes", new { text = new string('x', 5_001) }, "text");
        await RefusedAsync("decline", new { reason = new string('x', 1_001) }, "reason");
        await RefusedAsync("decline", new { }, "reason");
        await RefusedAsync("assign", new { to = new string('x', 201) }, "to");
        await RefusedAsync("erase", new { reason = "" }, "reason");
        (await app.StepAsync(feedback, "answer", new { text = "x", by = "y" })).IsProblem(400, "invalid_fields");
        (await app.StepAsync(feedback, "answer", new { text = new string('x', 20_000) })).Is(HttpStatusCode.OK);
        await RefusedAsync(
            "publish",
            new
            {
                title = new string('x', 201),
                content = new string('x', 5_001),
                answer = new string('x', 20_001),
            },
            "answer",
            "content",
            "title"
        );

        async Task RefusedAsync(string step, object body, params string[] fields) =>
            Assert.Equal(
                fields,
                (await app.StepAsync(feedback, step, body)).IsProblem(400, "invalid_fields").WrongFields
            );
    }
}
