using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PortalServices.Edge.Tests.Limits;

public sealed class TimeLimitTests
{
    [Fact]
    public async Task A_reply_that_takes_too_long_is_given_up()
    {
        await using var app = await EdgeApp.StartAsync(
            a => a.MapGet("/slow", (HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted)),
            "--Edge:RequestTimeout=00:00:00.200"
        );
        using var reply = await app.GetAsync(Door.Public, "/slow");
        Assert.Equal((504, "service_timeout"), await reply.OutcomeAsync());
        Assert.NotNull(reply.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_reply_that_has_begun_may_take_longer()
    {
        var limit = TimeSpan.FromSeconds(1);
        await using var app = await EdgeApp.StartAsync(
            a =>
                a.MapGet(
                    "/long",
                    async (HttpContext context) =>
                    {
                        await context.Response.WriteAsync("begun, ", context.RequestAborted);
                        await context.Response.Body.FlushAsync(context.RequestAborted);
                        await Task.Delay(limit * 2, context.RequestAborted);
                        await context.Response.WriteAsync("ended", context.RequestAborted);
                    }
                ),
            $"--Edge:RequestTimeout={limit}"
        );
        using var reply = await app.GetAsync(Door.Public, "/long");
        Assert.Equal("begun, ended", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_body_that_trickles_in_is_given_up()
    {
        await using var app = await EdgeApp.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", app.At(Door.Public).Port, TestContext.Current.CancellationToken);
        await client
            .GetStream()
            .WriteAsync(
                "POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx"u8.ToArray(),
                TestContext.Current.CancellationToken
            );
        using var reader = new StreamReader(client.GetStream());
        var reply = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 408 ", reply, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"request_timeout\"", reply, StringComparison.Ordinal);
    }
}
