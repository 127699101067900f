using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Shutdown;

/// <summary>
/// The end of a process that was asked to end, before anything in it stops. First it says that it is not ready and goes
/// on answering; a gateway learns it from every reply. Then it takes no new connections, has its clients close those
/// they have, and waits for those in use: a server that closes one would close it on the request that is on its way.
/// </summary>
internal sealed partial class Drain(
    IServiceProvider services,
    IOptions<ShutdownOptions> options,
    ListenSockets sockets,
    RequestTally tally,
    FatalStop fatal,
    TimeProvider time,
    ILogger<Drain> logger
) : IHostedLifecycleService
{
    // A client that has not asked for so long is between two requests, not in the midst of them.
    private static readonly TimeSpan InUse = TimeSpan.FromSeconds(1),
        MaxWait = TimeSpan.FromSeconds(5),
        Step = TimeSpan.FromMilliseconds(20);

    private volatile bool _isDraining;

    public bool IsDraining => _isDraining;

    /// <summary>
    /// Counts the requests of the process, and tells those who wait for a reply that it ends. Comes first in the
    /// pipeline.
    /// </summary>
    public static void Use(IApplicationBuilder app)
    {
        var drain = app.ApplicationServices.GetRequiredService<Drain>();
        var tally = app.ApplicationServices.GetRequiredService<RequestTally>();
        app.Use(
            (context, next) =>
            {
                if (drain.IsDraining)
                {
                    context.Response.OnStarting(static state => Announce((HttpContext)state), context);
                }
                return tally.RunAsync(context, next, drain);
            }
        );
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Who stops it twice does not wait twice.
        if (_isDraining)
        {
            return;
        }
        _isDraining = true;
        try
        {
            // A process for which going on would be wrong does not go on.
            if (options.Value.DrainTime > TimeSpan.Zero && fatal.Message is null)
            {
                LogDraining(options.Value.DrainTime.TotalSeconds);
                await Task.Delay(options.Value.DrainTime, time, cancellationToken);
            }

            sockets.TakeNoMore();
            var budget = services.GetRequiredService<ConnectionBudget>();
            for (
                var since = time.GetTimestamp();
                (sockets.HaveWaiting || budget.IsInUse(InUse)) && time.GetElapsedTime(since) < MaxWait;

            )
            {
                await Task.Delay(Step, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // All the time there is has passed.
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogStopped(tally.Read, tally.Answered, tally.BrokenOff);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task Announce(HttpContext context)
    {
        if (context.Door() is Door.Internal or Door.Probe)
        {
            context.Response.Headers[GatewayHeaders.Draining] = "1";
        }
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
        return Task.CompletedTask;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Asked to end: not ready any more, and answering for {Seconds} seconds yet."
    )]
    private partial void LogDraining(double seconds);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Stopped: {Read} requests read, {Answered} answered, {BrokenOff} broken off by their clients or at the end."
    )]
    private partial void LogStopped(long read, long answered, long brokenOff);
}
