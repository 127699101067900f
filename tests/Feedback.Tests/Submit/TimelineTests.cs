using System.Net;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Submit;

/// <summary>What a sender reads of what was done: status and instant of each step, and nobody's name or words.</summary>
public sealed class TimelineTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    [Theory, EveryDatabase]
    public async Task Each_step_has_its_instant_and_only_what_still_holds_is_published(DatabaseKind kind)
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await StepAsync("start");
        await StepAsync("assign", new { to = "Bình" });
        await StepAsync("notes", new { text = "Đã hỏi." });
        await StepAsync("answer", new { text = "Thu theo quý." });
        await StepAsync("publish");
        Assert.Equal(
            [
                ("received", "2026-06-08T02:00:00Z"),
                ("inProgress", "2026-06-08T03:00:00Z"),
                ("answered", "2026-06-08T06:00:00Z"),
                ("published", "2026-06-08T07:00:00Z"),
            ],
            await StepsAsync(app, feedback)
        );
        var reply = await app.GetAsync(feedback.Site, $"feedback/{feedback.Receipt}");
        Assert.DoesNotContain("Bình", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(FeedbackApp.Officer, reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Đã hỏi", reply.Text, StringComparison.Ordinal);
        Assert.Equal("2026-06-29", reply.Json.GetProperty("dueBy").GetString());

        await StepAsync("unpublish");
        await StepAsync("reopen");
        Assert.Equal(["received", "inProgress", "answered", "inProgress"], await StatusesAsync(app, feedback));
        await StepAsync("decline", new { reason = "Không thuộc thẩm quyền." });
        Assert.Equal("declined", (await StatusesAsync(app, feedback))[^1]);

        async Task StepAsync(string step, object? body = null)
        {
            clock.Now += TimeSpan.FromHours(1);
            (await app.StepAsync(feedback, step, body)).Is(HttpStatusCode.OK);
        }
    }

    [Theory, EveryDatabase]
    public async Task Spam_has_no_day_and_is_received_as_before_when_it_was_none(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        await app.StepAsync(feedback, "spam");
        Assert.Equal(["received"], await StatusesAsync(app, feedback));
        await app.StepAsync(feedback, "reopen");
        Assert.Equal(["received"], await StatusesAsync(app, feedback));
    }

    [Theory, EveryDatabase]
    public async Task Erasing_closes_what_was_open_and_takes_back_what_was_published(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, why) = (app.NewSite(), new { reason = "Theo yêu cầu" });
        var open = await app.SendFeedbackAsync(site);
        await app.StepAsync(open, "start");
        await app.StepAsync(open, "erase", why);
        Assert.Equal(["received", "inProgress", "declined"], await StatusesAsync(app, open));

        var published = await app.SendFeedbackAsync(site);
        await app.StepAsync(published, "answer", new { text = "Thu theo quý." });
        await app.StepAsync(published, "publish");
        await app.StepAsync(published, "erase", why);
        Assert.Equal(["received", "answered"], await StatusesAsync(app, published));
    }

    private static async Task<IReadOnlyList<string?>> StatusesAsync(FeedbackApp app, SentFeedback feedback) =>
        [.. (await StepsAsync(app, feedback)).Select(step => step.Status)];

    private static async Task<IReadOnlyList<(string? Status, string? At)>> StepsAsync(
        FeedbackApp app,
        SentFeedback feedback
    ) =>
        [
            .. (await app.GetAsync(feedback.Site, $"feedback/{feedback.Receipt}"))
                .Is(HttpStatusCode.OK)
                .Json.GetProperty("timeline")
                .EnumerateArray()
                .Select(step => (step.GetProperty("status").GetString(), step.GetProperty("at").GetString())),
        ];
}
