using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>A challenge from its issue to its end: one answer, within its time, on whichever replica.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class CaptchaFlowTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const string Wrong = "000000";

    private static readonly DateTimeOffset Morning = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task It_can_be_answered_until_it_expires_and_not_after(DatabaseKind kind)
    {
        var clock = new SetClock(Morning);
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        var (inTime, late) = (await app.NewCaptchaAsync(), await app.NewCaptchaAsync());
        clock.Now = Morning + Lifetime - TimeSpan.FromMilliseconds(1);
        (await app.SubmitAsync(site, captcha: inTime)).Is(HttpStatusCode.Created);
        clock.Now = Morning + Lifetime;
        (await app.SubmitAsync(site, captcha: late)).IsProblem(400, "captcha_expired");
        (await app.SubmitAsync(site, captcha: (late.Id, Wrong))).IsProblem(400, "captcha_expired");
        (await app.SubmitAsync(site, captcha: inTime)).IsProblem(400, "captcha_expired");
        Assert.Equal(1, await app.WithDatabaseAsync(database => database.Entries.CountAsync(Cancel)));
    }

    [Theory, EveryDatabase]
    public async Task Its_image_and_sound_are_gone_once_it_has_expired(DatabaseKind kind)
    {
        var clock = new SetClock(Morning);
        await using var app = await apps.StartAsync(kind, clock);
        var (id, _) = await app.NewCaptchaAsync();
        clock.Now = Morning + Lifetime - TimeSpan.FromSeconds(30);
        Assert.Contains(
            "max-age=30,",
            (await FetchAsync(app, id, "image.png")).Is(HttpStatusCode.OK).Header("Cache-Control"),
            StringComparison.Ordinal
        );
        clock.Now = Morning + Lifetime;
        (await FetchAsync(app, id, "image.png")).IsProblem(410, "captcha_gone");
        (await FetchAsync(app, id, "audio.wav?lang=vi")).IsProblem(410, "captcha_gone");
        (await FetchAsync(app, id[..^4] + "AAAA", "image.png")).IsProblem(404, "unknown_captcha");
    }

    [Theory, EveryDatabase]
    public async Task Who_is_too_fast_may_send_the_same_answer_again(DatabaseKind kind)
    {
        var clock = new SetClock(Morning);
        await using var app = await apps.StartAsync(kind, clock, "--Captcha:FastestFill=00:00:10");
        var site = app.NewSite();
        var (id, answer) = await app.NewCaptchaAsync();
        clock.Now = Morning.AddSeconds(2.5);
        Assert.Equal(
            "8",
            (await app.SubmitAsync(site, captcha: (id, answer))).IsProblem(400, "filled_too_fast").Header("Retry-After")
        );
        clock.Now = Morning.AddSeconds(9.999);
        // Not judged, and so not used up either.
        Assert.Equal(
            "1",
            (await app.SubmitAsync(site, captcha: (id, Wrong))).IsProblem(400, "filled_too_fast").Header("Retry-After")
        );
        clock.Now = Morning.AddSeconds(10);
        (await app.SubmitAsync(site, captcha: (id, answer))).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task A_wrong_answer_uses_it_up_and_leaves_the_key_free(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var (id, answer) = await app.NewCaptchaAsync();
        (await app.SubmitAsync(site, key, captcha: (id, Wrong))).IsProblem(400, "captcha_wrong");
        (await app.SubmitAsync(site, key, captcha: (id, answer))).IsProblem(400, "captcha_used");
        (await app.SubmitAsync(site, key, captcha: ("nobodys", answer))).IsProblem(400, "captcha_unknown");
        (await app.SubmitAsync(site, key, title: "Tiêu đề khác")).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task What_is_wrong_with_the_fields_is_told_before_the_answer_is_looked_at(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var (id, answer) = await app.NewCaptchaAsync();
        Assert.Equal(
            ["email"],
            (await app.SubmitAsync(site, email: "x", captcha: (id, Wrong))).IsProblem(400, "invalid_fields").WrongFields
        );
        (await app.SubmitAsync(site, email: "x@example.vn", captcha: (id, answer))).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task Of_many_guesses_at_the_same_time_one_is_judged(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var (id, _) = await app.NewCaptchaAsync();
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => app.SubmitAsync(site, captcha: (id, Wrong)))
        );
        Assert.Single(replies, reply => reply.Code == "captcha_wrong");
        Assert.Equal(11, replies.Count(reply => reply.Code == "captcha_used"));
    }

    [Theory, EveryDatabase(Differs = true)]
    public async Task Of_many_right_answers_at_the_same_time_one_is_taken(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var captcha = await app.NewCaptchaAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.SubmitAsync(site, captcha: captcha)));
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Equal(11, replies.Count(reply => reply.Status == 400 && reply.Code == "captcha_used"));
        Assert.Equal(
            1,
            await app.WithDatabaseAsync(database => database.Entries.CountAsync(entry => entry.Site == site, Cancel))
        );
    }

    [Theory, EveryDatabase]
    public async Task Once_expired_it_is_forgotten_by_the_hourly_housekeeping_and_still_no_good(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(Morning);
        await using var app = await apps.StartAsync(kind, time);
        var site = app.NewSite();
        var captcha = await app.NewCaptchaAsync();
        (await app.SubmitAsync(site, captcha: (captcha.Id, Wrong))).IsProblem(400, "captcha_wrong");
        Assert.Equal(1, await UsedAsync(app));
        await Eventually.HoldsAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return await UsedAsync(app) == 0;
            },
            "it is forgotten",
            Cancel
        );
        (await app.SubmitAsync(site, captcha: captcha)).IsProblem(400, "captcha_expired");
        (await app.SubmitAsync(site)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task A_replica_whose_clock_is_ahead_forgets_none_that_another_would_still_take(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        var clock = new SetClock(Morning);
        await using var app = await FeedbackApp.StartAsync(database, clock);
        var captcha = await app.NewCaptchaAsync();
        (await app.SubmitAsync(app.NewSite(), captcha: captcha)).Is(HttpStatusCode.Created);
        clock.Now = Morning + Lifetime - TimeSpan.FromMinutes(1);
        // Gone once the housekeeping at the other's start is over.
        await MarkUsedAsync(app, "expired long ago", Morning.AddDays(-1));
        await using var ahead = await FeedbackApp.StartAsync(database, new SetClock(clock.Now.AddMinutes(5)));
        await Eventually.HoldsAsync(
            () =>
                app.WithDatabaseAsync(context =>
                    context.UsedCaptchas.AllAsync(used => used.Challenge != "expired long ago", Cancel)
                ),
            "it is forgotten",
            Cancel
        );

        (await app.SubmitAsync(app.NewSite(), captcha: captcha)).IsProblem(400, "captcha_used");
    }

    [Theory, EveryDatabase]
    public async Task Every_replica_reads_it_draws_the_same_and_knows_whether_it_was_answered(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        await using var first = await FeedbackApp.StartAsync(database);
        // Each has made its own keys before it sees the other's.
        var captcha = await first.NewCaptchaAsync();
        await using var second = await FeedbackApp.StartAsync(database);
        var others = await second.NewCaptchaAsync();

        foreach (var rendering in new[] { "image.png", "audio.wav?lang=vi", "audio.wav?lang=en" })
        {
            var drawn = (await FetchAsync(first, captcha.Id, rendering)).Is(HttpStatusCode.OK).Bytes;
            Assert.Equal(drawn, (await FetchAsync(second, captcha.Id, rendering)).Is(HttpStatusCode.OK).Bytes);
            Assert.Equal(drawn, (await FetchAsync(first, captcha.Id, rendering)).Is(HttpStatusCode.OK).Bytes);
            Assert.NotEqual(drawn, (await FetchAsync(first, others.Id, rendering)).Is(HttpStatusCode.OK).Bytes);
        }

        (await second.SubmitAsync(second.NewSite(), captcha: captcha)).Is(HttpStatusCode.Created);
        (await first.SubmitAsync(first.NewSite(), captcha: captcha)).IsProblem(400, "captcha_used");
        (await first.SubmitAsync(first.NewSite(), captcha: others)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Another_portals_is_unknown()
    {
        await using var other = await apps.StartAsync(DatabaseKind.Sqlite);
        var captcha = await other.NewCaptchaAsync();
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        (await app.SubmitAsync(app.NewSite(), captcha: captcha)).IsProblem(400, "captcha_unknown");
        (await FetchAsync(app, captcha.Id, "image.png")).IsProblem(404, "unknown_captcha");
    }

    private static Task<AppReply> FetchAsync(FeedbackApp app, string id, string rendering) =>
        app.SendAsync(Door.Public, HttpMethod.Get, $"/api/captchas/{id}/{rendering}", null);

    private static Task<int> UsedAsync(FeedbackApp app) =>
        app.WithDatabaseAsync(database => database.UsedCaptchas.CountAsync(Cancel));

    private static Task<int> MarkUsedAsync(FeedbackApp app, string challenge, DateTimeOffset expiresAt) =>
        app.WithDatabaseAsync(database =>
        {
            database.Add(new UsedCaptcha { Challenge = challenge, ExpiresAt = expiresAt.ToUnixTimeMilliseconds() });
            return database.SaveChangesAsync(Cancel);
        });
}
