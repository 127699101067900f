using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PortalServices.Edge.Tests.Sites;

public sealed class CorsTests
{
    private const string Listed = "https://portal.example";

    [Theory]
    [InlineData("/api/sites/sonla/views", "POST", "content-type")]
    [InlineData("/api/sites/sonla/pages/query", "POST", "content-type, idempotency-key")]
    [InlineData("/api/sites/sonla/stats", "GET", "if-none-match")]
    public async Task A_preflight_is_answered_at_the_edge_and_kept_for_long(string path, string method, string headers)
    {
        var reached = 0;
        await using var app = await EdgeApp.StartAsync(a => a.Map(path, () => Interlocked.Increment(ref reached)));
        using var reply = await app.SendAsync(
            Door.Public,
            HttpMethod.Options,
            path,
            null,
            ("Origin", Listed),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", headers)
        );
        Assert.Equal(204, (int)reply.StatusCode);
        Assert.Equal(
            (Listed, "86400"),
            (reply.Header("Access-Control-Allow-Origin"), reply.Header("Access-Control-Max-Age"))
        );
        Assert.Contains(method, reply.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.All(
            headers.Split(", "),
            header =>
                Assert.Contains(
                    header,
                    reply.Header("Access-Control-Allow-Headers"),
                    StringComparison.OrdinalIgnoreCase
                )
        );
        Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", reply.Header("Vary"), StringComparison.Ordinal);
        Assert.Equal(0, reached);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task A_foreign_preflight_is_refused_and_allows_nothing(string origin)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.SendAsync(
            Door.Public,
            HttpMethod.Options,
            "/api/sites/sonla/views",
            null,
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST")
        );
        // A browser sends nothing after a preflight that failed, whatever its headers are.
        Assert.Equal((403, "foreign_origin"), await reply.OutcomeAsync());
        Assert.Null(reply.Header("Access-Control-Allow-Methods"));
        Assert.Null(reply.Header("Access-Control-Allow-Headers"));
        Assert.Null(reply.Header("Access-Control-Max-Age"));
    }

    [Fact]
    public async Task A_listed_page_may_read_the_reply_its_tag_and_when_to_try_again()
    {
        await using var app = await EdgeApp.StartAsync(a =>
            a.MapGet(
                "/api/sites/sonla/stats",
                (HttpContext context) =>
                {
                    context.Response.Headers.Vary = "Accept-Encoding";
                    return "x";
                }
            )
        );
        using var reply = await app.GetAsync(Door.Public, "/api/sites/sonla/stats", ("Origin", Listed));
        Assert.Equal(Listed, reply.Header("Access-Control-Allow-Origin"));
        Assert.Equal("ETag,Retry-After", reply.Header("Access-Control-Expose-Headers"));
        Assert.Equal("Accept-Encoding, Origin", reply.Header("Vary"));
    }

    [Theory]
    [InlineData("/api/sites/sonla/fault", 500, "internal_error")]
    [InlineData("/api/sites/sonla/status", 503, "service_unavailable")]
    public async Task A_listed_page_may_read_what_went_wrong(string path, int status, string code)
    {
        await using var app = await EdgeApp.StartAsync(a =>
        {
            a.MapGet("/api/sites/sonla/fault", Throw);
            a.MapGet("/api/sites/sonla/status", () => Results.StatusCode(502));
        });
        using var reply = await app.GetAsync(Door.Public, path, ("Origin", Listed));
        Assert.Equal((status, code), await reply.OutcomeAsync());
        Assert.Equal(Listed, reply.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData(41_000, 0, 414, "uri_too_long")]
    [InlineData(0, 17_000, 431, "headers_too_large")]
    public async Task A_listed_page_may_read_that_its_address_or_its_headers_were_too_large(
        int addressLength,
        int headerLength,
        int status,
        string code
    )
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(
            Door.Public,
            $"/api/sites/sonla/stats?page=/{new string('a', addressLength)}",
            ("Origin", Listed),
            ("X-Filler", new string('a', headerLength))
        );
        Assert.Equal((status, code), await reply.OutcomeAsync());
        Assert.Equal(Listed, reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("Origin", reply.Header("Vary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listed_page_may_read_that_its_body_was_too_large()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.SendAsync(
            Door.Public,
            HttpMethod.Post,
            "/api/sites/sonla/views",
            new ByteArrayContent(new byte[70_000]),
            ("Origin", Listed)
        );
        Assert.Equal((413, "body_too_large"), await reply.OutcomeAsync());
        Assert.Equal(Listed, reply.Header("Access-Control-Allow-Origin"));
    }

    private static string Throw() => throw new InvalidOperationException("a fault of the product");
}
