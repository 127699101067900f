using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
        Assert.Equal(
            ("nosniff", "no-referrer", "default-src 'none'; frame-ancestors 'none'", "DENY", null as string),
            (
                reply.Header("X-Content-Type-Options"),
                reply.Header("Referrer-Policy"),
                reply.Header("Content-Security-Policy"),
                reply.Header("X-Frame-Options"),
                reply.Header("Strict-Transport-Security")
            )
        );
    }

    [Fact]
    public async Task A_page_keeps_its_own()
    {
        await using var app = await EdgeApp.StartAsync(a =>
            a.MapGet(
                "/page",
                (HttpContext context) =>
                {
                    context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
                    return "page";
                }
            )
        );
        using var reply = await app.GetAsync(Door.Public, "/page");
        Assert.Equal("default-src 'self'", reply.Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task Over_TLS_a_browser_is_told_to_stay_there()
    {
        await using var app = await EdgeApp.StartAsync("--Edge:TrustedProxies:0=127.0.0.1");
        using var reply = await app.GetAsync(
            Door.Public,
            "/x",
            ("X-Forwarded-For", "203.0.113.9"),
            ("X-Forwarded-Proto", "https")
        );
        Assert.Equal("max-age=31536000", reply.Header("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_certificate_at_the_public_door_brings_TLS_and_HTTP_2_where_it_is_turned_on()
    {
        var file = Path.GetTempFileName();
        using (var key = RSA.Create(2048))
        using (
            var certificate = new CertificateRequest(
                "CN=localhost",
                key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            ).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200))
        )
        {
            await File.WriteAllBytesAsync(
                file,
                certificate.Export(X509ContentType.Pfx, "secret"),
                TestContext.Current.CancellationToken
            );
        }
        await using var app = await EdgeApp.StartAsync(
            "--Kestrel:Endpoints:Public:Url=https://127.0.0.1:0",
            "--Kestrel:Endpoints:Public:Protocols=Http1AndHttp2",
            $"--Kestrel:Endpoints:Public:Certificate:Path={file}",
            "--Kestrel:Endpoints:Public:Certificate:Password=secret"
        );
        File.Delete(file);
        using var client = new HttpClient(
            new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }
        )
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var own = app.At(Door.Public).GetLeftPart(UriPartial.Authority);
        using var message = new HttpRequestMessage(HttpMethod.Get, app.At(Door.Public, "/api/sites/sonla/stats"))
        {
            Headers = { { "Origin", own } },
        };
        message.Version = HttpVersion.Version20;
        using var reply = await client.SendAsync(message, TestContext.Current.CancellationToken);
        var seen = await reply.SeenAsync();
        Assert.Equal((own, "HTTP/2"), (seen.Origin, seen.Protocol));
        Assert.Equal("max-age=31536000", reply.Header("Strict-Transport-Security"));
        using var closed = await client.GetAsync(
            app.At(Door.Public, "/health/live"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((404, "not_found"), await closed.OutcomeAsync());
    }

    private static string Throw() => throw new InvalidOperationException("a fault of the product");
}
