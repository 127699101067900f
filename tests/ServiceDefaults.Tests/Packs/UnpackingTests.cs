using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Http.Problems;
using PortalServices.ServiceDefaults.Packs;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Packs;

public sealed class UnpackingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_request_has_its_own_reply_whatever_becomes_of_the_others()
    {
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost(
                "/echo/{name}",
                async (string name, HttpContext context) =>
                {
                    using var body = new StreamReader(context.Request.Body);
                    context.Response.Headers.ETag = $"\"{name}\"";
                    return Results.Text(
                        $"{name}{context.Request.QueryString} {context.Request.Headers.UserAgent} {await body.ReadToEndAsync(Cancel)}"
                    );
                }
            );
            a.MapPost("/nothing-to-say", () => Results.NoContent());
            a.MapPost("/fault", string () => throw new InvalidOperationException());
            a.MapPost(
                "/limits",
                (HttpContext context) =>
                    Results.Text($"{context.Request.ContentLength} {context.Request.Protocol} {context.Request.Host}")
            );
        });
        var replies = await SendAsync(
            app,
            Request("/echo/ổ khoá", "?a=%20b", "một"),
            Request("/fault"),
            Request("/nothing-to-say"),
            Request("/nowhere"),
            Request("/limits", body: "12345"),
            Request("/echo/last", body: "")
        );
        Assert.Equal([200, 500, 204, 404, 200, 200], replies.Select(reply => reply.Status));
        Assert.Equal("ổ khoá?a=%20b Browser một", Text(replies[0]));
        Assert.Equal("\"ổ khoá\"", replies[0].Headers.ETag);
        Assert.Contains("internal_error", Text(replies[1]), StringComparison.Ordinal);
        Assert.Equal("", Text(replies[2]));
        Assert.Contains("not_found", Text(replies[3]), StringComparison.Ordinal);
        Assert.Equal($"5 HTTP/2 {app.At(Door.Internal).Authority}", Text(replies[4]));
        Assert.Equal("last Browser ", Text(replies[5]));
    }

    [Fact]
    public async Task The_client_of_each_is_whom_the_gateway_names_and_the_trace_is_its_own()
    {
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost(
                "/who",
                (HttpContext context) =>
                    Results.Text(
                        $"{context.Connection.RemoteIpAddress} {context.Request.Scheme}://{context.Request.Host}"
                    )
            );
            a.MapPost("/problem", () => Problem.Of(CommonProblems.UnknownSite));
        });
        var replies = await SendAsync(
            app,
            Request(
                "/who",
                headers:
                [
                    ("X-Forwarded-For", "203.0.113.1"),
                    ("X-Forwarded-Proto", "https"),
                    ("X-Forwarded-Host", "one.example"),
                ]
            ),
            Request(
                "/who",
                headers:
                [
                    ("X-Forwarded-For", "2001:db8::2"),
                    ("X-Forwarded-Proto", "http"),
                    ("X-Forwarded-Host", "two.example"),
                ]
            ),
            Request("/problem", headers: [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]),
            Request("/problem", headers: [("traceparent", "00-11111111111111111111111111111111-b7ad6b7169203331-01")])
        );
        Assert.Equal(
            ["203.0.113.1 https://one.example", "2001:db8::2 http://two.example"],
            replies.Take(2).Select(Text)
        );
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", Text(replies[2]), StringComparison.Ordinal);
        Assert.Contains("11111111111111111111111111111111", Text(replies[3]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_and_items_of_a_request_are_its_own_and_go_with_it()
    {
        var made = new List<Scoped>();
        await using var app = await TestApp.StartAsync(
            builder =>
                builder.Services.AddScoped(_ =>
                {
                    var scoped = new Scoped();
                    lock (made)
                    {
                        made.Add(scoped);
                    }
                    return scoped;
                }),
            a =>
            {
                a.Use(
                    (context, next) =>
                    {
                        context.Response.OnStarting(() =>
                        {
                            context.Response.Headers["X-Starting"] = context.Request.Path.Value;
                            return Task.CompletedTask;
                        });
                        Assert.True(context.Items.TryAdd("seen", true));
                        return next(context);
                    }
                );
                a.MapPost("/scoped/{n}", (Scoped mine, int n) => Results.Text($"{n} {mine.Uses++}"));
            }
        );
        var replies = await SendAsync(app, [.. Enumerable.Range(0, 10).Select(n => Request($"/scoped/{n}"))]);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"{n} 0"), replies.Select(Text));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(n => $"/scoped/{n}"),
            replies.Select(reply => reply.Headers["X-Starting"].ToString())
        );
        Assert.Equal(10, made.Count);
        Assert.All(made, scoped => Assert.True(scoped.IsDisposed));
    }

    [Fact]
    public async Task What_fails_behind_a_reply_changes_none()
    {
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost("/good", () => Results.Text("good"));
            a.MapPost(
                "/late-fault",
                (HttpContext context) =>
                {
                    context.Response.OnCompleted(() => throw new InvalidOperationException());
                    return Results.Text("late");
                }
            );
        });
        Assert.Equal(
            ["good", "late", "good"],
            (await SendAsync(app, Request("/good"), Request("/late-fault"), Request("/good"))).Select(Text)
        );
    }

    [Fact]
    public async Task One_that_breaks_off_has_a_bare_fault_for_a_reply()
    {
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost("/good", () => Results.Text("good"));
            a.MapPost(
                "/broken",
                (HttpContext context) =>
                {
                    context.Response.Headers.ETag = "\"broken\"";
                    context.Abort();
                    throw new OperationCanceledException(context.RequestAborted);
                }
            );
        });
        var replies = await SendAsync(app, Request("/good"), Request("/broken"), Request("/good"));
        Assert.Equal([200, 500, 200], replies.Select(reply => reply.Status));
        Assert.Equal(("", 0), (Text(replies[1]), replies[1].Headers.Count));
    }

    [Fact]
    public async Task They_run_at_the_same_time()
    {
        using var all = new CountdownEvent(3);
        await using var app = await TestApp.StartAsync(a =>
            a.MapPost(
                "/meet",
                async () =>
                {
                    all.Signal();
                    await Eventually.HoldsAsync(() => all.IsSet, "all have met", Cancel);
                }
            )
        );
        Assert.All(
            await SendAsync(app, Request("/meet"), Request("/meet"), Request("/meet")),
            reply => Assert.Equal(200, reply.Status)
        );
    }

    [Fact]
    public async Task When_nobody_waits_for_the_pack_any_more_each_of_them_is_told()
    {
        var (held, told) = (0, 0);
        await using var app = await TestApp.StartAsync(a =>
            a.MapPost(
                "/hold",
                async (HttpContext context) =>
                {
                    Interlocked.Increment(ref held);
                    try
                    {
                        await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    }
                    finally
                    {
                        Interlocked.Increment(ref told);
                    }
                }
            )
        );
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = SendAsync(app, patience.Token, Request("/hold"), Request("/hold"));
        await Eventually.HoldsAsync(() => held == 2, "both wait", Cancel);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.HoldsAsync(() => told == 2, "both are told", Cancel);
    }

    [Theory]
    [InlineData(Door.Public)]
    [InlineData(Door.Operators)]
    public async Task Only_the_gateway_may_send_packs(Door door)
    {
        var runs = 0;
        await using var app = await TestApp.StartAsync(a => a.MapPost("/run", () => Interlocked.Increment(ref runs)));
        using var content = Content(Pack(Request("/run")));
        using var reply = await app.SendAsync(door, HttpMethod.Post, PackFormat.Path, content);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(0, runs);
    }

    [Theory]
    [InlineData("127.0.0.1/32", true)]
    [InlineData("10.0.0.0/8", false)]
    public async Task And_only_from_one_of_its_addresses(string gateway, bool taken)
    {
        var runs = 0;
        await using var app = await TestApp.StartAsync(
            a => a.MapPost("/run", () => Interlocked.Increment(ref runs)),
            $"--Gateway:Addresses:0={gateway}"
        );
        using var content = Content(Pack(Request("/run")));
        using var reply = await app.SendAsync(Door.Internal, HttpMethod.Post, PackFormat.Path, content);
        Assert.Equal((taken ? 200 : 404, taken ? 1 : 0), ((int)reply.StatusCode, runs));
    }

    [Fact]
    public async Task A_pack_that_holds_more_than_a_request_may_is_refused_whole()
    {
        var runs = 0;
        await using var app = await TestApp.StartAsync(a => a.MapPost("/run", () => Interlocked.Increment(ref runs)));
        var many = new HeaderDictionary { ["X"] = new([.. Enumerable.Repeat("a", 40_000)]) };
        foreach (
            var large in (PackedRequest[])
                [
                    new("POST", "/run", "", many, default),
                    Request("/run", headers: [("X", new string('a', PackFormat.MaxHeadBytes))]),
                    Request("/run", body: new string('a', PackFormat.MaxBodyBytes + 1)),
                ]
        )
        {
            using var content = Content(Pack(Request("/run"), large));
            using var reply = await app.SendAsync(Door.Internal, HttpMethod.Post, PackFormat.Path, content);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        }

        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task A_pack_that_is_none_runs_nothing()
    {
        var runs = 0;
        await using var app = await TestApp.StartAsync(a => a.MapPost("/run", () => Interlocked.Increment(ref runs)));
        var good = Pack(Request("/run"), Request("/run"));
        foreach (
            var (bytes, type) in new[]
            {
                (good[..^1], PackFormat.MediaType),
                ([.. good, 0], PackFormat.MediaType),
                (good, "application/octet-stream"),
                ([], PackFormat.MediaType),
                (new byte[PackFormat.MaxBytes + 1], PackFormat.MediaType),
            }
        )
        {
            using var content = Content(bytes);
            content.Headers.ContentType = new(type);
            using var reply = await app.SendAsync(Door.Internal, HttpMethod.Post, PackFormat.Path, content);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        }

        Assert.Equal(0, runs);
        Assert.Equal(
            [200, 200],
            (await SendAsync(app, Request("/run"), Request("/run"))).Select(reply => reply.Status)
        );
        Assert.Equal(2, runs);
    }

    private static Task<PackedReply[]> SendAsync(TestApp app, params PackedRequest[] requests) =>
        SendAsync(app, Cancel, requests);

    private static async Task<PackedReply[]> SendAsync(
        TestApp app,
        CancellationToken cancel,
        params PackedRequest[] requests
    )
    {
        using var content = Content(Pack(requests));
        using var message = new HttpRequestMessage(HttpMethod.Post, app.At(Door.Internal, PackFormat.Path))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var reply = await app.Client.SendAsync(message, cancel);
        Assert.Equal(
            (HttpStatusCode.OK, PackFormat.MediaType),
            (reply.StatusCode, reply.Content.Headers.ContentType?.MediaType)
        );
        return PackFormat.ReadReplies(await reply.Content.ReadAsByteArrayAsync(cancel));
    }

    private static ByteArrayContent Content(byte[] pack) =>
        new(pack) { Headers = { ContentType = new MediaTypeHeaderValue(PackFormat.MediaType) } };

    private static byte[] Pack(params PackedRequest[] requests) =>
        PackFormat.Pack([.. requests.Select(PackFormat.Write)]).ToArray();

    private static PackedRequest Request(
        string path,
        string query = "",
        string body = "",
        (string Name, string Value)[]? headers = null
    )
    {
        var all = new HeaderDictionary { ["User-Agent"] = "Browser", ["Content-Type"] = "text/plain" };
        foreach (var (name, value) in headers ?? [])
        {
            all[name] = value;
        }
        return new PackedRequest("POST", path, query, all, Encoding.UTF8.GetBytes(body));
    }

    private static string Text(PackedReply reply) => Encoding.UTF8.GetString(reply.Body.Span);

    private sealed class Scoped : IDisposable
    {
        public int Uses { get; set; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
