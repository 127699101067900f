using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.Edge.Tests.Compression;

/// <summary>What readers get is compressed, and nothing that is a secret.</summary>
public sealed class ReplyCompressionTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 500).Select(i => $"{{\"số\":{i}}},"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("br, gzip", "br", "application/json; charset=utf-8")]
    [InlineData("gzip", "gzip", "application/problem+json")]
    [InlineData("gzip;q=0.5, br;q=0.1", "gzip", "text/html; charset=utf-8")]
    [InlineData("deflate, br", "br", "application/xml; charset=utf-8")]
    [InlineData("gzip, br", "br", "application/atom+xml; charset=utf-8")]
    [InlineData("gzip", "gzip", "application/rss+xml")]
    public async Task A_reader_gets_what_it_can_read_with_a_weak_tag(string accepts, string encoding, string type)
    {
        await using var app = await StartAsync(type);
        using var reply = await app.GetAsync(Door.Public, "/text", ("Accept-Encoding", accepts));
        Assert.Equal(
            (encoding, "W/\"tag-1\"", "Accept-Encoding"),
            (reply.Header("Content-Encoding"), reply.Header("ETag"), reply.Header("Vary"))
        );
        var sent = await reply.Content.ReadAsStreamAsync(Cancel);
        await using Stream plain =
            encoding == "br"
                ? new BrotliStream(sent, CompressionMode.Decompress)
                : new GZipStream(sent, CompressionMode.Decompress);
        Assert.Equal(Text, await new StreamReader(plain).ReadToEndAsync(Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("identity")]
    [InlineData("gzip;q=0, br;q=0")]
    [InlineData("zstd")]
    public async Task Who_can_read_neither_gets_it_plain_and_a_cache_is_told(string accepts)
    {
        await using var app = await StartAsync("application/json");
        using var reply =
            accepts == ""
                ? await app.GetAsync(Door.Public, "/text")
                : await app.GetAsync(Door.Public, "/text", ("Accept-Encoding", accepts));
        Assert.Equal(
            (null, "\"tag-1\"", "Accept-Encoding"),
            (reply.Header("Content-Encoding"), reply.Header("ETag"), reply.Header("Vary"))
        );
        Assert.Equal(Text, await reply.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("/small")]
    [InlineData("/secret")]
    [InlineData("/cookie")]
    [InlineData("/image")]
    public async Task What_is_small_or_a_secret_or_compressed_already_is_sent_as_it_is(string path)
    {
        await using var app = await StartAsync("application/json");
        using var reply = await app.GetAsync(Door.Public, path, ("Accept-Encoding", "gzip, br"));
        Assert.Equal((200, null), ((int)reply.StatusCode, reply.Header("Content-Encoding")));
    }

    [Fact]
    public async Task Operators_those_who_send_and_those_who_say_who_they_are_get_it_as_it_is()
    {
        await using var app = await StartAsync("application/json");
        using var post = await app.SendAsync(Door.Public, HttpMethod.Post, "/text", null, ("Accept-Encoding", "gzip"));
        using var head = await app.SendAsync(Door.Public, HttpMethod.Head, "/text", null, ("Accept-Encoding", "gzip"));
        using var operators = await app.GetAsync(Door.Operators, "/text", ("Accept-Encoding", "gzip"));
        using var known = await app.GetAsync(Door.Public, "/text", ("Accept-Encoding", "gzip"), ("Cookie", "a=b"));
        Assert.All(
            [post, head, operators, known],
            reply =>
                Assert.Equal(
                    (200, null, "\"tag-1\""),
                    ((int)reply.StatusCode, reply.Header("Content-Encoding"), reply.Header("ETag"))
                )
        );
        Assert.Equal("Accept-Encoding", head.Header("Vary"));
    }

    [Fact]
    public async Task Who_holds_it_compressed_is_told_by_the_tag_that_it_has()
    {
        await using var app = await StartAsync("application/json");
        using var held = await app.GetAsync(
            Door.Public,
            "/held",
            ("Accept-Encoding", "gzip"),
            ("If-None-Match", "W/\"tag-1\"")
        );
        Assert.Equal(
            (304, "W/\"tag-1\"", "Accept-Encoding"),
            ((int)held.StatusCode, held.Header("ETag"), held.Header("Vary"))
        );
    }

    private static Task<TestApp> StartAsync(string type) =>
        EdgeApp.StartAsync(app =>
        {
            app.MapMethods("/text", ["GET", "HEAD", "POST"], (HttpContext context) => Write(context, type, Text));
            app.MapGet("/small", (HttpContext context) => Write(context, type, Text[..500]));
            app.MapGet("/image", (HttpContext context) => Write(context, "image/png", Text));
            app.MapGet(
                "/secret",
                (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "private, no-store";
                    return Write(context, type, Text);
                }
            );
            app.MapGet(
                "/cookie",
                (HttpContext context) =>
                {
                    context.Response.Cookies.Append("a", "b");
                    return Write(context, type, Text);
                }
            );
            app.MapGet(
                "/held",
                (HttpContext context) =>
                {
                    context.Response.Headers.ETag = "\"tag-1\"";
                    context.Response.StatusCode = StatusCodes.Status304NotModified;
                }
            );
        });

    private static Task Write(HttpContext context, string type, string text)
    {
        // As a proxy does, before it has headers.
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        context.Response.Headers.ETag = "\"tag-1\"";
        (context.Response.ContentType, context.Response.ContentLength) = (type, bytes.Length);
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
