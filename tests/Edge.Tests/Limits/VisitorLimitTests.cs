using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PortalServices.Edge.Limits;

namespace PortalServices.Edge.Tests.Limits;

/// <summary>How often people may do what they do in a form: by browser and address, and by address alone.</summary>
public sealed class VisitorLimitTests
{
    private const string Captchas = "/api/captchas",
        Image = "/api/captchas/x/image.png",
        Feedback = "/api/sites/sonla/feedback",
        Receipt = Feedback + "/7KQ2-M0XA-T9RD";
    private const string Office = "203.0.113.1",
        Elsewhere = "203.0.113.2",
        IPv6 = "2001:db8:1:2::1",
        SameIPv6 = "2001:db8:1:2:ffff::2";

    // Once in a minute, and three browsers behind an address: no token comes back while a test runs.
    private static readonly string[] Once =
    [
        "--Edge:CaptchasPerMinute=1",
        "--Edge:CaptchaReadsPerMinute=1",
        "--Edge:FeedbackPerMinute=1",
        "--Edge:ReceiptMissesPerMinute=1",
        "--Edge:BrowsersPerAddress=3",
        "--Edge:ContentReadsPerMinute=1",
        "--Edge:SearchesPerMinute=1",
        "--Edge:RatingsPerMinute=1",
        "--Edge:TrustedProxies:0=127.0.0.1",
    ];

    [Theory]
    [InlineData("POST", Captchas, "captchas")]
    [InlineData("POST", "/api/captchas?site=sonla", "captchas")]
    [InlineData("POST", "/API/Captchas/", "captchas")]
    [InlineData("GET", "/api/sites/sonla/captchas/work", "captchas")]
    [InlineData("HEAD", "/api/sites/sonla/Captchas/work", "captchas")]
    [InlineData("GET", Image, "captchaReads")]
    [InlineData("HEAD", Image, "captchaReads")]
    [InlineData("GET", "/api/captchas/x/audio.wav?lang=vi", "captchaReads")]
    [InlineData("POST", Feedback, "feedback")]
    [InlineData("GET", "/api/sites/sonla/articles", "contentReads")]
    [InlineData("HEAD", "/api/sites/sonla/Articles/mot", "contentReads")]
    [InlineData("GET", "/api/sites/sonla/feed.atom", "contentReads")]
    [InlineData("GET", "/api/sites/sonla/sitemap.xml", "contentReads")]
    [InlineData("GET", "/api/sites/sonla/sitemap-2.xml", "contentReads")]
    [InlineData("GET", "/api/sites/sonla/lookups/van-ban", "contentReads")]
    [InlineData("POST", "/api/sites/sonla/Feed%62ack", "feedback")]
    [InlineData("GET", "/api/sites/sonla/feedback/similar?title=hoc", "contentReads")]
    [InlineData("GET", "/api/sites/sonla/feedback?q=hoc", "searches")]
    [InlineData("POST", "/api/sites/sonla/articles/mot/rating", "ratings")]
    [InlineData("POST", "/api/sites/sonla/Articles/mot/Rating", "ratings")]
    public async Task One_browser_over_its_limit_is_refused_while_another_behind_the_same_address_goes_on(
        string method,
        string path,
        string name
    )
    {
        await using var app = await EdgeApp.StartAsync(Once);
        Assert.Equal(200, await StatusAsync(app, method, path, Office, "first"));
        using var refused = await SendAsync(app, method, path, Office, "first");
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        if (method != "HEAD")
        {
            Assert.Equal(("rate_limited", $"{name}PerBrowser: 1/min"), await ToldAsync(refused));
        }
        Assert.Equal(200, await StatusAsync(app, method, path, Office, "second"));
        Assert.Equal(200, await StatusAsync(app, method, path, Elsewhere, "first"));
        Assert.Equal(429, await StatusAsync(app, method, path, Office, "first"));
    }

