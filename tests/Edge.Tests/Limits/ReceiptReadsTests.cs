using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PortalServices.Http.Problems;
using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Limits;

/// <summary>Whoever has a receipt reads it, however many guess behind the same address.</summary>
public sealed class ReceiptReadsTests
{
    private const string Own = "/api/sites/sonla/feedback/7KQ2-M0XA-T9RD",
        Guess = "/api/sites/sonla/feedback/0000-0000-0000",
        Origin = "https://portal.example";
    private const string Office = "203.0.113.1",
        Elsewhere = "203.0.113.2";

    // Once in a minute, and three browsers behind an address: no token comes back while a test runs.
    private static readonly string[] Once =
    [
        "--Edge:ReceiptMissesPerMinute=1",
        "--Edge:BrowsersPerAddress=3",
        "--Edge:TrustedProxies:0=127.0.0.1",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_receipt_is_read_as_often_as_its_owner_likes(string method)
    {
        await using var app = await StartAsync(Once);
        for (var i = 0; i < 10; i++)
        {
            using var reply = await SendAsync(app, method, Own, Office, "first");
            Assert.Equal(
                (200, "\"7\"", Origin),
                ((int)reply.StatusCode, reply.Header("ETag"), reply.Header("Access-Control-Allow-Origin"))
            );
            Assert.Equal(method is "HEAD" ? "" : Text, await reply.Content.ReadAsStringAsync(Cancel));
            Assert.Equal(Text.Length, reply.Content.Headers.ContentLength);
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Guesses_have_a_limit_that_names_itself_and_readers_beside_them_have_none(string method)
    {
        await using var app = await StartAsync(Once);
        Assert.Equal(404, await StatusAsync(app, method, Guess, Office, "guesser"));
        using var refused = await SendAsync(app, method, Guess, Office, "guesser");
        Assert.Equal((429, Origin), ((int)refused.StatusCode, refused.Header("Access-Control-Allow-Origin")));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        // Nothing is left of the reply that it stands for.
        Assert.Null(refused.Header("ETag"));
        if (method is "GET")
        {
            Assert.Equal(
                "receiptMissesPerBrowser: 1/min",
                (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()
            );
        }

        Assert.Equal(404, await StatusAsync(app, method, Guess, Office, "second"));
        Assert.Equal(404, await StatusAsync(app, method, Guess, Office, "third"));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(429, await StatusAsync(app, method, Guess, Office, $"browser {i}"));
        }
        Assert.Equal(200, await StatusAsync(app, method, Own, Office, "neighbour"));
        Assert.Equal(200, await StatusAsync(app, method, Own, Office, "guesser"));
        Assert.Equal(404, await StatusAsync(app, method, Guess, Elsewhere, "guesser"));
    }

    [Fact]
    public async Task A_guess_over_the_limit_is_looked_up_like_any_other()
    {
        var asked = 0;
        await using var app = await EdgeApp.StartAsync(
            a =>
                a.MapGet(
                    "/api/sites/{site}/feedback/{receipt}",
                    () =>
                    {
                        asked++;
                        return Problem.Of(CommonProblems.NotFound);
                    }
                ),
            Once
        );
        for (var i = 1; i <= 10; i++)
        {
            Assert.Equal(i == 1 ? 404 : 429, await StatusAsync(app, "GET", Guess, Office, "guesser"));
            Assert.Equal(i, asked);
        }
    }

    [Fact]
    public async Task An_address_has_so_many_answered_at_once_and_who_waits_has_a_turn()
    {
        using var hold = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        await using var app = await EdgeApp.StartAsync(
            a =>
                a.MapGet(
                    "/api/sites/{site}/feedback/{receipt}",
                    async () =>
                    {
                        most = Math.Max(most, Interlocked.Increment(ref running));
                        await hold.WaitAsync(Cancel);
                        Interlocked.Decrement(ref running);
                        return Text;
                    }
                ),
            [.. Once, "--Edge:ReceiptReadsAtOnce=2"]
        );
        var waiting = Enumerable.Range(0, 6).Select(_ => StatusAsync(app, "GET", Own, Office, "first")).ToArray();
        await Eventually.HoldsAsync(() => running == 2, "two are asked", Cancel);
        // Another address does not wait for them.
        var other = StatusAsync(app, "GET", Own, Elsewhere, "first");
        await Eventually.HoldsAsync(() => running == 3, "another address has its own", Cancel);
        hold.Release(7);
        Assert.Equal(200, await other);
        Assert.All(await Task.WhenAll(waiting), status => Assert.Equal(200, status));
        Assert.Equal(3, most);
    }

    private const string Text = """{"status":"received"}""";

    private static Task<TestApp> StartAsync(string[] settings) =>
        EdgeApp.StartAsync(
            app =>
                app.MapMethods(
                    "/api/sites/{site}/feedback/{receipt}",
                    ["GET", "HEAD"],
                    (string receipt, HttpContext context) =>
                    {
                        context.Response.Headers.ETag = "\"7\"";
                        return Own.EndsWith(receipt, StringComparison.Ordinal)
                            ? Results.Text(Text, "application/json")
                            : Problem.Of(CommonProblems.NotFound);
                    }
                ),
            settings
        );

    private static Task<HttpResponseMessage> SendAsync(
        TestApp app,
        string method,
        string path,
        string client,
        string browser
    ) =>
        app.SendAsync(
            Door.Public,
            new HttpMethod(method),
            path,
            null,
            ("X-Forwarded-For", client),
            ("User-Agent", browser),
            ("Origin", Origin)
        );

    private static async Task<int> StatusAsync(TestApp app, string method, string path, string client, string browser)
    {
        using var reply = await SendAsync(app, method, path, client, browser);
        return (int)reply.StatusCode;
    }
}
