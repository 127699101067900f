using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Frames.Calling;
using PortalServices.Frames.Format;
using PortalServices.Testing;

namespace PortalServices.Frames.Tests;

/// <summary>What each side makes of another one that is not as it should be.</summary>
public sealed class ProtocolTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_that_are_no_frames_end_their_connection_and_run_nothing()
    {
        var runs = 0;
        // No silence ends a connection here.
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider()),
            a => a.MapPost("/run", () => Results.Text($"{Interlocked.Increment(ref runs)}"))
        );
        using var other = await FrameCaller.ConnectAsync(app);
        var good = Frame("/run");
        foreach (
            var bytes in (byte[][])
                [
                    // Lengths that are impossible.
                    [0, 0, 0, 0, 1, 0, 0, 0, 0],
                    [255, 255, 255, 255, 1, 0, 0, 0, 0],
                    [255, 255, 255, 127, 1, 0, 0, 0, 0],
                    [0, 0, 2, 0, 1, 0, 0, 0, 0],
                    // Kinds that a gateway does not send.
                    Bare(FrameKind.Pong),
                    Bare(FrameKind.Reply),
                    Bare((FrameKind)77),
                    // A request whose parts are longer than it is, or that has no method, path or query.
                    [.. good[..9], .. Enumerable.Repeat((byte)255, good.Length - 9)],
                    With(good, FrameFormat.HeadBytes + 5, 0),
                    With(good, FrameFormat.HeadBytes + 12, (byte)'x'),
                ]
        )
        {
            using var socket = await GreetAsync(app);
            await socket.SendAsync(bytes, Cancel);
            Assert.Equal(0, await EndOfAsync(socket).WaitAsync(TimeSpan.FromMinutes(1), Cancel));
        }
        Assert.Equal(0, runs);
        Assert.Equal("1", (await other.AskAsync("/run")).Body);
    }

    [Fact]
    public async Task Frames_changed_at_random_never_harm_the_process()
    {
        await using var app = await TestApp.StartAsync(a =>
            a.MapPost(
                "/{**all}",
                async (HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null, Cancel)
            )
        );
        using var other = await FrameCaller.ConnectAsync(app);
        var frame = Frame("/run");
        var changes = Gen.Select(Gen.Int[0, frame.Length - 1], Gen.Byte).Array[1, 6];
        await changes.SampleAsync(
            async all =>
            {
                var bytes = frame.ToArray();
                foreach (var (at, value) in all)
                {
                    bytes[at] = value;
                }
                using var socket = await GreetAsync(app);
                await socket.SendAsync(bytes, Cancel);
                socket.Shutdown(SocketShutdown.Send);
                // It ends, with a reply or without one.
                await EndOfAsync(socket);
                return (await other.AskAsync("/good")).Status == 200;
            },
            iter: 200 * LongRun.Factor,
            threads: 2
        );
    }

    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_read()
    {
        await using var app = await TestApp.StartAsync(a => a.MapPost("/run", () => Results.Text("run")));
        using var socket = await ConnectAsync(app);
        foreach (var each in (byte[])[.. FrameFormat.Preface, .. Frame("/run")])
        {
            await socket.SendAsync(new[] { each }, Cancel);
        }
        var received = new List<byte>();
        var buffer = new byte[1024];
        while (!Encoding.UTF8.GetString([.. received]).EndsWith("run", StringComparison.Ordinal))
        {
            var bytes = await socket.ReceiveAsync(buffer, Cancel);
            Assert.NotEqual(0, bytes);
            received.AddRange(buffer.AsSpan(0, bytes));
        }
        Assert.Equal(FrameFormat.Preface.ToArray(), received[..FrameFormat.Preface.Length]);
    }

    [Theory]
    [InlineData(Door.Public)]
    [InlineData(Door.Operators)]
    [InlineData(Door.Probe)]
    public async Task No_other_door_takes_frames(Door door)
    {
        await using var app = await TestApp.StartAsync(a => a.MapPost("/run", () => Results.Text("run")));
        using var caller = new FrameCaller(app.At(door));
        await AssertUnsupportedAsync(caller);
    }

    [Theory]
    [InlineData("127.0.0.1/32", true)]
    [InlineData("192.0.2.0/24", false)]
    public async Task Only_the_gateway_may_send_frames(string gateway, bool taken)
    {
        await using var app = await TestApp.StartAsync(
            a => a.MapPost("/run", () => Results.Text("run")),
            $"--Gateway:Addresses:0={gateway}"
        );
        using var caller = new FrameCaller(app.At(Door.Internal));
        if (taken)
        {
            await caller.ConnectAsync();
            Assert.Equal("run", (await caller.AskAsync("/run")).Body);
        }
        else
        {
            await AssertUnsupportedAsync(caller);
        }
    }

    [Fact]
    public async Task A_server_that_speaks_http2_alone_says_at_once_that_it_takes_none()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, door => door.Protocols = HttpProtocols.Http2)
        );
        await using var server = builder.Build();
        await server.StartAsync(Cancel);
        // Its time to connect never passes.
        using var caller = new FrameCaller(new Uri(server.Urls.Single()), time: new FakeTimeProvider());
        Assert.Equal(
            FrameReadiness.Unavailable,
            await caller.Peer.ReadyAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancel)
        );
        Assert.Equal(FrameReadiness.Unavailable, await caller.Peer.ReadyAsync());
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0")]
    [InlineData("POST /run HTTP/1.1")]
    [InlineData("PORTAL-FRAMES/2 ---------------")]
    [InlineData("P")]
    public async Task What_is_not_frames_is_left_whole_for_http_however_it_comes(string sent)
    {
        await using var app = await TestApp.StartAsync(_ => { });
        // Each byte is read before the next one comes.
        var pipe = new Pipe(
            new PipeOptions(
                readerScheduler: PipeScheduler.Inline,
                writerScheduler: PipeScheduler.Inline,
                useSynchronizationContext: false
            )
        );
        var connection = new DefaultConnectionContext { Transport = new Transport(pipe.Reader) };
        var received = new List<byte>();
        var running = app
            .Services.GetServices<IDoorProtocol>()
            .Single()
            .RunAsync(
                connection,
                async http =>
                {
                    while (true)
                    {
                        var read = await http.Transport.Input.ReadAsync(Cancel);
                        received.AddRange(read.Buffer.ToArray());
                        http.Transport.Input.AdvanceTo(read.Buffer.End);
                        if (read.IsCompleted)
                        {
                            return;
                        }
                    }
                }
            );
        foreach (var each in Encoding.ASCII.GetBytes(sent))
        {
            await pipe.Writer.WriteAsync(new[] { each }, Cancel);
        }
        await pipe.Writer.CompleteAsync();
        await running;
        Assert.Equal(sent, Encoding.ASCII.GetString([.. received]));
    }

    [Fact]
    public async Task A_service_of_another_version_is_asked_again_after_a_while()
    {
        using var service = new Service("PORTAL-FRAMES/2 ---------------\n"u8.ToArray());
        var time = new FakeTimeProvider();
        using var caller = new FrameCaller(service.Address, time: time);
        for (var attempts = 1; attempts <= 3; attempts++)
        {
            await Eventually.HoldsAsync(
                () =>
                    caller.Send(FrameCaller.Request("/"), out _) == FrameAdmission.NotConnected
                    && service.Connections == attempts,
                "it is asked",
                Cancel
            );
            // It knows the answer when it has closed its side.
            await Eventually.HoldsAsync(() => service.Closed == attempts, "it has heard", Cancel);
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(FrameAdmission.NotConnected, caller.Send(FrameCaller.Request("/"), out _));
            }
            Assert.Equal(attempts, service.Connections);
            time.Advance(new FrameLimits().RetryUnsupported);
        }
        Assert.Equal(0, caller.Unavailable);
    }

    [Fact]
    public async Task A_service_that_is_silent_is_given_up_after_its_time()
    {
        using var service = new Service(FrameFormat.Preface.ToArray());
        var time = new FakeTimeProvider();
        var limits = new FrameLimits();
        using var caller = new FrameCaller(service.Address, limits, time);
        await caller.ConnectAsync();
        var waiting = caller.AskAsync("/run");
        await Eventually.HoldsAsync(() => service.Received > FrameFormat.Preface.Length, "it has it", Cancel);
        for (var passed = TimeSpan.Zero; passed < limits.PingTimeout; passed += limits.SweepInterval)
        {
            Assert.False(waiting.IsCompleted);
            time.Advance(limits.SweepInterval);
        }
        time.Advance(limits.PingInterval + limits.SweepInterval);
        Assert.Equal(FrameOutcome.Broken, (await waiting).Outcome);
        Assert.Equal(1, caller.Unavailable);
    }

    [Fact]
    public async Task A_gateway_that_is_silent_is_given_up_after_its_time()
    {
        var time = new FakeTimeProvider();
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(time),
            a => a.MapPost("/run", () => Results.Text("run"))
        );
        using var socket = await GreetAsync(app);
        var end = EndOfAsync(socket);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(end.IsCompleted);
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return end.IsCompleted;
            },
            "it is given up",
            Cancel
        );
        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task A_service_that_sends_no_frames_is_left_and_so_is_what_waits()
    {
        foreach (
            var bytes in (byte[][])
                [
                    [0, 0, 0, 0, 2, 0, 0, 0, 0],
                    Bare(FrameKind.Ping),
                    // A reply without a status, and with one that there is not.
                    Bare(FrameKind.Reply),
                    [8, 0, 0, 0, 2, 1, 0, 0, 0, 99, 0, 0],
                ]
        )
        {
            using var service = new Service([.. FrameFormat.Preface]);
            using var caller = new FrameCaller(service.Address);
            await caller.ConnectAsync();
            var waiting = caller.AskAsync("/run");
            await Eventually.HoldsAsync(() => service.Received > FrameFormat.Preface.Length, "it has it", Cancel);
            await service.SendAsync(bytes);
            Assert.Equal(FrameOutcome.Broken, (await waiting).Outcome);
            Assert.Equal((1, 0), (caller.Unavailable, caller.Peer.InFlight));
        }
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_tried_less_and_less()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        using var caller = new FrameCaller(address);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(FrameAdmission.NotConnected, caller.Send(FrameCaller.Request("/"), out _));
        }
        Assert.Equal((0, 0), (caller.Unavailable, caller.Peer.InFlight));
    }

    [Fact]
    public void Time_that_passed_is_added_to_every_request_in_a_buffer_and_to_nothing_else()
    {
        byte[] frames = [.. Frame("/a"), .. Bare(FrameKind.Ping), .. Frame("/bc", waited: 5)];
        FrameFormat.AddWaited(frames, TimeSpan.FromMilliseconds(2.2));
        var first = Frame("/a", waited: 3);
        byte[] expected = [.. first, .. Bare(FrameKind.Ping), .. Frame("/bc", waited: 8)];
        Assert.Equal(expected, frames);
    }

    private static async Task AssertUnsupportedAsync(FrameCaller caller)
    {
        Assert.Equal(FrameReadiness.Unavailable, await caller.Peer.ReadyAsync());
        Assert.Equal(FrameAdmission.NotConnected, caller.Send(FrameCaller.Request("/"), out _));
    }

    private static byte[] Bare(FrameKind kind)
    {
        var frame = new byte[FrameFormat.HeadBytes];
        FrameFormat.WriteHead(frame, kind, 1, frame.Length);
        return frame;
    }

    private static byte[] With(byte[] frame, int at, byte value)
    {
        var changed = frame.ToArray();
        changed[at] = value;
        return changed;
    }

    private static byte[] Frame(string path, uint waited = 0)
    {
        var frame = new byte[1024];
        var into = new FrameWriter(frame, FrameFormat.HeadBytes);
        into.Byte(1);
        into.UInt32(waited);
        into.ShortText("POST");
        into.Text(path);
        into.Text("?a=1");
        into.Text("portal.example");
        into.Byte(4);
        into.Bytes([203, 0, 113, 7]);
        into.Byte(1);
        into.ShortText("User-Agent");
        into.Text("Browser");
        into.Bytes("body"u8);
        FrameFormat.WriteHead(frame, FrameKind.Request, 1, into.Length);
        return frame[..into.Length];
    }

    private static async Task<Socket> ConnectAsync(TestApp app)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, app.At(Door.Internal).Port, Cancel);
        return socket;
    }

    private static async Task<Socket> GreetAsync(TestApp app)
    {
        var socket = await ConnectAsync(app);
        await socket.SendAsync(FrameFormat.Preface.ToArray(), Cancel);
        var answer = new byte[FrameFormat.Preface.Length];
        for (var read = 0; read < answer.Length; )
        {
            read += await socket.ReceiveAsync(answer.AsMemory(read), Cancel);
        }
        Assert.Equal(FrameFormat.Preface.ToArray(), answer);
        return socket;
    }

    // How many bytes come until the other side ends the connection.
    private static async Task<int> EndOfAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        var all = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancel) is > 0 and var bytes)
            {
                all += bytes;
            }
        }
        catch (SocketException)
        {
            // It ended it the hard way.
        }
        return all;
    }

    private sealed record Transport(PipeReader Input) : IDuplexPipe
    {
        public PipeWriter Output => throw new NotSupportedException();
    }

    /// <summary>A service that greets with some bytes and says nothing more by itself.</summary>
    private sealed class Service : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private Socket? _last;
        private int _connections,
            _closed,
            _received;

        public Service(byte[] greeting)
        {
            _listener.Start();
            _ = AcceptAsync(greeting);
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public int Connections => Volatile.Read(ref _connections);

        public int Closed => Volatile.Read(ref _closed);

        public int Received => Volatile.Read(ref _received);

        public async Task SendAsync(byte[] bytes) => await _last!.SendAsync(bytes, Cancel);

        public void Dispose()
        {
            _listener.Dispose();
            _last?.Dispose();
        }

        private async Task AcceptAsync(byte[] greeting)
        {
            try
            {
                while (true)
                {
                    var socket = await _listener.AcceptSocketAsync();
                    _last = socket;
                    Interlocked.Increment(ref _connections);
                    await socket.SendAsync(greeting);
                    _ = ReadAsync(socket);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ReadAsync(Socket socket)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await socket.ReceiveAsync(buffer) is > 0 and var bytes)
                {
                    Interlocked.Add(ref _received, bytes);
                }
            }
            catch (SocketException)
            {
                // Closed the hard way.
            }
            Interlocked.Increment(ref _closed);
        }
    }
}
