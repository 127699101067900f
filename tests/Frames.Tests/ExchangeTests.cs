using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Frames.Calling;
using PortalServices.Frames.Receiving;
using PortalServices.ServiceDefaults;
using PortalServices.Testing;

namespace PortalServices.Frames.Tests;

/// <summary>Requests and replies over one connection, both sides as they are in the product.</summary>
public sealed class ExchangeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_arrives_as_it_was_and_so_does_its_reply()
    {
        await using var app = await TestApp.StartAsync(a =>
            a.MapPost(
                "/echo/{name}",
                async (string name, HttpContext context) =>
                {
                    using var body = new StreamReader(context.Request.Body);
                    context.Response.Headers.ETag = $"\"{name}\"";
                    context.Response.Headers.Append("X-Many", "1");
                    context.Response.Headers.Append("X-Many", "2");
                    var request = context.Request;
                    return Results.Text(
                        $"{name}|{request.QueryString}|{request.Headers.UserAgent}|{request.Headers["X-Many"]}|{request.Headers["X-Other"]}|{request.Scheme}://{request.Host}|{context.Connection.RemoteIpAddress}|{await body.ReadToEndAsync(Cancel)}"
                    );
                }
            )
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        var answer = await caller.AskAsync(
            "/echo/ổ khoá",
            "?a=%20b",
            "một",
            headers: [("User-Agent", "Browser"), ("X-Many", "a"), ("X-Many", "b"), ("X-Other", "stays")]
        );
        Assert.Equal(
            (200, "ổ khoá|?a=%20b|Browser|a,b||https://portal.example|203.0.113.7|một"),
            (answer.Status, answer.Body)
        );
        Assert.Equal(
            ("\"ổ khoá\"", "1,2", "text/plain; charset=utf-8"),
            (answer.Headers.ETag.ToString(), answer.Headers["X-Many"].ToString(), answer.Headers.ContentType.ToString())
        );
    }

    [Fact]
    public async Task A_request_whose_context_cannot_be_made_is_answered_and_so_is_the_next()
    {
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<IHttpContextFactory, FaultyContexts>(),
            a => a.MapPost("/here", () => "here")
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        Assert.Equal(500, (await caller.AskAsync(FaultyContexts.Path)).Status);
        Assert.Equal("here", (await caller.AskAsync("/here")).Body);
        Assert.Equal(0, caller.Peer.InFlight);
    }

    [Fact]
    public async Task Replies_come_in_any_order_and_no_fault_is_anothers()
    {
        using var held = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost(
                "/hold",
                async () =>
                {
                    await held.WaitAsync(Cancel);
                    return Results.Text("held");
                }
            );
            a.MapPost("/fault", string () => throw new InvalidOperationException());
            a.MapPost(
                "/late-fault",
                (HttpContext context) =>
                {
                    context.Response.OnCompleted(() => throw new InvalidOperationException());
                    return Results.Text("late");
                }
            );
            a.MapPost(
                "/abort",
                (HttpContext context) =>
                {
                    context.Abort();
                    return Results.Text("unseen");
                }
            );
            a.MapPost("/large", () => Results.Text(new string('x', 200_000)));
            a.MapPost("/good", () => Results.Text("good"));
            a.MapPost("/nothing", () => Results.NoContent());
        });
        using var caller = await FrameCaller.ConnectAsync(app);
        var first = caller.AskAsync("/hold");
        foreach (
            var (path, status, body) in new[]
            {
                ("/good", 200, "good"),
                ("/fault", 500, "internal_error"),
                ("/abort", 500, ""),
                ("/large", 500, ""),
                ("/nowhere", 404, "not_found"),
                ("/nothing", 204, ""),
                ("/late-fault", 200, "late"),
                ("/good", 200, "good"),
            }
        )
        {
            var answer = await caller.AskAsync(path);
            Assert.Equal(status, answer.Status);
            Assert.Contains(body, answer.Body, StringComparison.Ordinal);
        }
        Assert.False(first.IsCompleted);
        held.Release();
        Assert.Equal("held", (await first).Body);
        Assert.Equal((0, 0), (caller.Peer.InFlight, caller.Unavailable));
    }

    [Fact]
    public async Task One_that_nobody_waits_for_is_cancelled_and_its_late_reply_dropped()
    {
        var (held, cancelled) = (0, 0);
        using var released = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost(
                "/hold",
                async (HttpContext context) =>
                {
                    Interlocked.Increment(ref held);
                    await Eventually.HoldsAsync(
                        () => context.RequestAborted.IsCancellationRequested,
                        "it is cancelled",
                        Cancel
                    );
                    Interlocked.Increment(ref cancelled);
                    await released.WaitAsync(Cancel);
                }
            );
            a.MapPost("/good", () => Results.Text("good"));
        });
        using var caller = await FrameCaller.ConnectAsync(app);
        using var client = new CancellationTokenSource();
        var abandoned = caller.AskAsync("/hold", client: client);
        var late = caller.AskAsync("/hold", timeout: TimeSpan.FromMilliseconds(200));
        await Eventually.HoldsAsync(() => held == 2, "both wait", Cancel);
        await client.CancelAsync();
        Assert.Equal(FrameOutcome.Abandoned, (await abandoned).Outcome);
        Assert.Equal(FrameOutcome.TimedOut, (await late).Outcome);
        await Eventually.HoldsAsync(() => cancelled == 2, "the service knows", Cancel);
        released.Release(2);
        Assert.Equal("good", (await caller.AskAsync("/good")).Body);
        Assert.Equal(0, caller.Peer.InFlight);
    }

    [Fact]
    public async Task A_connection_that_breaks_fails_all_and_is_made_again()
    {
        var held = 0;
        await using var app = await TestApp.StartAsync(a =>
        {
            a.MapPost(
                "/hold",
                (HttpContext context) =>
                {
                    Interlocked.Increment(ref held);
                    return Task.Delay(Timeout.Infinite, context.RequestAborted);
                }
            );
            a.MapPost("/die", (HttpContext context) => context.Features.Get<IConnectionLifetimeFeature>()!.Abort());
            a.MapPost("/good", () => Results.Text("good"));
        });
        using var caller = await FrameCaller.ConnectAsync(app);
        var waiting = Enumerable.Range(0, 20).Select(_ => caller.AskAsync("/hold")).ToArray();
        await Eventually.HoldsAsync(() => held == 20, "all wait", Cancel);
        var last = caller.AskAsync("/die");
        Assert.All(await Task.WhenAll([.. waiting, last]), answer => Assert.Equal(FrameOutcome.Broken, answer.Outcome));
        Assert.Equal((0, 1), (caller.Peer.InFlight, caller.Unavailable));
        await caller.ConnectAsync();
        Assert.Equal("good", (await caller.AskAsync("/good")).Body);
    }

    [Fact]
    public async Task What_is_more_than_the_bounds_is_not_taken()
    {
        using var held = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(a => a.MapPost("/hold", () => held.WaitAsync(Cancel)));
        using var caller = await FrameCaller.ConnectAsync(
            app,
            new FrameLimits { MaxInFlight = 2, MaxPendingBytes = 50_000 }
        );
        var waiting = new[] { caller.AskAsync("/hold"), caller.AskAsync("/hold") };
        Assert.Equal(FrameAdmission.Full, caller.Send(FrameCaller.Request("/hold"), out _));
        held.Release(2);
        await Task.WhenAll(waiting);

        Assert.Equal(
            FrameAdmission.TooLarge,
            caller.Send(FrameCaller.Request("/hold"), out _, body: new string('x', 32 * 1024 + 1))
        );
        Assert.Equal(FrameAdmission.TooLarge, caller.Send(FrameCaller.Request("/" + new string('x', 30_000)), out _));
        Assert.Equal(
            FrameAdmission.TooLarge,
            caller.Send(FrameCaller.Request("/hold", "", [.. Enumerable.Repeat(("X-Many", "a"), 65)]), out _)
        );
        // Of bytes that wait to be sent there are never that many for one request alone.
        Assert.Equal(
            FrameAdmission.Full,
            caller.Send(FrameCaller.Request("/hold", "", ("X-Many", new string('x', 20_000))), out _)
        );
        Assert.Equal(0, caller.Peer.InFlight);
    }

    [Fact]
    public async Task When_the_process_ends_what_is_under_way_is_answered_and_nothing_new_is_sent()
    {
        using var held = new SemaphoreSlim(0);
        var arrived = 0;
        var app = await TestApp.StartAsync(
            a =>
                a.MapPost(
                    "/hold",
                    async () =>
                    {
                        Interlocked.Increment(ref arrived);
                        await held.WaitAsync(Cancel);
                        return Results.Text("held");
                    }
                ),
            "--Shutdown:DrainTime=00:00:00"
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        var waiting = caller.AskAsync("/hold");
        await Eventually.HoldsAsync(() => arrived == 1, "it waits", Cancel);
        var stopping = app.StopAsync();
        await Eventually.HoldsAsync(() => !caller.Peer.IsConnected, "the caller knows", Cancel);
        Assert.Equal(1, caller.Unavailable);
        Assert.Equal(FrameAdmission.NotConnected, caller.Send(FrameCaller.Request("/hold"), out _));
        held.Release();
        Assert.Equal("held", (await waiting).Body);
        await stopping;
        await app.DisposeAsync();
        Assert.Equal((0, 1), (caller.Peer.InFlight, caller.Unavailable));
    }

    [Fact]
    public async Task Who_handles_requests_by_itself_gets_them_first_and_its_faults_are_their_own()
    {
        var handler = new Handler();
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<IFrameHandler>(handler),
            a => a.MapPost("/{**all}", (string all) => Results.Text("pipeline " + all))
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        var mine = await caller.AskAsync("/mine", body: "text", headers: ("User-Agent", "Browser"));
        Assert.Equal((201, "text Browser", "yes"), (mine.Status, mine.Body, mine.Headers["X-Mine"].ToString()));
        Assert.Equal("pipeline other", (await caller.AskAsync("/other")).Body);
        Assert.Equal(500, (await caller.AskAsync("/fault")).Status);
        Assert.Equal("pipeline other", (await caller.AskAsync("/other")).Body);
        Assert.True(handler.Batches > 0);
    }

    [Fact]
    public async Task A_recorded_trace_goes_on_in_the_service()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "PortalServices.Frames",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await TestApp.StartAsync(a =>
            a.MapPost("/trace", () => Results.Text($"{Activity.Current?.TraceId}"))
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        var recorded = await caller.AskAsync(
            "/trace",
            headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        );
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", recorded.Body);
        var not = await caller.AskAsync(
            "/trace",
            headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
        );
        Assert.Equal("", not.Body);
    }

    [Fact]
    public async Task Http_goes_on_at_the_same_door()
    {
        await using var app = await TestApp.StartAsync(a => a.MapPost("/good", () => Results.Text("good")));
        using var caller = await FrameCaller.ConnectAsync(app);
        using var reply = await app.SendAsync(Door.Internal, HttpMethod.Post, "/good");
        Assert.Equal("good", await reply.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("good", (await caller.AskAsync("/good")).Body);
    }

    [Fact]
    public async Task What_it_waited_before_it_was_sent_goes_with_it()
    {
        await using var app = await TestApp.StartAsync(a =>
            a.MapPost(
                "/waited",
                (HttpContext context) => Results.Text(context.Request.Headers[GatewayHeaders.Waited].ToString())
            )
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        var waited = long.Parse(
            (await caller.AskAsync("/waited", headers: (GatewayHeaders.Waited, "1500"))).Body,
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.InRange(waited, 1500, 60_000);
    }

    [Fact]
    public async Task Thousands_of_requests_leave_nothing_behind_and_none_is_forgotten()
    {
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<IFrameHandler>(new Handler()),
            _ => { }
        );
        using var caller = await FrameCaller.ConnectAsync(app);
        // Load that starts and stops again and again: a wake-up that is lost leaves one of them waiting. A million
        // requests in a long run.
        for (var burst = 0; burst < (LongRun.IsOn ? 40_000 : 1_000); burst++)
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 1 + (burst % 50)).Select(_ => caller.AskAsync("/mine"))
            );
            Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        }
        Assert.Equal((0, 0), (caller.Peer.InFlight, caller.Unavailable));
    }

    private sealed class Handler : IFrameHandler
    {
        private static readonly PreparedHeaders Headers = new(("X-Mine", "yes"));
        private int _batches;

        public int Batches => Volatile.Read(ref _batches);

        public bool TryHandle(in FramedRequest request, FrameReplier replier)
        {
            if (request.Path.SequenceEqual("/fault"u8))
            {
                throw new InvalidOperationException();
            }
            if (!request.Path.SequenceEqual("/mine"u8))
            {
                return false;
            }
            ReadOnlySpan<byte> agent = default;
            foreach (var header in request.Headers)
            {
                agent = header.Name.SequenceEqual("User-Agent"u8) ? header.Value : agent;
            }
            replier.Append(201, Headers, [.. request.Body, (byte)' ', .. agent]);
            replier.Flush();
            return true;
        }

        public void EndOfBatch() => Interlocked.Increment(ref _batches);
    }

    private sealed class FaultyContexts(IServiceProvider services) : IHttpContextFactory
    {
        public const string Path = "/no-context";

        private readonly DefaultHttpContextFactory _contexts = new(services);

        public HttpContext Create(IFeatureCollection featureCollection) =>
            featureCollection.GetRequiredFeature<IHttpRequestFeature>().Path == Path
                ? throw new InvalidOperationException("There is no context.")
                : _contexts.Create(featureCollection);

        public void Dispose(HttpContext httpContext) => _contexts.Dispose(httpContext);
    }
}
