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

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(MaxMilliseconds), CancellationToken.None),
            Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(MaxMilliseconds), CancellationToken.None),
            Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(MaxMilliseconds), CancellationToken.None)
        );
}
