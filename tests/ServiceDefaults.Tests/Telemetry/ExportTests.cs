using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Telemetry;

/// <summary>An endpoint of telemetry that hangs or refuses is nobody's trouble but one line's a minute.</summary>
[Collection(nameof(ExportTests))]
[CollectionDefinition(nameof(ExportTests), DisableParallelization = true)]
public sealed class ExportTests
{
    private const int Spans = 50_000;

    // Of the SDK's queue and the batch that is under way, and some of them not collected yet.
    private const int MaxHeld = 5_000;

    private static readonly ActivitySource Source = new("PortalServices.Tests");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData("grpc"), InlineData("http/protobuf")]
    public async Task An_endpoint_that_hangs_is_logged(string protocol)
    {
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        var journal = new Journal();
        await using var app = await StartAsync(((IPEndPoint)hanging.LocalEndpoint).Port, journal, protocol: protocol);
        await Eventually.HoldsAsync(
            () =>
            {
                Source.StartActivity("span")?.Dispose();
                return journal.Entries.Any(entry =>
                    entry.Text.StartsWith("Telemetry cannot be sent", StringComparison.Ordinal)
                );
            },
            "the line",
            Cancel
        );
    }

    [Fact]
    public async Task An_endpoint_that_hangs_holds_up_no_request_and_fills_no_memory()
    {
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        var accepted = hanging.AcceptTcpClientAsync(Cancel).AsTask();
        await using var app = await StartAsync(((IPEndPoint)hanging.LocalEndpoint).Port, new Journal());
        using (var first = await app.GetAsync(Door.Internal, "/hello"))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        var held = Record();
        // The exporter is at it now, and gets no answer.
        using var client = await accepted;
        for (var i = 0; i < 100; i++)
        {
            using var reply = await app.GetAsync(Door.Internal, "/hello");
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        }
        await Eventually.HoldsAsync(() => Held(held) < MaxHeld, "the spans beyond the queue are gone", Cancel);
        // The metrics are there all the same.
        using var page = await app.GetAsync(Door.Probe, "/metrics");
        Assert.Contains(
            "http_server_request_duration",
            await page.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
    }

    [Theory, InlineData("grpc"), InlineData("http/protobuf")]
    public async Task An_endpoint_that_refuses_is_logged_once_a_minute(string protocol)
    {
        var (journal, time) = (new Journal(), new FakeTimeProvider());
        await using var app = await StartAsync(port: 1, journal, time, protocol);
        await RecordUntilAsync(1);
        // More of the same within the minute is not.
        for (var i = 0; i < 20; i++)
        {
            await RecordBatchAsync();
        }
        Assert.Single(Lines());
        time.Advance(TimeSpan.FromMinutes(1));
        await RecordUntilAsync(2);

        IEnumerable<LogEntry> Lines() =>
            journal.Entries.Where(entry => entry.Text.StartsWith("Telemetry cannot be sent", StringComparison.Ordinal));

        Task RecordUntilAsync(int lines) =>
            Eventually.HoldsAsync(
                async () =>
                {
                    await RecordBatchAsync();
                    return Lines().Count() == lines;
                },
                $"{lines} lines",
                Cancel
            );

        async Task RecordBatchAsync()
        {
            Source.StartActivity("span")?.Dispose();
            using var reply = await app.GetAsync(Door.Internal, "/hello");
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        }
    }

    private static Task<TestApp> StartAsync(
        int port,
        Journal journal,
        TimeProvider? time = null,
        string protocol = "http/protobuf"
    ) =>
        TestApp.StartAsync(
            builder =>
            {
                builder.Logging.AddProvider(journal);
                if (time is not null)
                {
                    builder.Services.AddSingleton(time);
                }
            },
            app => app.MapGet("/hello", () => Results.Text("hello")),
            $"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}",
            $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}",
            "OTEL_EXPORTER_OTLP_TIMEOUT=1000",
            "OTEL_TRACES_SAMPLER=always_on",
            "OTEL_BSP_SCHEDULE_DELAY=20",
            "OTEL_METRIC_EXPORT_INTERVAL=3600000",
            "--Logging:LogLevel:PortalServices.ServiceDefaults.Telemetry=Warning"
        );

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Record()
    {
        List<WeakReference> spans = [];
        for (var i = 0; i < Spans; i++)
        {
            using var span = Source.StartActivity("span");
            Assert.NotNull(span);
            spans.Add(new WeakReference(span));
        }
        return spans;
    }

    private static int Held(List<WeakReference> spans)
    {
        GC.Collect();
        return spans.Count(span => span.IsAlive);
    }
}
