using System.Text;
using Microsoft.AspNetCore.Builder;
using PortalServices.Http.Requests;

namespace PortalServices.Edge.Tests.Limits;

public sealed class BodyLimitTests
{
    private const int Limit = 64 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_up_to_the_limit_comes_through_with_its_length(bool chunked)
    {
        await using var app = await EdgeApp.StartAsync();
        foreach (var length in new[] { 0, 1, 5_000, Limit })
        {
            var text = new string('x', length);
            using var reply = await PostAsync(app, Body(text, chunked));
            var seen = await reply.SeenAsync();
            Assert.Equal((length, text), ((int?)seen.Length, seen.Body));
            Assert.False(seen.Headers.ContainsKey("Transfer-Encoding"));
        }
    }

    [Theory]
    [InlineData(false, Limit + 1)]
    [InlineData(true, Limit + 1)]
    [InlineData(false, 900_000)]
    [InlineData(true, 900_000)]
    public async Task A_larger_one_is_refused_before_anything_behind_sees_it(bool chunked, int length)
    {
        var reached = 0;
        await using var app = await EdgeApp.StartAsync(a =>
            a.MapPost("/post", () => Interlocked.Increment(ref reached))
        );
        using var reply = await PostAsync(app, Body(new string('x', length), chunked));
        Assert.Equal((413, "body_too_large"), await reply.OutcomeAsync());
        Assert.Equal(0, reached);
        // The connection is good for the next request.
        using var next = await PostAsync(app, Body("x", chunked));
        Assert.Equal((200, 1), ((int)next.StatusCode, reached));
    }

    [Fact]
    public async Task A_client_that_asks_first_need_not_send_the_large_body()
    {
        await using var app = await EdgeApp.StartAsync();
        using var message = new HttpRequestMessage(HttpMethod.Post, app.At(Door.Public, "/post"))
        {
            Content = Body(new string('x', 500_000), chunked: false),
        };
        message.Headers.ExpectContinue = true;
        using var reply = await app.Client.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal((413, "body_too_large"), await reply.OutcomeAsync());
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        await using var app = await EdgeApp.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", app.At(Door.Public).Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes("POST /post HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
            TestContext.Current.CancellationToken
        );
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 0x10000)}\r\n");
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
            }
        });
    }

    [Fact]
    public async Task The_limit_is_a_setting_and_a_route_may_have_its_own()
    {
        await using var app = await EdgeApp.StartAsync(
            a => a.MapPost("/large", (Delegate)EdgeApp.Tell).WithMetadata(new BodySizeLimit(3_000)),
            "--Edge:MaxBodyBytes=2000"
        );
        foreach (
            var (path, length, status) in new[]
            {
                ("/post", 2_000, 200),
                ("/post", 2_001, 413),
                ("/large", 3_000, 200),
                ("/large", 3_001, 413),
            }
        )
        {
            using var reply = await app.SendAsync(
                Door.Public,
                HttpMethod.Post,
                path,
                Body(new string('x', length), chunked: false)
            );
            Assert.Equal((path, length, status), (path, length, (int)reply.StatusCode));
        }
    }

    private static Task<HttpResponseMessage> PostAsync(TestApp app, HttpContent body) =>
        app.SendAsync(Door.Public, HttpMethod.Post, "/post", body);

    private static StreamContent Body(string text, bool chunked)
    {
        var content = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(text)));
        if (chunked)
        {
            content = new StreamContent(new Unseekable(Encoding.ASCII.GetBytes(text)));
        }
        return content;
    }

    /// <summary>A stream without a length, which is sent in chunks.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
