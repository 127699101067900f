using System.Diagnostics.Tracing;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>
/// Logs that telemetry cannot be sent, once a minute: the SDK itself says so to nobody. What could not be sent is lost;
/// what waits is bounded by the SDK's queues.
/// </summary>
internal sealed partial class ExportTroubles(TimeProvider time, ILogger<ExportTroubles> logger)
    : EventListener,
        IHostedService
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    // Of what the SDK only warns of: an endpoint that is away, hangs or refuses.
    private static readonly string[] NotSent =
    [
        "TransientHttpError",
        "RequestTimedOut",
        "OperationUnexpectedlyCanceled",
        "GrpcStatusWarning",
    ];

    private readonly LogPace _pace = new(time);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // An event may come before the constructor has ended.
        var isTrouble = eventData.Level <= EventLevel.Error || NotSent.Contains(eventData.EventName);
        if (isTrouble && _pace?.TryTake() == true)
        {
            LogTrouble(ReasonOf(eventData));
        }
    }

    private static string ReasonOf(EventWrittenEventArgs written)
    {
        var text = string.Join(' ', written.Payload?.Select(each => each?.ToString()) ?? []);
        // The first line of an exception has its message; what follows is its stack.
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telemetry cannot be sent, and is lost meanwhile: {Reason}")]
    private partial void LogTrouble(string reason);
}
