using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using PortalServices.ServiceDefaults.ClientAddress;
using PortalServices.ServiceDefaults.Requests;

namespace PortalServices.ServiceDefaults.Tests.Sites;

/// <summary>A host has one spelling, and none that a client makes up is a fault of the product.</summary>
public sealed class HostNameTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("portal.example", "portal.example")]
    [InlineData("Portal.Example:8080", "portal.example:8080")]
    [InlineData("xn--cng-qmz.example", "xn--cng-qmz.example")]
    [InlineData("XN--CNG-QMZ.Example:80", "xn--cng-qmz.example:80")]
    [InlineData("cổng.example", "xn--cng-qmz.example")]
    [InlineData("CỔNG.example:443", "xn--cng-qmz.example:443")]
    [InlineData("xn--i-7iq.example", "xn--i-7iq.example")]
    [InlineData("[2001:DB8::1]:80", "[2001:db8::1]:80")]
    [InlineData("my_service:5000", "my_service:5000")]
    [InlineData("..", "..")]
    [InlineData("", "")]
    public void A_host_has_one_spelling_which_the_framework_can_read(string host, string expected)
    {
        Assert.True(HostName.TryNormalize(host, out var normalized));
        Assert.Equal(expected, normalized);
        var context = new DefaultHttpContext();
        context.Request.Headers.Host = normalized;
        Assert.Equal(expected, context.Request.Host.ToUriComponent());
    }

    [Theory]
    [InlineData("xn--x")]
    [InlineData("XN--X:80")]
    [InlineData("xn--")]
    [InlineData("a.xn--0.example")]
    [InlineData("xn--99999999999999999999999999999999999999999999999999")]
    public void Punycode_that_is_none_is_no_host(string host) => Assert.False(HostName.TryNormalize(host, out _));

    [Theory]
    [InlineData("", "xn--x", null, 400, "")]
    [InlineData("", "xn--cng-qmz.example", null, 200, "http://xn--cng-qmz.example")]
    [InlineData("", "XN--CNG-QMZ.example", null, 200, "http://xn--cng-qmz.example")]
    [InlineData("", "portal.example", "xn--x", 200, "http://portal.example")]
    [InlineData("", "portal.example", "a, xn--x", 200, "http://portal.example")]
    [InlineData("", "portal.example", "cổng.example", 200, "http://xn--cng-qmz.example")]
    [InlineData("", "portal.example", "XN--CNG-QMZ.example", 200, "http://xn--cng-qmz.example")]
    [InlineData("10.0.0.0/8", "portal.example", "XN--CNG-QMZ.example", 200, "http://portal.example")]
    [InlineData("10.0.0.0/8", "portal.example", "xn--x", 200, "http://portal.example")]
    public async Task Whatever_host_is_named_is_read_or_refused(
        string trusted,
        string host,
        string? forwarded,
        int status,
        string own
    )
    {
        await using var app = await TestApp.StartAsync(a =>
        {
            a.UseForwardedClient(
                new ForwardedClient([trusted is "" ? "127.0.0.1" : trusted], NullLoggerFactory.Instance),
                Door.Public
            );
            a.MapGet(
                "/own",
                (HttpContext context) =>
                    Results.Text($"{WebOrigin.Of(context.Request)} {context.Request.Host.HasValue}")
            );
        });
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.At(Door.Public).Port, Cancel);
        var more = forwarded is null ? "" : $"X-Forwarded-Host: {forwarded}\r\n";
        await client
            .GetStream()
            .WriteAsync(
                Encoding.UTF8.GetBytes($"GET /own HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"),
                Cancel
            );
        using var reader = new StreamReader(client.GetStream());
        var reply = await reader.ReadToEndAsync(Cancel);
        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        Assert.Contains(
            status == 200 ? $"\r\n\r\n{own} True" : "\"code\":\"invalid_request\"",
            reply,
            StringComparison.Ordinal
        );
    }
}
