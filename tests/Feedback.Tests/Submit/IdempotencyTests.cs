using System.Net;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Submit;

/// <summary>A submission under its key: the same one however often it is sent, from wherever.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class IdempotencyTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task Sent_again_it_has_the_same_receipt_whatever_its_captcha_is_worth_by_now(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var captcha = await app.NewCaptchaAsync();
        var first = (await app.SubmitAsync(site, key, captcha: captcha)).Is(HttpStatusCode.Created);
        foreach (
            var again in new (string?, string?)[]
            {
                captcha,
                (captcha.Id, "000000"),
                ("nobodys", "000000"),
                (null, "x"),
            }
        )
        {
            var reply = (await app.SubmitAsync(site, key, captcha: again)).Is(HttpStatusCode.Created);
            Assert.Equal((first.Text, first.Header("Location")), (reply.Text, reply.Header("Location")));
        }

        // A fresh one stays good for something else.
        var fresh = await app.NewCaptchaAsync();
        Assert.Equal(first.Text, (await app.SubmitAsync(site, key, captcha: fresh)).Text);
        Assert.NotEqual(
            ReceiptOf(first),
            ReceiptOf((await app.SubmitAsync(site, captcha: fresh)).Is(HttpStatusCode.Created))
        );
        Assert.Equal(2, await StoredAsync(app, site));
    }

    [Theory, EveryDatabase]
    public async Task The_same_texts_in_another_spelling_are_the_same(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var first = (await app.SubmitAsync(site, key, fullName: "Nguyễn Văn An", content: "Dòng một\nDòng hai")).Is(
            HttpStatusCode.Created
        );
        var again = await app.SubmitAsync(
            site,
            key,
            fullName: " Nguyễn Văn An ".Normalize(System.Text.NormalizationForm.FormD),
            content: "Dòng một\r\nDòng hai\r\n",
            email: ""
        );
        Assert.Equal(first.Text, again.Is(HttpStatusCode.Created).Text);
    }

    [Theory, EveryDatabase]
    public async Task Other_texts_under_the_same_key_are_refused_before_their_captcha_is_looked_at(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        (await app.SubmitAsync(site, key)).Is(HttpStatusCode.Created);
        var captcha = await app.NewCaptchaAsync();
        (await app.SubmitAsync(site, key, fullName: "Nguyễn Văn Bình", captcha: captcha)).IsProblem(
            422,
            "idempotency_key_reused"
        );
        (await app.SubmitAsync(site, key, title: "Học phí tăng", captcha: captcha)).IsProblem(
            422,
            "idempotency_key_reused"
        );
        (await app.SubmitAsync(site, key, content: "Khác", captcha: captcha)).IsProblem(422, "idempotency_key_reused");
        (await app.SubmitAsync(site, key, email: "an@example.vn", captcha: captcha)).IsProblem(
            422,
            "idempotency_key_reused"
        );
        (await app.SubmitAsync(site, key, phone: "0912345678", captcha: captcha)).IsProblem(
            422,
            "idempotency_key_reused"
        );
        Assert.Equal(1, await StoredAsync(app, site));
        // The key is the site's own.
        var other = app.NewSite();
        (await app.SubmitAsync(other, key, content: "Khác", captcha: captcha)).Is(HttpStatusCode.Created);
    }

    [Theory, EveryDatabase(Differs = true)]
    public async Task Sent_many_times_at_once_it_is_one(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        var captchas = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.NewCaptchaAsync()));
        var replies = await Task.WhenAll(captchas.Select(captcha => app.SubmitAsync(site, key, captcha: captcha)));
        Assert.All(
            replies.Where(reply => reply.Status != 201),
            reply => Assert.Equal("1", reply.IsProblem(409, "request_in_progress").Header("Retry-After"))
        );
        var receipt = Assert.Single(replies.Where(reply => reply.Status == 201).Select(ReceiptOf).Distinct());
        Assert.Equal(receipt, ReceiptOf((await app.SubmitAsync(site, key)).Is(HttpStatusCode.Created)));
        Assert.Equal(1, await StoredAsync(app, site));
    }

    [Theory, EveryDatabase]
    public async Task Sent_at_once_to_two_replicas_it_is_one_and_uses_one_captcha(DatabaseKind kind)
    {
        var database = await apps.CreateDatabaseAsync(kind);
        await using var first = await FeedbackApp.StartAsync(database);
        await using var second = await FeedbackApp.StartAsync(database);
        var site = first.NewSite();
        for (var round = 1; round <= 5; round++)
        {
            var key = Guid.NewGuid().ToString();
            var captchas = new[] { await first.NewCaptchaAsync(), await second.NewCaptchaAsync() };
            var replies = await Task.WhenAll(
                first.SubmitAsync(site, key, captcha: captchas[0]),
                second.SubmitAsync(site, key, captcha: captchas[1])
            );
            Assert.Single(replies.Select(reply => ReceiptOf(reply.Is(HttpStatusCode.Created))).Distinct());
            Assert.Equal(round, await StoredAsync(first, site));
            Assert.Equal(round, await first.WithDatabaseAsync(context => context.UsedCaptchas.CountAsync(Cancel)));
        }
    }

    [Theory, EveryDatabase]
    public async Task Without_a_good_key_nothing_is_looked_at(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var captcha = await app.NewCaptchaAsync();
        (await app.SubmitAsync(site, "", captcha: captcha)).IsProblem(400, "idempotency_key_required");
        (await app.SubmitAsync(site, "fifteen-letters", captcha: captcha)).IsProblem(400, "invalid_idempotency_key");
        (await app.SubmitAsync(site, new string('x', 65), captcha: captcha)).IsProblem(400, "invalid_idempotency_key");
        (await app.SubmitAsync(site, "sixteen.letters.", captcha: captcha)).IsProblem(400, "invalid_idempotency_key");
        (await app.SubmitAsync(site, new string('x', 16), captcha: captcha)).Is(HttpStatusCode.Created);
    }

    private static string ReceiptOf(AppReply reply) => reply.Json.GetProperty("receipt").GetString()!;

    private static Task<int> StoredAsync(FeedbackApp app, string site) =>
        app.WithDatabaseAsync(database => database.Entries.CountAsync(entry => entry.Site == site, Cancel));
}
