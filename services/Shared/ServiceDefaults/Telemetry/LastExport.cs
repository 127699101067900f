using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>
/// When the process ends: sends what is left, all signals at once and for a bounded time. By itself the SDK would wait
/// five seconds for each of them at an endpoint that hangs.
/// </summary>
internal sealed class LastExport(IServiceProvider services) : IHostedLifecycleService
{
    private const int MaxMilliseconds = 2_000;
    private TracerProvider? _traces;
    private MeterProvider? _metrics;
    private LoggerProvider? _logs;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // At the end they may not be asked for any more.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        (_traces, _metrics, _logs) = (
            services.GetService<TracerProvider>(),
            services.GetService<MeterProvider>(),
            services.GetService<LoggerProvider>()
        );
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Task.Run(() => _traces?.Shutdown(MaxMilliseconds), CancellationToken.None),
            Task.Run(() => _metrics?.Shutdown(MaxMilliseconds), CancellationToken.None),
            Task.Run(() => _logs?.Shutdown(MaxMilliseconds), CancellationToken.None)
        );
}
