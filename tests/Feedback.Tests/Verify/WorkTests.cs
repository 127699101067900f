using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;
using PortalServices.Testing.Portal;

namespace PortalServices.Feedback.Tests.Verify;

/// <summary>Feedback with proof of work instead of an image: taken once, at its site, within its time.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class WorkTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly DateTimeOffset Morning = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task It_is_enough_without_an_image_as_JSON_and_in_a_form(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var reply = await app.SendAsync(Door.Public, HttpMethod.Get, $"/api/sites/{site}/captchas/work", null);
        Assert.Equal("no-store", reply.Is(HttpStatusCode.OK).Header("Cache-Control"));
        Assert.Equal(
            ["algorithm", "challenge", "maxnumber", "salt", "signature"],
            reply.Json.EnumerateObject().Select(field => field.Name)
        );
        (await app.SubmitWorkAsync(site, WorkSolver.Solve(reply.Json))).Is(HttpStatusCode.Created);

        (await FormAsync(app, site, ("altcha", WorkSolver.Solve(await app.NewWorkAsync(site))))).Is(
            HttpStatusCode.SeeOther
        );
        Assert.Equal(
            2,
            await app.WithDatabaseAsync(database => database.Entries.CountAsync(entry => entry.Site == site, Cancel))
        );
        (await app.SendAsync(Door.Public, HttpMethod.Get, "/api/sites/khong-co/captchas/work", null)).IsProblem(
            404,
            "unknown_site"
        );
    }

    [Theory, EveryDatabase(Differs = true)]
    public async Task It_counts_once_also_at_the_same_time_on_another_replica_and_after_a_restart(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        var first = await FeedbackApp.StartAsync(database);
        await using var second = await FeedbackApp.StartAsync(database);
        var site = first.NewSite();
        var work = WorkSolver.Solve(await first.NewWorkAsync(site));
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(n => (n % 2 == 0 ? first : second).SubmitWorkAsync(site, work))
        );
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Equal(11, replies.Count(reply => reply is { Status: 400, Code: "captcha_used" }));
        var unused = WorkSolver.Solve(await second.NewWorkAsync(site));
        await first.DisposeAsync();
        await using var again = await FeedbackApp.StartAsync(database);
        (await again.SubmitWorkAsync(site, work)).IsProblem(400, "captcha_used");
        (await again.SubmitWorkAsync(site, unused)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task It_is_refused_when_it_is_late_of_another_site_or_changed_and_leaves_the_key_free(
        DatabaseKind kind
    )
    {
        var clock = new SetClock(Morning);
        await using var app = await apps.StartAsync(kind, clock);
        var (site, other) = (app.NewSite(), app.NewSite());
        var challenge = await app.NewWorkAsync(site);
        var work = WorkSolver.Solve(challenge);
        (await app.SubmitWorkAsync(other, work)).IsProblem(400, "captcha_unknown");
        var wrong = JsonSerializer.Deserialize<Dictionary<string, object>>(Convert.FromBase64String(work))!;
        wrong["number"] = 200_000;
        (await app.SubmitWorkAsync(site, WorkSolver.Payload(wrong))).IsProblem(400, "captcha_wrong");
        wrong["signature"] = new string('0', 64);
        (await app.SubmitWorkAsync(site, WorkSolver.Payload(wrong))).IsProblem(400, "captcha_unknown");
        (await app.SubmitWorkAsync(site, new string('A', 2_049))).IsProblem(400, "captcha_unknown");
        (await app.SubmitWorkAsync(site, "khong-co")).IsProblem(400, "captcha_unknown");
        Assert.Equal(0, await app.WithDatabaseAsync(database => database.UsedCaptchas.CountAsync(Cancel)));
        clock.Now = Morning.AddMinutes(3);
        (await app.SubmitWorkAsync(site, work)).IsProblem(400, "captcha_expired");
        clock.Now = Morning.AddMinutes(3).AddMilliseconds(-1);
        (await app.SubmitWorkAsync(site, work)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task Beside_an_answer_both_must_be_right_and_both_are_used_up(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var (work, image) = (WorkSolver.Solve(await app.NewWorkAsync(site)), await app.NewCaptchaAsync());
        (await app.SubmitWorkAsync(site, work, image)).Is(HttpStatusCode.Created);
        (await app.SubmitWorkAsync(site, work)).IsProblem(400, "captcha_used");
        (await app.SubmitWorkAsync(site, null, image)).IsProblem(400, "captcha_used");

        (work, image) = (WorkSolver.Solve(await app.NewWorkAsync(site)), await app.NewCaptchaAsync());
        (await app.SubmitWorkAsync(site, work, (image.Id, "000000"))).IsProblem(400, "captcha_wrong");
        (await app.SubmitWorkAsync(site, work)).IsProblem(400, "captcha_used");
        (await app.SubmitAsync(site, captcha: image)).IsProblem(400, "captcha_used");
    }

    [Theory, EveryDatabase]
    public async Task Without_either_the_field_is_missing(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        Assert.Equal(
            ["captcha"],
            (await app.SubmitWorkAsync(app.NewSite(), " ")).IsProblem(400, "invalid_fields").WrongFields
        );
    }

    [Theory, EveryDatabase]
    public async Task A_lost_ring_of_keys_is_replaced_and_old_challenges_are_unknown(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        string work,
            site;
        await using (var app = await FeedbackApp.StartAsync(database))
        {
            site = app.NewSite();
            work = WorkSolver.Solve(await app.NewWorkAsync(site));
            await app.WithDatabaseAsync(context => context.DataProtectionKeys.ExecuteDeleteAsync(Cancel));
        }

        await using var again = await FeedbackApp.StartAsync(database);
        (await again.SubmitWorkAsync(site, work)).IsProblem(400, "captcha_unknown");
        (await again.SubmitWorkAsync(site)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase]
    public async Task Replicas_that_start_together_sign_alike(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        await using var first = await FeedbackApp.StartAsync(database);
        await using var second = await FeedbackApp.StartAsync(database);
        var site = first.NewSite();
        var works = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => (n % 2 == 0 ? first : second).NewWorkAsync(site))
        );
        foreach (var (n, work) in works.Index())
        {
            (await (n % 2 == 0 ? second : first).SubmitWorkAsync(site, WorkSolver.Solve(work))).Is(
                HttpStatusCode.Created
            );
        }
    }

    internal static Task<AppReply> FormAsync(
        FeedbackApp app,
        string site,
        params (string Name, string Value)[] fields
    ) =>
        app.SendAsync(
            Door.Public,
            HttpMethod.Post,
            $"/api/sites/{site}/feedback",
            new FormUrlEncodedContent(
                new (string Name, string Value)[]
                {
                    ("fullName", "An"),
                    ("title", "Góp ý"),
                    ("content", "Chậm."),
                    ("idempotencyKey", Guid.NewGuid().ToString("N")),
                }
                    .Concat(fields)
                    .Select(field => KeyValuePair.Create(field.Name, field.Value))
            )
        );
}
