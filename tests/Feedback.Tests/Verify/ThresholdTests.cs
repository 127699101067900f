using System.Net;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;
using PortalServices.Testing.Portal;

namespace PortalServices.Feedback.Tests.Verify;

/// <summary>
/// Above a number of submissions within an hour an image or a sound alone is not enough, whoever reads it; proof of
/// work is, and costs more and more.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ThresholdTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const string Here = "203.0.113.7",
        There = "203.0.113.8";

    private static readonly DateTimeOffset Morning = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);
    private static readonly string[] Three =
    [
        "--Captcha:AddressSubmissionsPerHour=3",
        "--Captcha:WorkCost=1000",
        "--Captcha:MaxWorkCost=10000",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Who_always_reads_the_image_submits_as_often_an_hour_as_is_set(DatabaseKind kind)
    {
        var clock = new SetClock(Morning);
        await using var app = await apps.StartAsync(kind, clock, Three);
        var (site, elsewhere) = (app.NewSite(), app.NewSite());
        (await app.SubmitFromAsync(site, Here)).Is(HttpStatusCode.Created);
        clock.Now = Morning.AddMinutes(20);
        // A guess counts, too, and what goes to another site.
        (await app.SubmitFromAsync(site, Here, ((await app.NewCaptchaAsync()).Id, "000000"))).IsProblem(
            400,
            "captcha_wrong"
        );
        (await app.SubmitFromAsync(elsewhere, Here)).Is(HttpStatusCode.Created);
        clock.Now = Morning.AddMinutes(30);
        var image = await app.NewCaptchaAsync();
        Assert.Equal(
            "1800",
            (await app.SubmitFromAsync(site, Here, image)).IsProblem(429, "captcha_work_required").Header("Retry-After")
        );
        // It is another client's hour, and this one's is over once the first is older; then there is room for one.
        (await app.SubmitFromAsync(site, There)).Is(HttpStatusCode.Created);
        clock.Now = Morning.AddMinutes(60).AddMilliseconds(-1);
        Assert.Equal(
            "1",
            (await app.SubmitFromAsync(site, Here)).IsProblem(429, "captcha_work_required").Header("Retry-After")
        );
        clock.Now = Morning.AddMinutes(60);
        (await app.SubmitFromAsync(site, Here)).Is(HttpStatusCode.Created);
        (await app.SubmitFromAsync(site, Here)).IsProblem(429, "captcha_work_required");
    }

    [Theory, EveryDatabase]
    public async Task An_answer_that_is_not_enough_is_not_used_up(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(
            kind,
            null,
            "--Captcha:AddressSubmissionsPerHour=0",
            "--Captcha:WorkCost=1000"
        );
        var (site, image) = (app.NewSite(), await app.NewCaptchaAsync());
        Assert.Equal(
            "3600",
            (await app.SubmitAsync(site, captcha: image)).IsProblem(429, "captcha_work_required").Header("Retry-After")
        );
        Assert.Equal(
            "3600",
            (await WorkTests.FormAsync(app, site, ("captcha.id", image.Id), ("captcha.answer", image.Answer)))
                .IsProblem(429, "captcha_work_required")
                .Header("Retry-After")
        );
        (await app.SubmitWorkAsync(site, null, image)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task At_once_and_on_several_replicas_no_more_are_taken(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        await using var first = await FeedbackApp.StartAsync(database, null, Three);
        await using var second = await FeedbackApp.StartAsync(database, null, Three);
        var images = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => first.NewCaptchaAsync()));
        var sites = Enumerable.Range(0, 16).Select(_ => first.NewSite()).ToList();
        var replies = await Task.WhenAll(
            images.Select((image, n) => (n % 2 == 0 ? first : second).SubmitFromAsync(sites[n], Here, image))
        );
        Assert.Equal(3, replies.Count(reply => reply.Status == 201));
        Assert.Equal(13, replies.Count(reply => reply is { Status: 429, Code: "captcha_work_required" }));
        Assert.Equal(3, await first.WithDatabaseAsync(context => context.UsedCaptchas.CountAsync(Cancel)));
    }

    [Theory, EveryDatabase]
    public async Task A_site_has_a_threshold_of_its_own(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(
            kind,
            null,
            "--Captcha:SiteSubmissionsPerHour=5",
            "--Captcha:WorkCost=1000"
        );
        var site = app.NewSite();
        var images = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.NewCaptchaAsync()));
        var replies = await Task.WhenAll(
            images.Select((image, n) => app.SubmitFromAsync(site, $"203.0.113.{n}", image))
        );
        Assert.Equal(5, replies.Count(reply => reply.Status == 201));
        Assert.Equal(7, replies.Count(reply => reply is { Status: 429, Code: "captcha_work_required" }));
        (await app.SubmitFromAsync(app.NewSite(), Here)).Is(HttpStatusCode.Created);
        (await app.SubmitWorkAsync(site, from: Here)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task Work_costs_more_with_every_submission_of_the_address_and_nobody_elses(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind, null, Three);
        var site = app.NewSite();
        var costs = new List<int>();
        for (var sent = 0; sent < 12; sent++)
        {
            var challenge = await app.NewWorkAsync(site, Here);
            costs.Add(challenge.GetProperty("maxnumber").GetInt32());
            (await app.SubmitWorkAsync(site, WorkSolver.Solve(challenge), from: Here)).Is(HttpStatusCode.Created);
        }

        Assert.Equal([1_000, 1_000, 1_000, 1_000, 1_333, 1_666, 2_000, 2_333, 2_666, 3_000, 3_333, 3_666], costs);
        Assert.Equal(1_000, (await app.NewWorkAsync(site, There)).GetProperty("maxnumber").GetInt32());
    }

    [Theory, EveryDatabase]
    public async Task Work_that_was_gathered_while_it_was_cheap_is_too_cheap_later(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind, null, Three);
        var site = app.NewSite();
        var cheap = new List<string>();
        for (var n = 0; n < 9; n++)
        {
            cheap.Add(WorkSolver.Solve(await app.NewWorkAsync(site, Here)));
        }
        // Up to twice the cost at which they were made.
        foreach (var work in cheap[..7])
        {
            (await app.SubmitWorkAsync(site, work, from: Here)).Is(HttpStatusCode.Created);
        }
        foreach (var work in cheap[7..])
        {
            (await app.SubmitWorkAsync(site, work, from: Here)).IsProblem(400, "captcha_work_too_cheap");
        }
        // It is not used up: from elsewhere, where nobody submitted, it is enough.
        (await app.SubmitWorkAsync(site, cheap[8], from: There)).Is(HttpStatusCode.Created);
        (await app.SubmitWorkAsync(site, from: Here)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task Of_cheap_work_that_comes_at_once_and_on_several_replicas_no_more_is_taken(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        await using var first = await FeedbackApp.StartAsync(database, null, Three);
        await using var second = await FeedbackApp.StartAsync(database, null, Three);
        var sites = Enumerable.Range(0, 24).Select(_ => first.NewSite()).ToList();
        var works = await Task.WhenAll(
            sites.Select(async site => WorkSolver.Solve(await first.NewWorkAsync(site, Here)))
        );
        var replies = await Task.WhenAll(
            works.Select((work, n) => (n % 2 == 0 ? first : second).SubmitWorkAsync(sites[n], work, from: Here))
        );
        // As one after the other.
        Assert.Equal(7, replies.Count(reply => reply.Status == 201));
        Assert.Equal(17, replies.Count(reply => reply is { Status: 400, Code: "captcha_work_too_cheap" }));
    }

    [Theory, EveryDatabase]
    public async Task Who_works_takes_no_images_away_from_others(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(
            kind,
            null,
            "--Captcha:SiteSubmissionsPerHour=2",
            "--Captcha:WorkCost=1000",
            "--Captcha:MaxWorkCost=10000"
        );
        var site = app.NewSite();
        for (var sent = 0; sent < 4; sent++)
        {
            (await app.SubmitWorkAsync(site, from: Here)).Is(HttpStatusCode.Created);
        }
        (await app.SubmitFromAsync(site, There)).Is(HttpStatusCode.Created);
        (await app.SubmitFromAsync(site, There)).Is(HttpStatusCode.Created);
        (await app.SubmitFromAsync(site, There)).IsProblem(429, "captcha_work_required");
    }

    [Theory, EveryDatabase]
    public async Task Sent_again_under_its_key_it_is_the_same_feedback_above_the_threshold_too(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind, null, "--Captcha:AddressSubmissionsPerHour=1");
        var (site, key, image) = (app.NewSite(), Guid.NewGuid().ToString("N"), await app.NewCaptchaAsync());
        var first = (await app.SubmitAsync(site, key, captcha: image)).Is(HttpStatusCode.Created);
        Assert.Equal(first.Text, (await app.SubmitAsync(site, key, captcha: image)).Is(HttpStatusCode.Created).Text);
        (await app.SubmitAsync(site)).IsProblem(429, "captcha_work_required");
    }

    [Theory, EveryDatabase]
    public async Task Addresses_are_kept_as_hashes_and_forgotten_by_the_hourly_housekeeping(DatabaseKind kind)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Morning);
        await using var app = await apps.StartAsync(kind, time);
        var site = app.NewSite();
        (await app.SubmitFromAsync(site, Here)).Is(HttpStatusCode.Created);
        (await app.SubmitWorkAsync(site, from: "2001:db8::1")).Is(HttpStatusCode.Created);
        var kept = await app.WithDatabaseAsync(database =>
            database.UsedCaptchas.Select(used => used.Address).ToListAsync(Cancel)
        );
        Assert.All(kept, address => Assert.Matches("^[0-9a-f]{32}$", address));
        await Testing.Eventually.HoldsAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return await app.WithDatabaseAsync(database => database.UsedCaptchas.CountAsync(Cancel)) == 0;
            },
            "they are forgotten",
            Cancel
        );
    }
}
