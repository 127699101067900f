using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PortalServices.Testing.Processes;

namespace PortalServices.Testing.Telemetry;

/// <summary>A collector of traces: takes OTLP over HTTP, as protobuf.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();

    private OtlpReceiver(WebApplication app, Uri address)
    {
        (_app, Address) = (app, address);
        app.MapPost("/v1/traces", TakeAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>All spans that came so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>The variables with which a process sends all of its traces here, soon after they end.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = new Uri(Address, "/v1/traces").AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
            ["OTEL_TRACES_SAMPLER"] = "parentbased_always_off",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        };

    /// <summary>Starts one on a port of its own.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.AbsoluteUri);
        var receiver = new OtlpReceiver(builder.Build(), address);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>The spans of a trace, once they are as wanted.</summary>
    public Task<IReadOnlyList<ReceivedSpan>> TraceAsync(
        string traceId,
        Func<IReadOnlyList<ReceivedSpan>, bool> wanted,
        CancellationToken cancel
    ) =>
        Eventually.BecomesAsync(
            () => Task.FromResult<IReadOnlyList<ReceivedSpan>>(new Trace(Spans.Where(span => span.Trace == traceId))),
            wanted,
            $"the trace {traceId}",
            cancel,
            TimeSpan.FromSeconds(60)
        );

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        foreach (var span in OtlpTraces.Read(body.ToArray()))
        {
            _spans.Enqueue(span);
        }
        return Results.Bytes([], "application/x-protobuf");
    }

    // Says in a failure what there is.
    private sealed class Trace(IEnumerable<ReceivedSpan> spans) : List<ReceivedSpan>(spans)
    {
        public override string ToString() => string.Join("; ", this);
    }
}

/// <summary>A span as it was received; ids in hexadecimal.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Source">The instrumentation that made it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Trace">Its trace.</param>
/// <param name="Id">Its id.</param>
/// <param name="Parent">That of the span above it; empty for none.</param>
/// <param name="Links">The traces and spans that it is linked to.</param>
public sealed record ReceivedSpan(
    string Service,
    string Source,
    string Name,
    string Trace,
    string Id,
    string Parent,
    IReadOnlyList<(string Trace, string Id)> Links
)
{
    /// <inheritdoc />
    public override string ToString() => $"{Service} {Source} \"{Name}\" {Id} below {Parent}";
}
