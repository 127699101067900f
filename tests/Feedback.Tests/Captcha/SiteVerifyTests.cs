using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>A verifier elsewhere: only its clear yes takes feedback, once.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class SiteVerifyTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const string Yes =
        """{"success":true,"hostname":"portal.example","challenge_ts":"2026-06-08T02:00:00Z","action":"","error-codes":[]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task It_is_asked_with_a_form_and_its_yes_takes_the_feedback(DatabaseKind kind)
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(apps, kind);
        verifier.Says(Yes);
        (await app.SubmitAsync(app.NewSite(), captcha: (null, "token+1/ü"))).Is(HttpStatusCode.Created);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["secret"] = VerifierElsewhere.Secret,
                ["response"] = "token+1/ü",
                ["remoteip"] = "127.0.0.1",
            },
            Assert.Single(verifier.Asked)
        );
        // Its widget issues the challenges.
        (await app.SendAsync(Door.Public, HttpMethod.Post, "/api/captchas", null)).IsProblem(404, "not_found");
    }

    [Theory, EveryDatabase]
    public async Task One_token_takes_one_feedback_even_where_it_says_yes_twice(DatabaseKind kind)
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(apps, kind);
        var (site, key) = (app.NewSite(), Guid.NewGuid().ToString());
        verifier.Says(Yes);
        var first = (await app.SubmitAsync(site, key, captcha: (null, "first"))).Is(HttpStatusCode.Created);
        (await app.SubmitAsync(site, captcha: (null, "first"))).IsProblem(400, "captcha_used");
        // Sent again under its key it is the same feedback, and nobody is asked.
        Assert.Equal(
            first.Json.GetProperty("receipt").GetString(),
            (await app.SubmitAsync(site, key, captcha: (null, "first")))
                .Is(HttpStatusCode.Created)
                .Json.GetProperty("receipt")
                .GetString()
        );
        Assert.Equal(2, verifier.Asked.Count);

        var atOnce = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => app.SubmitAsync(site, captcha: (null, "second")))
        );
        Assert.Single(atOnce, reply => reply.Status == 201);
        Assert.Equal(5, atOnce.Count(reply => reply.Status == 400 && reply.Code == "captcha_used"));
        Assert.Equal(2, await StoredAsync(app));
    }

    /// <summary>What it says, and what the visitor is told.</summary>
    private static readonly (int Status, string Text, int Told, string Code)[] Refusals =
    [
        (200, """{"success":false,"error-codes":["invalid-input-response"]}""", 400, "captcha_wrong"),
        (200, """{"success":false}""", 400, "captcha_wrong"),
        (400, """{"success":false,"error-codes":["invalid-input-response"]}""", 400, "captcha_wrong"),
        (200, """{"success":false,"error-codes":["timeout-or-duplicate"]}""", 400, "captcha_expired"),
        (200, """{"success":false,"error-codes":["invalid-input-secret"]}""", 503, "captcha_unavailable"),
        (400, """{"success":false,"error-codes":["missing-input-secret"]}""", 503, "captcha_unavailable"),
        (200, """{"success":false,"error-codes":["internal-error"]}""", 503, "captcha_unavailable"),
        (500, Yes, 503, "captcha_unavailable"),
        (503, "", 503, "captcha_unavailable"),
        (404, Yes, 503, "captcha_unavailable"),
        (307, Yes, 503, "captcha_unavailable"),
        (200, "", 503, "captcha_unavailable"),
        (200, "<html>", 503, "captcha_unavailable"),
        (200, "null", 503, "captcha_unavailable"),
        (200, "[true]", 503, "captcha_unavailable"),
        (200, "{}", 503, "captcha_unavailable"),
        (200, """{"success":"true"}""", 503, "captcha_unavailable"),
        (200, """{"success":true""", 503, "captcha_unavailable"),
    ];

    [Fact]
    public async Task Whatever_else_it_says_nothing_is_taken()
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(apps, DatabaseKind.Sqlite);
        foreach (var (status, text, told, code) in Refusals)
        {
            verifier.Says(text, (HttpStatusCode)status);
            var reply = await app.SubmitAsync(app.NewSite(), captcha: (null, "token"));
            Assert.Equal((status, text, told, code), (status, text, reply.Status, reply.Code));
            Assert.Equal(told == 503 ? "5" : null, reply.Header("Retry-After"));
            await NothingIsStoredAsync(app);
        }
    }

    [Fact]
    public async Task A_reply_in_an_unknown_alphabet_takes_nothing()
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(apps, DatabaseKind.Sqlite);
        verifier.Says("{", type: "application/json; charset=nobodys");
        (await app.SubmitAsync(app.NewSite(), captcha: (null, "token"))).IsProblem(503, "captcha_unavailable");
        await NothingIsStoredAsync(app);
    }

    [Fact]
    public async Task It_must_have_been_solved_on_a_host_of_the_portal()
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(
            apps,
            DatabaseKind.Sqlite,
            "--Captcha:SiteVerifyHostnames:0=portal.example",
            "--Captcha:SiteVerifyHostnames:1=www.portal.example"
        );
        foreach (var foreign in new[] { "evil.example", "portal.example.evil.example", "example", "", null })
        {
            verifier.Says(foreign is null ? """{"success":true}""" : $$"""{"success":true,"hostname":"{{foreign}}"}""");
            (await app.SubmitAsync(app.NewSite(), captcha: (null, "token"))).IsProblem(400, "captcha_wrong");
            await NothingIsStoredAsync(app);
        }

        foreach (var own in new[] { "portal.example", "WWW.portal.example" })
        {
            verifier.Says($$"""{"success":true,"hostname":"{{own}}"}""");
            (await app.SubmitAsync(app.NewSite(), captcha: (null, own))).Is(HttpStatusCode.Created);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_reply_is_none_whether_or_not_it_says_how_large_it_is(bool withLength)
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(apps, DatabaseKind.Sqlite);
        var large = $$"""{"success":true,"hostname":"{{new string('x', 64 * 1024)}}"}""";
        verifier.Reply = context =>
        {
            context.Response.ContentType = "application/json";
            if (withLength)
            {
                context.Response.ContentLength = large.Length;
            }
            return context.Response.WriteAsync(large, context.RequestAborted);
        };
        (await app.SubmitAsync(app.NewSite(), captcha: (null, "token"))).IsProblem(503, "captcha_unavailable");
        await NothingIsStoredAsync(app);
    }

    [Fact]
    public async Task An_endless_reply_is_not_read_on()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        // Longer than the test's own patience: it is not the time that ends it.
        await using var app = await apps.StartAsync(
            DatabaseKind.Sqlite,
            settings:
            [
                "--Captcha:Verifier=SiteVerify",
                $"--Captcha:SiteVerifyUrl=http://{listener.LocalEndpoint}/siteverify",
                "--Captcha:SiteVerifySecret=x",
                "--Captcha:SiteVerifyTimeout=00:01:00",
            ]
        );
        var ended = SendBlanksAsync(listener);
        (
            await app.SubmitAsync(app.NewSite(), captcha: (null, "token")).WaitAsync(TimeSpan.FromSeconds(30), Cancel)
        ).IsProblem(503, "captcha_unavailable");
        // 64 KiB, what is read to be rid of it (1 MiB at most), and what the sockets of both sides hold.
        Assert.InRange(await ended.WaitAsync(TimeSpan.FromSeconds(30), Cancel), 1, 32 * 1024 * 1024);
        await NothingIsStoredAsync(app);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_waited_for_only_so_long(bool begins)
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(
            apps,
            DatabaseKind.Sqlite,
            "--Captcha:SiteVerifyTimeout=00:00:00.300"
        );
        verifier.Reply = async context =>
        {
            if (begins)
            {
                await context.Response.WriteAsync("""{"success":true""", Cancel);
            }
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        (await app.SubmitAsync(app.NewSite(), captcha: (null, "token"))).IsProblem(503, "captcha_unavailable");
        Assert.Single(verifier.Asked);
        await NothingIsStoredAsync(app);
    }

    [Theory, EveryDatabase]
    public async Task While_nobody_listens_nothing_is_taken_and_afterwards_the_same_request_is(DatabaseKind kind)
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var gone = await VerifierElsewhere.StartAsync();
        var nobody = gone.Url;
        await gone.StopAsync();
        await using var app = await verifier.FeedbackAsync(apps, kind, $"--Captcha:SiteVerifyUrl={nobody}");
        (await app.SubmitAsync(app.NewSite(), captcha: (null, "token"))).IsProblem(503, "captcha_unavailable");
        await NothingIsStoredAsync(app);

        await using var other = await verifier.FeedbackAsync(apps, kind);
        var (site, key) = (other.NewSite(), Guid.NewGuid().ToString());
        verifier.Reply = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        (await other.SubmitAsync(site, key, captcha: (null, "token"))).IsProblem(503, "captcha_unavailable");
        await NothingIsStoredAsync(other);
        verifier.Says(Yes);
        (await other.SubmitAsync(site, key, captcha: (null, "token"))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_token_longer_than_any_is_not_sent_on()
    {
        await using var verifier = await VerifierElsewhere.StartAsync();
        await using var app = await verifier.FeedbackAsync(apps, DatabaseKind.Sqlite);
        verifier.Says(Yes);
        (await app.SubmitAsync(app.NewSite(), captcha: (null, new string('x', 2_049)))).IsProblem(
            400,
            "captcha_unknown"
        );
        Assert.Empty(verifier.Asked);
        (await app.SubmitAsync(app.NewSite(), captcha: (null, new string('x', 2_048)))).Is(HttpStatusCode.Created);
    }

    /// <summary>
    /// Answers with blanks without end, and returns how many were sent when the other side had enough.
    /// </summary>
    private static async Task<long> SendBlanksAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync(Cancel);
        var (stream, blanks, sent) = (connection.GetStream(), new byte[16 * 1024], 0L);
        Array.Fill(blanks, (byte)' ');
        await stream.ReadExactlyAsync(new byte[1], Cancel);
        await stream.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"u8.ToArray(),
            Cancel
        );
        try
        {
            while (true)
            {
                await stream.WriteAsync(blanks, Cancel);
                sent += blanks.Length;
            }
        }
        catch (IOException)
        {
            return sent;
        }
    }

    private static async Task NothingIsStoredAsync(FeedbackApp app)
    {
        Assert.Equal(0, await StoredAsync(app));
        Assert.Equal(0, await app.WithDatabaseAsync(database => database.UsedCaptchas.CountAsync(Cancel)));
    }

    private static Task<int> StoredAsync(FeedbackApp app) =>
        app.WithDatabaseAsync(database => database.Entries.CountAsync(Cancel));
}
