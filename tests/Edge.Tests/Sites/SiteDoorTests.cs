using Microsoft.AspNetCore.Builder;

namespace PortalServices.Edge.Tests.Sites;

public sealed class SiteDoorTests
{
    [Theory]
    [InlineData("GET", "/api/sites/nobody/stats")]
    [InlineData("POST", "/api/sites/nobody/views")]
    [InlineData("OPTIONS", "/api/sites/nobody/views")]
    [InlineData("GET", "/api/sites/SONLA/stats")]
    [InlineData("GET", "/api/sites/nobody")]
    public async Task An_unknown_site_is_told_whatever_the_route(string method, string path)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.SendAsync(Door.Public, new HttpMethod(method), path);
        Assert.Equal((404, "unknown_site"), await reply.OutcomeAsync());
    }

    [Fact]
    public async Task Any_page_may_read_that_a_site_is_unknown()
    {
        await using var app = await EdgeApp.StartAsync();
        foreach (var (door, readers) in new[] { (Door.Public, "*"), (Door.Operators, null as string) })
        {
            using var reply = await app.GetAsync(
                door,
                "/api/sites/nobody/stats",
                ("Origin", "https://anywhere.example")
            );
            Assert.Equal((404, "unknown_site"), await reply.OutcomeAsync());
            Assert.Equal(readers, reply.Header("Access-Control-Allow-Origin"));
            Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
        }
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://portal.example")]
    [InlineData("https://portal.example.evil.example")]
    [InlineData("https://portal.example, https://portal.example")]
    public async Task A_foreign_origin_goes_no_further_and_may_read_why_and_nothing_else(string origin)
    {
        var reached = 0;
        await using var app = await EdgeApp.StartAsync(a =>
            a.Map("/api/sites/sonla/anything", () => Interlocked.Increment(ref reached))
        );
        foreach (
            var (door, method) in new[]
            {
                (Door.Public, HttpMethod.Get),
                (Door.Public, HttpMethod.Post),
                (Door.Operators, HttpMethod.Get),
            }
        )
        {
            using var reply = await app.SendAsync(door, method, "/api/sites/sonla/anything", null, ("Origin", origin));
            Assert.Equal((403, "foreign_origin"), await reply.OutcomeAsync());
            Assert.Equal(door is Door.Public ? "*" : null, reply.Header("Access-Control-Allow-Origin"));
            Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
            Assert.Null(reply.Header("ETag"));
            Assert.Equal("Accept-Language, Origin", reply.Header("Vary"));
        }
        Assert.Equal(0, reached);
    }

    [Fact]
    public async Task Two_origins_in_two_headers_are_foreign()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(
            Door.Public,
            "/api/sites/sonla/stats",
            ("Origin", "https://portal.example"),
            ("Origin", "https://www.portal.example")
        );
        Assert.Equal((403, "foreign_origin"), await reply.OutcomeAsync());
    }

    [Fact]
    public async Task The_doors_own_origin_and_a_listed_one_and_none_are_let_in()
    {
        await using var app = await EdgeApp.StartAsync();
        var own = app.At(Door.Public).GetLeftPart(UriPartial.Authority);
        foreach (
            var headers in new (string, string)[][] { [], [("Origin", own)], [("Origin", "https://portal.example")] }
        )
        {
            using var reply = await app.GetAsync(Door.Public, "/api/sites/sonla/stats", headers);
            Assert.Equal(200, (int)reply.StatusCode);
            Assert.StartsWith("Origin", reply.Header("Vary"), StringComparison.Ordinal);
        }

        using var elsewhere = await app.GetAsync(Door.Operators, "/api/sites/sonla/stats", ("Origin", own));
        Assert.Equal((403, "foreign_origin"), await elsewhere.OutcomeAsync());
    }

    [Fact]
    public async Task The_own_origin_is_the_one_that_a_trusted_proxy_names()
    {
        (string, string)[] headers =
        [
            ("Origin", "https://counter.example"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "counter.example"),
            ("X-Forwarded-For", "203.0.113.9"),
        ];
        await using var behind = await EdgeApp.StartAsync("--Edge:TrustedProxies:0=127.0.0.0/8");
        using var believed = await behind.GetAsync(Door.Public, "/api/sites/sonla/stats", headers);
        Assert.Equal((200, ""), await believed.OutcomeAsync());
        await using var open = await EdgeApp.StartAsync();
        using var forged = await open.GetAsync(Door.Public, "/api/sites/sonla/stats", headers);
        Assert.Equal((403, "foreign_origin"), await forged.OutcomeAsync());
    }

    [Fact]
    public async Task Elsewhere_any_origin_may_ask()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Public, "/anything", ("Origin", "https://evil.example"));
        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Null(reply.Header("Access-Control-Allow-Origin"));
    }
}
