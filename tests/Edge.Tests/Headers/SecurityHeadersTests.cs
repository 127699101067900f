using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PortalServices.Edge.Tests.Headers;

public sealed class SecurityHeadersTests
{
    [Theory]
    [InlineData("/api/sites/sonla/stats")]
    [InlineData("/api/sites/nobody/stats")]
    [InlineData("/fault")]
    public async Task Every_reply_carries_them(string path)
    {
        await using var app = await EdgeApp.StartAsync(a => a.MapGet("/fault", Throw));
        using var reply = await app.GetAsync(Door.Public, path);
        Assert.Equal(("nosniff", "no-referrer", "default-src 'none'; frame-ancestors 'none'", "DENY", null as string), (
            reply.Header("X-Content-Type-Options"), reply.Header("Referrer-Policy"), reply.Header("Content-Security-Policy"),
            reply.Header("X-Frame-Options"), reply.Header("Strict-Transport-Security")));
    }

    [Fact]
    public async Task A_page_keeps_its_own()
    {
        await using var app = await EdgeApp.StartAsync(a => a.MapGet("/page", (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            return "page";
        }));
        using var reply = await app.GetAsync(Door.Public, "/page");
        Assert.Equal("default-src 'self'", reply.Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task Over_TLS_a_browser_is_told_to_stay_there()
    {
        await using var app = await EdgeApp.StartAsync("--Edge:TrustedProxies:0=127.0.0.1");
        using var reply = await app.GetAsync(Door.Public, "/x", ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"));
        Assert.Equal("max-age=31536000", reply.Header("Strict-Transport-Security"));
    }

    static string Throw() => throw new InvalidOperationException("a fault of the product");
}
