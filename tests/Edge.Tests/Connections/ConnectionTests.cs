using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.ServiceDefaults.Connections;
using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Connections;

/// <summary>Who gets a place, and who makes room.</summary>
public sealed class ConnectionTests
{
    private const string Ok = "HTTP/1.1 200 ",
        Refused = "HTTP/1.1 503 ";
    private const string One = "127.0.1.1",
        Two = "127.0.1.2",
        Three = "127.0.1.3",
        Many = "127.0.1.9";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_that_has_its_share_makes_room_itself_by_what_it_never_used()
    {
        await using var app = await EdgeApp.StartAsync(
            "--Connections:MaxConnections=32",
            "--Connections:MaxPerAddress=4"
        );
        using var used = await Caller.ConnectAsync(app, One);
        Assert.StartsWith(Ok, await used.GetAsync(), StringComparison.Ordinal);
        using var idle = await Caller.ConnectAsync(app, One, 3);
        using var neighbour = await Caller.ConnectAsync(app, Two);
        Assert.StartsWith(Ok, await neighbour.GetAsync(), StringComparison.Ordinal);

        using var next = await Caller.ConnectAsync(app, One);
        Assert.StartsWith(Ok, await next.GetAsync(), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => idle.Count(each => each.IsClosed) == 1, "one was closed", Cancel);
        Assert.StartsWith(Ok, await used.GetAsync(), StringComparison.Ordinal);
        Assert.StartsWith(Ok, await neighbour.GetAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_places_are_taken_whoever_holds_most_makes_room()
    {
        await using var app = await EdgeApp.StartAsync(
            "--Connections:MaxConnections=32",
            "--Connections:MaxPerAddress=32"
        );
        using var first = await Caller.ConnectAsync(app, One);
        using var second = await Caller.ConnectAsync(app, Two);
        Assert.StartsWith(Ok, await first.GetAsync(), StringComparison.Ordinal);
        Assert.StartsWith(Ok, await second.GetAsync(), StringComparison.Ordinal);
        using var many = await Caller.ConnectAsync(app, Many, 30, "GET / HTTP/1.1\r\nX-Slow: ");

        var late = await Task.WhenAll(
            Enumerable.Range(20, 5).Select(number => Caller.ConnectAsync(app, $"127.0.1.{number}"))
        );
        foreach (var each in late)
        {
            Assert.StartsWith(Ok, await each.GetAsync(), StringComparison.Ordinal);
        }
        await Eventually.HoldsAsync(() => many.Count(each => each.IsClosed) == 5, "five have made room", Cancel);
        foreach (var each in new[] { first, second }.Concat(late))
        {
            Assert.StartsWith(Ok, await each.GetAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bodies_that_do_not_come_make_room_and_requests_that_are_worked_on_do_not()
    {
        using var release = new SemaphoreSlim(0);
        var working = 0;
        await using var app = await EdgeApp.StartAsync(
            map =>
                map.MapGet(
                    "/hold",
                    async (HttpContext context) =>
                    {
                        Interlocked.Increment(ref working);
                        await release.WaitAsync(context.RequestAborted);
                    }
                ),
            "--Connections:MaxConnections=32",
            "--Connections:MaxPerAddress=3"
        );
        using var held = await Caller.ConnectAsync(app, One, 2, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.HoldsAsync(() => working == 2, "two are worked on", Cancel);
        using var slow = await Caller.ConnectAsync(app, One);
        await slow.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\na");

        // As soon as the server waits for the body, and not while it still works on the head.
        Caller? third = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                third?.Dispose();
                third = await Caller.ConnectAsync(app, One);
                return (await third.GetAsync()).StartsWith(Ok, StringComparison.Ordinal);
            },
            "a place for the third",
            Cancel
        );
        await Eventually.HoldsAsync(() => slow.IsClosed, "the slow body was closed", Cancel);
        await third!.SendAsync("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.HoldsAsync(() => working == 3, "three are worked on", Cancel);

        using var refused = await Caller.ConnectAsync(app, One);
        var reply = await refused.ReceiveAsync();
        Assert.StartsWith(Refused, reply, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"too_many_connections\"", reply, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", reply, StringComparison.Ordinal);
        release.Release(3);
        foreach (var each in held.Append(third))
        {
            Assert.StartsWith(Ok, await each.ReceiveAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_holds_more_makes_nobody_give_way_who_holds_less()
    {
        using var release = new SemaphoreSlim(0);
        var working = 0;
        await using var app = await EdgeApp.StartAsync(
            map =>
                map.MapGet(
                    "/hold",
                    async (HttpContext context) =>
                    {
                        Interlocked.Increment(ref working);
                        await release.WaitAsync(context.RequestAborted);
                    }
                ),
            "--Connections:MaxConnections=32",
            "--Connections:MaxPerAddress=32"
        );
        using var first = await Caller.ConnectAsync(app, One);
        using var second = await Caller.ConnectAsync(app, Two);
        foreach (var each in new[] { first, second })
        {
            Assert.StartsWith(Ok, await each.GetAsync(), StringComparison.Ordinal);
        }
        using var many = await Caller.ConnectAsync(app, Many, 30, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.HoldsAsync(() => working == 30, "all places are taken", Cancel);

        // None of its own can be closed, and those of the others are not for it; for a visitor they are.
        using var refused = await Caller.ConnectAsync(app, Many);
        Assert.StartsWith(Refused, await refused.ReceiveAsync(), StringComparison.Ordinal);
        foreach (var each in new[] { first, second })
        {
            Assert.StartsWith(Ok, await each.GetAsync(), StringComparison.Ordinal);
        }
        using var late = await Caller.ConnectAsync(app, Three);
        Assert.StartsWith(Ok, await late.GetAsync(), StringComparison.Ordinal);
        release.Release(many.Count);
    }

    [Fact]
    public async Task A_trusted_proxy_may_have_more_and_makes_no_room()
    {
        await using var app = await EdgeApp.StartAsync(
            "--Connections:MaxConnections=32",
            "--Connections:MaxPerAddress=2",
            $"--Edge:TrustedProxies:0={Two}/32"
        );
        using var ofProxy = await Caller.ConnectAsync(app, Two, 30);
        foreach (var each in ofProxy)
        {
            Assert.StartsWith(Ok, await each.GetAsync(), StringComparison.Ordinal);
        }
        foreach (var from in new[] { One, Three, Many })
        {
            using var other = await Caller.ConnectAsync(app, from);
            Assert.StartsWith(Ok, await other.GetAsync(), StringComparison.Ordinal);
        }

        foreach (var each in ofProxy)
        {
            Assert.StartsWith(Ok, await each.GetAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Operators_and_probes_have_places_of_their_own()
    {
        await using var app = await EdgeApp.StartAsync(
            "--Connections:MaxConnections=32",
            "--Connections:MaxPerAddress=32",
            "--Connections:OperatorConnections=2"
        );
        using var more = await Caller.ConnectAsync(app, Many, 40);
        foreach (var (door, path) in new[] { (Door.Operators, "/health/live"), (Door.Probe, "/health/live") })
        {
            using var reply = await app.GetAsync(door, path);
            Assert.Equal(200, (int)reply.StatusCode);
        }

        // And of those the unused ones go first, too.
        var operators = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Caller.ConnectAsync(app, One, Door.Operators))
        );
        using var used = await app.GetAsync(Door.Operators, "/health/live");
        Assert.Equal(200, (int)used.StatusCode);
    }

    [Fact]
    public async Task Heads_that_do_not_end_hold_only_so_much_memory()
    {
        const int Connections = 60,
            Memory = 200_000,
            Limit = 2 << 20;
        await using var app = await EdgeApp.StartAsync(
            "--Connections:MaxConnections=200",
            "--Connections:MaxPerAddress=200",
            $"--Connections:MaxPendingMemory={Limit}"
        );
        using var ordinary = await Caller.ConnectAsync(app, One);
        Assert.StartsWith(Ok, await ordinary.GetAsync(), StringComparison.Ordinal);
        using var slow = await Caller.ConnectAsync(
            app,
            Many,
            Connections,
            $"GET / HTTP/1.1\r\nX-Long: {new string('a', Memory / 4)}"
        );
        await Eventually.HoldsAsync(
            () => slow.Count(each => !each.IsClosed) * Memory <= Limit,
            "what is left open fits",
            Cancel
        );
        Assert.Contains(slow, each => !each.IsClosed);
        Assert.StartsWith(Ok, await ordinary.GetAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_that_are_not_read_hold_only_so_much_memory()
    {
        const int Connections = 30,
            Memory = 192 * 1024,
            Limit = 2 << 20;
        await using var app = await EdgeApp.StartAsync(
            map =>
                map.MapGet(
                    "/large",
                    async (HttpContext context) =>
                    {
                        var part = new byte[32 * 1024];
                        for (var i = 0; i < 1_000; i++)
                        {
                            await context.Response.Body.WriteAsync(part, context.RequestAborted);
                        }
                    }
                ),
            "--Connections:MaxConnections=200",
            "--Connections:MaxPerAddress=200",
            $"--Connections:MaxPendingMemory={Limit}"
        );
        using var ordinary = await Caller.ConnectAsync(app, One);
        Assert.StartsWith(Ok, await ordinary.GetAsync(), StringComparison.Ordinal);
        using var slow = await Caller.ConnectAsync(app, Many, Connections, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        var closed = app.Services.GetRequiredService<ConnectionBudget>();
        await Eventually.HoldsAsync(
            () => closed.CountOf(Door.Public) is > 1 and <= 1 + (Limit / Memory),
            "what is left open fits",
            Cancel
        );
        Assert.StartsWith(Ok, await ordinary.GetAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_over_HTTP_2_hold_only_so_much_memory()
    {
        var working = 0;
        await using var app = await EdgeApp.StartAsync(
            map =>
                map.MapGet(
                    "/hold",
                    async (HttpContext context) =>
                    {
                        Interlocked.Increment(ref working);
                        await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    }
                ),
            "--Kestrel:Endpoints:Public:Protocols=Http2",
            "--Edge:RequestTimeout=00:01:00",
            "--Connections:MaxConnections=200",
            $"--Connections:MaxPendingMemory={6 << 20}"
        );
        using var ordinary = Http2Client.From(app, One);
        using var hostile = Http2Client.From(app, Many);
        Assert.Equal(200, await ordinary.GetAsync("/"));
        // One connection, 90 requests under way of 15 KB each, which is about 320 KiB of memory for what is sent, its
        // texts and the reply; the first ten fit.
        var held = Hold(10);
        await Eventually.HoldsAsync(() => working == 10, "those that fit are worked on", Cancel);
        // The client opens another connection for what was not sent.
        _ = Hold(80);
        await Eventually.HoldsAsync(() => held.All(each => each.IsFaulted), "the connection was closed", Cancel);
        List<Task<int>> Hold(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => hostile.GetAsync("/hold", new string('a', 15_000)))];
        Assert.Equal(200, await ordinary.GetAsync("/"));
    }

    [Fact]
    public async Task Connections_without_a_request_and_heads_without_end_run_out_of_time()
    {
        await using var app = await EdgeApp.StartAsync(
            "--Connections:IdleTimeout=00:00:01",
            "--Connections:HeadTimeout=00:00:01"
        );
        using var used = await Caller.ConnectAsync(app, One);
        Assert.StartsWith(Ok, await used.GetAsync(), StringComparison.Ordinal);
        using var slow = await Caller.ConnectAsync(app, One);
        await slow.SendAsync("GET / HTTP/1.1\r\nX-Slow: ");
        Assert.StartsWith("HTTP/1.1 408 ", await slow.ReceiveAsync(), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => used.IsClosed, "the unused one was closed", Cancel);
    }
}
