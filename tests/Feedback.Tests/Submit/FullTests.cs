using System.Net;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Submit;

/// <summary>
/// What is refused because too much waits, for operators or for the bus: nothing of it is stored, and later it is
/// taken.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class FullTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Past_the_bound_of_unread_feedback_no_more_is_taken_until_an_operator_has_looked_at_some(
        DatabaseKind kind
    )
    {
        await using var app = await apps.StartAsync(kind, settings: "--Feedback:MaxUnread=2");
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var first = await app.SendFeedbackAsync(site);
        var second = (await app.SubmitAsync(site, key)).Is(HttpStatusCode.Created);
        var captcha = await app.NewCaptchaAsync();
        Assert.Equal(
            "3600",
            (await app.SubmitAsync(site, captcha: captcha)).IsProblem(503, "feedback_full").Header("Retry-After")
        );
        Assert.Equal(2, await app.WithDatabaseAsync(database => database.Entries.CountAsync(Cancel)));
        // What was taken before is, and so is what another site is sent.
        Assert.Equal(second.Text, (await app.SubmitAsync(site, key)).Is(HttpStatusCode.Created).Text);
        await app.SendFeedbackAsync(app.NewSite());

        (await app.StepAsync(first, "start")).Is(HttpStatusCode.OK);
        (await app.SubmitAsync(site, captcha: captcha)).Is(HttpStatusCode.Created);
        (await app.SubmitAsync(site)).IsProblem(503, "feedback_full");
    }

    [Theory, EveryDatabase]
    public async Task While_the_outbox_is_full_nothing_is_stored_and_no_captcha_is_used_up(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind, settings: "--Messaging:MaxWaiting=1");
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var outbox = new FilledOutbox<FeedbackContext>(app.Services, Cancel);
        var waiting = await outbox.FillAsync();
        var (id, answer) = await app.NewCaptchaAsync();

        (await app.SubmitAsync(site, title: " ", captcha: (id, "000000"))).IsProblem(400, "invalid_fields");
        Assert.Equal(
            "60",
            (await app.SubmitAsync(site, key, captcha: (id, "000000")))
                .IsProblem(503, "outbox_full")
                .Header("Retry-After")
        );
        Assert.Equal(
            "60",
            (await app.SubmitAsync(site, key, captcha: (id, answer)))
                .IsProblem(503, "outbox_full")
                .Header("Retry-After")
        );
        Assert.Equal(
            (0, 0, 0),
            await app.WithDatabaseAsync(async database =>
                (
                    await database.Entries.CountAsync(Cancel),
                    await database.Steps.CountAsync(Cancel),
                    await database.UsedCaptchas.CountAsync(Cancel)
                )
            )
        );
        Assert.Equal([waiting], await outbox.EventsAsync());

        await outbox.EmptyAsync();
        (await app.SubmitAsync(site, key, captcha: (id, answer))).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task While_the_outbox_is_full_no_step_is_taken_and_the_version_stays(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind, settings: "--Messaging:MaxWaiting=1");
        var feedback = await app.SendFeedbackAsync(app.NewSite());
        var outbox = new FilledOutbox<FeedbackContext>(app.Services, Cancel);
        await outbox.FillAsync();
        var before = await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}");
        Assert.Equal(
            "60",
            (await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." }))
                .IsProblem(503, "outbox_full")
                .Header("Retry-After")
        );
        Assert.Equal(before.Text, (await app.ReadAsync(feedback.Site, $"feedback/{feedback.Id}")).Text);
        await outbox.EmptyAsync();
        (await app.StepAsync(feedback, "answer", new { text = "Thu theo quý." }, before.Tag)).Is(HttpStatusCode.OK);
    }
}