    [Theory]
    [InlineData("POST", Captchas, "captchas")]
    [InlineData("GET", Image, "captchaReads")]
    [InlineData("POST", Feedback, "feedback")]
    public async Task An_address_has_a_limit_whatever_its_browsers_call_themselves(
        string method,
        string path,
        string name
    )
    {
        await using var app = await EdgeApp.StartAsync(Once);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, await StatusAsync(app, method, path, Office, $"browser {i}"));
        }
        using var refused = await SendAsync(app, method, path, Office, "browser 3");
        Assert.Equal(
            (429, ("rate_limited", $"{name}PerAddress: 3/min")),
            ((int)refused.StatusCode, await ToldAsync(refused))
        );
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(200, await StatusAsync(app, method, path, Elsewhere, "browser 3"));
    }

    [Fact]
    public async Task Searches_have_a_limit_of_their_own_within_that_of_reading()
    {
        await using var app = await EdgeApp.StartAsync([.. Once, "--Edge:ContentReadsPerMinute=3"]);
        Assert.Equal(200, await StatusAsync(app, "GET", "/api/sites/sonla/articles?q=a", Office, "first"));
        using var refused = await SendAsync(app, "GET", "/api/sites/sonla/lookups/van-ban?q=b", Office, "first");
        Assert.Equal(
            (429, ("rate_limited", "searchesPerBrowser: 1/min")),
            ((int)refused.StatusCode, await ToldAsync(refused))
        );
        Assert.Equal(200, await StatusAsync(app, "GET", "/api/sites/sonla/articles?q=", Office, "first"));
        Assert.Equal(429, await StatusAsync(app, "GET", "/api/sites/sonla/articles", Office, "first"));
    }

    [Fact]
    public async Task What_a_browser_is_refused_does_not_use_up_the_share_of_its_address()
    {
        await using var app = await EdgeApp.StartAsync(Once);
        for (var i = 0; i < 10; i++)
        {
            await StatusAsync(app, "POST", Feedback, Office, "busy");
        }
        Assert.Equal(200, await StatusAsync(app, "POST", Feedback, Office, "second"));
        Assert.Equal(200, await StatusAsync(app, "POST", Feedback, Office, "third"));
    }

    [Fact]
    public async Task One_who_has_a_whole_64_is_one_address()
    {
        await using var app = await EdgeApp.StartAsync(Once);
        Assert.Equal(200, await StatusAsync(app, "POST", Feedback, IPv6, "first"));
        Assert.Equal(429, await StatusAsync(app, "POST", Feedback, SameIPv6, "first"));
    }

    [Fact]
    public async Task Each_has_a_limit_of_its_own()
    {
        await using var app = await EdgeApp.StartAsync(Once);
        foreach (
            var (method, path) in new[] { ("POST", Captchas), ("GET", Image), ("POST", Feedback), ("GET", Receipt) }
        )
        {
            Assert.Equal((path, 200), (path, await StatusAsync(app, method, path, Office, "first")));
        }
    }

    [Fact]
    public void An_address_without_a_share_takes_nothing_from_browsers_elsewhere()
    {
        // Two for a browser, so that a bucket shared by chance is not enough; and two for the address. Browsers are
        // folded onto 65,536 buckets.
        using var limit = new ClientLimit("feedback", 2, new EdgeOptions { BrowsersPerAddress = 1 });
        var request = new DefaultHttpContext().Request;
        var busy = IPAddress.Parse(Office);
        for (var i = 0; i < 500_000; i++)
        {
            request.Headers.UserAgent = $"browser {i}";
            limit.Take(busy, request);
        }

        request.Headers.UserAgent = "Browser";
        foreach (var other in Enumerable.Range(1, 100))
        {
            Assert.Null(limit.Take(IPAddress.Parse($"198.51.100.{other}"), request));
        }
    }

    [Theory]
    [InlineData(Door.Public, "GET", Feedback)]
    [InlineData(Door.Public, "GET", Feedback + "?q=")]
    [InlineData(Door.Public, "GET", "/api/sites/sonla")]
    [InlineData(Door.Public, "GET", "/api/sites/sonla/pixel.gif?page=/")]
    [InlineData(Door.Public, "POST", "/api/sites/sonla/feedbacks")]
    [InlineData(Door.Public, "GET", "/api/sites/sonla/articlesx")]
    [InlineData(Door.Public, "POST", "/api/sites/sonla/views")]
    [InlineData(Door.Public, "GET", "/api/captchasx")]
    [InlineData(Door.Operators, "POST", Captchas)]
    [InlineData(Door.Operators, "POST", Feedback)]
    [InlineData(Door.Public, "GET", Receipt)]
    [InlineData(Door.Public, "HEAD", Receipt)]
    [InlineData(Door.Operators, "GET", Receipt)]
    public async Task Nothing_else_has_one(Door door, string method, string path)
    {
        await using var app = await EdgeApp.StartAsync(Once);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, await StatusAsync(app, method, path, Office, "first", door));
        }
    }

    [Theory]
    [InlineData(Captchas)]
    [InlineData(Feedback)]
    public async Task A_preflight_takes_nothing_and_a_page_may_read_that_it_is_refused(string path)
    {
        const string Origin = "https://portal.example";
        await using var app = await EdgeApp.StartAsync(Once);
        for (var i = 0; i < 5; i++)
        {
            using var preflight = await app.SendAsync(
                Door.Public,
                HttpMethod.Options,
                path,
                null,
                ("X-Forwarded-For", Office),
                ("User-Agent", "first"),
                ("Origin", Origin),
                ("Access-Control-Request-Method", "POST")
            );
            Assert.Equal(204, (int)preflight.StatusCode);
        }

        Assert.Equal(200, await StatusAsync(app, "POST", path, Office, "first"));
        using var refused = await app.SendAsync(
            Door.Public,
            HttpMethod.Post,
            path,
            null,
            ("X-Forwarded-For", Office),
            ("User-Agent", "first"),
            ("Origin", Origin)
        );
        Assert.Equal((429, Origin), ((int)refused.StatusCode, refused.Header("Access-Control-Allow-Origin")));
        Assert.Contains("Retry-After", refused.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shipped_limits_leave_room_to_try_again_and_zero_is_none()
    {
        await using var shipped = await EdgeApp.StartAsync("--Edge:TrustedProxies:0=127.0.0.1");
        for (var i = 0; i < 10; i++)
        {
            foreach (
                var (method, path) in new[]
                {
                    ("POST", Captchas),
                    ("GET", Image),
                    ("GET", Image),
                    ("POST", Feedback),
                    ("GET", Receipt),
                }
            )
            {
                Assert.Equal((path, 200), (path, await StatusAsync(shipped, method, path, Office, "first")));
            }
        }

        await using var none = await EdgeApp.StartAsync([.. Once, "--Edge:FeedbackPerMinute=0"]);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, await StatusAsync(none, "POST", Feedback, Office, "first"));
        }
    }

    private static Task<HttpResponseMessage> SendAsync(
        TestApp app,
        string method,
        string path,
        string client,
        string browser,
        Door door = Door.Public
    ) => app.SendAsync(door, new HttpMethod(method), path, null, ("X-Forwarded-For", client), ("User-Agent", browser));

    private static async Task<int> StatusAsync(
        TestApp app,
        string method,
        string path,
        string client,
        string browser,
        Door door = Door.Public
    )
    {
        using var reply = await SendAsync(app, method, path, client, browser, door);
        return (int)reply.StatusCode;
    }

    private static async Task<(string?, string?)> ToldAsync(HttpResponseMessage refused)
    {
        var body = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (body.GetProperty("code").GetString(), body.GetProperty("detail").GetString());
    }
}
