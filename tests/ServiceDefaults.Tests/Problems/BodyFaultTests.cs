using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Problems;

/// <summary>
/// A body that cannot be read is its sender's doing; what fails in the same way elsewhere is a fault of the product.
/// </summary>
public sealed class BodyFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFF\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\ng\r\n", 400)]
    [InlineData("Content-Length: 5000000\r\n\r\nx", 413)]
    public async Task A_malformed_body_is_a_problem_of_its_sender(string rest, int status)
    {
        var log = new LogWatch();
        await using var app = await StartAsync(log, new TaskCompletionSource());
        using var client = await SendAsync(app, "/read", rest);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith($"HTTP/1.1 {status} ", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nx", false)]
    [InlineData("Content-Length: 100\r\n\r\nx", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10\r\nx", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10\r\nx", true)]
    public async Task A_client_that_goes_away_with_half_a_body_is_no_error(string rest, bool resets)
    {
        foreach (var path in (string[])["/read", "/nowhere"])
        {
            var log = new LogWatch();
            var read = new TaskCompletionSource();
            await using (var app = await StartAsync(log, read))
            {
                using (var client = await SendAsync(app, path, rest))
                {
                    if (path is "/read")
                    {
                        await read.Task.WaitAsync(Cancel);
                    }
                    if (resets)
                    {
                        client.LingerState = new LingerOption(true, 0);
                    }
                }

                // Its connection is over once the server has nothing more to do with it; what it logs of it has been
                // logged by then.
                await Eventually.HoldsAsync(() => log.Ended > 0, "the connection ends", Cancel);
            }

            Assert.Empty(log.Lines);
        }
    }

    [Theory]
    [InlineData("/broken-off")]
    [InlineData("/reset")]
    public async Task Nor_is_one_of_whom_only_the_body_knows_that_it_has_gone(string path)
    {
        var log = new LogWatch();
        await using var app = await StartAsync(log, new TaskCompletionSource());
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            app.SendAsync(Door.Public, HttpMethod.Post, path, new StringContent("whole"))
        );
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task What_fails_while_nothing_is_wrong_with_the_body_is_a_fault()
    {
        var log = new LogWatch();
        await using var app = await StartAsync(log, new TaskCompletionSource());
        using var reply = await app.SendAsync(Door.Public, HttpMethod.Post, "/fault", new StringContent("whole"));
        Assert.Equal(500, (int)reply.StatusCode);
        Assert.Contains("/fault failed", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(LogWatch log, TaskCompletionSource read) =>
        TestApp.StartAsync(
            builder => builder.Services.AddSingleton<ILoggerProvider>(log),
            app =>
            {
                app.MapPost(
                    "/read",
                    async (HttpContext context) =>
                    {
                        var first = await context.Request.BodyReader.ReadAsync(Cancel);
                        context.Request.BodyReader.AdvanceTo(first.Buffer.Start, first.Buffer.End);
                        read.TrySetResult();
                        using var body = new StreamReader(context.Request.Body);
                        return await body.ReadToEndAsync(Cancel);
                    }
                );
                // As a stream of HTTP/2 that its client has reset, and as a connection.
                app.MapPost(
                    "/broken-off",
                    (HttpContext context) =>
                        ReadFailingAsync(context, new IOException("The client reset the request stream."))
                );
                app.MapPost(
                    "/reset",
                    (HttpContext context) =>
                        ReadFailingAsync(context, new ConnectionResetException("Connection reset by peer"))
                );
                app.MapPost(
                    "/fault",
                    Task<string> () => throw new IOException("The disk is gone.", new OverflowException())
                );
            },
            "--Logging:LogLevel:Default=Warning",
            "--Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.Connections=Debug"
        );

    private static async Task ReadFailingAsync(HttpContext context, Exception failure)
    {
        var pipe = new Pipe();
        await pipe.Writer.CompleteAsync(failure);
        context.Features.Set<IRequestBodyPipeFeature>(new FailingBody(pipe.Reader));
        await context.Request.BodyReader.ReadAsync(Cancel);
    }

    private sealed record FailingBody(PipeReader Reader) : IRequestBodyPipeFeature;

    private static async Task<TcpClient> SendAsync(TestApp app, string path, string rest)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.At(Door.Public).Port, Cancel);
        await client
            .GetStream()
            .WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\n{rest}"), Cancel);
        return client;
    }

    /// <summary>Keeps warnings and worse, and counts the connections that ended.</summary>
    private sealed class LogWatch : ILoggerProvider, ILogger
    {
        private int _ended;

        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = [];

        public int Ended => Volatile.Read(ref _ended);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel >= LogLevel.Warning)
            {
                Lines.Enqueue($"{formatter(state, exception)} {exception}".TrimEnd());
            }
            if (eventId.Name is "ConnectionStop")
            {
                Interlocked.Increment(ref _ended);
            }
        }

        public void Dispose() { }
    }
}
